// Classic BPF programs for Baton's sockets (linux/filter.h), as constants. They keep packets that are not
// for a socket from waking the process; they are no check: whoever receives checks everything again. A test
// compiles the same expressions with libpcap and compares what the programs accept.

import CLinux
import Glibc
import Wire

/// A socket filter.
package struct SocketFilter: Sendable {
    package let instructions: [sock_filter]

    /// Accepts nothing.
    static let nothing = SocketFilter(instructions: [drop])

    /// For a raw socket of VRRP (IP protocol 112, or 51 with an authentication header). With a group: packets to it, else packets to no group at
    /// all. IPv4 begins at the IP header; a later fragment is not accepted. IPv6 begins behind the header, and
    /// the socket has the protocol's packets only.
    package static func vrrp(
        family: AddressFamily, group: IPAddress?, protocolNumber: UInt8 = 112
    ) -> SocketFilter {
        switch family {
        case .ipv4:
            SocketFilter(
                instructions: [
                    loadOctet(9), jump(equal: UInt32(protocolNumber), else: destination4(group).count + 3),
                    loadHalf(6), jump(anyOf: 0x1fff, then: destination4(group).count),
                ] + destination4(group) + verdicts)
        case .ipv6:
            SocketFilter(instructions: destination6(group) + verdicts)
        }
    }

    /// `ip proto 112` and a destination, compared as in libpcap's `dst host` and `dst net`.
    private static func destination4(_ group: IPAddress?) -> [sock_filter] {
        guard let group else { return [loadOctet(16), mask(0xf0), jump(unequal: 0xe0, else: 1)] }
        return [loadWord(16), jump(equal: group.v4Value, else: 1)]
    }

    private static func destination6(_ group: IPAddress?) -> [sock_filter] {
        let destination = networkHeader + 24
        guard let group else { return [loadOctet(destination), jump(unequal: 0xff, else: 1)] }
        return match(group) { loadWord(destination + 4 * $0) }
    }

    /// Eight instructions that skip one more unless the four words of an IPv6 address, as `load` finds them, are
    /// those of `address`.
    static func match(_ address: IPAddress, _ load: (UInt32) -> sock_filter) -> [sock_filter] {
        (0..<4).flatMap { (index: UInt32) -> [sock_filter] in
            let word = index < 2 ? address.high : address.low
            let half = UInt32(truncatingIfNeeded: index % 2 == 0 ? word >> 32 : word)
            return [load(index), jump(equal: half, else: 2 * (3 - Int(index)) + 1)]
        }
    }

    // MARK: Instructions

    /// SKF_NET_OFF: offsets from the network header instead of the packet's start.
    private static let networkHeader: UInt32 = 0xfff0_0000
    /// Accepts the whole packet.
    static let accept = instruction(0x06, 0x4_0000)
    static let drop = instruction(0x06, 0)
    /// Accept; or, one further, drop.
    private static let verdicts = [accept, drop]

    private static func instruction(
        _ code: UInt16, _ k: UInt32, _ jumpTrue: Int = 0, _ jumpFalse: Int = 0
    ) -> sock_filter {
        sock_filter(code: code, jt: UInt8(jumpTrue), jf: UInt8(jumpFalse), k: k)
    }

    static func loadOctet(_ offset: UInt32) -> sock_filter { instruction(0x30, offset) }
    static func loadHalf(_ offset: UInt32) -> sock_filter { instruction(0x28, offset) }
    static func loadWord(_ offset: UInt32) -> sock_filter { instruction(0x20, offset) }
    /// The filter's own memory has 16 words.
    static func loadMemory(_ index: UInt32) -> sock_filter { instruction(0x60, index) }
    static func storeMemory(_ index: UInt32) -> sock_filter { instruction(0x02, index) }
    private static func mask(_ bits: UInt32) -> sock_filter { instruction(0x54, bits) }
    /// Skips `distance` instructions unless the loaded value is equal.
    static func jump(equal value: UInt32, else distance: Int) -> sock_filter {
        instruction(0x15, value, 0, distance)
    }
    /// Skips `distance` instructions if the loaded value is equal.
    static func jump(unequal value: UInt32, else distance: Int) -> sock_filter {
        instruction(0x15, value, distance, 0)
    }
    /// Skips `distance` instructions, however many they are; the other jumps reach 255.
    static func jump(over distance: Int) -> sock_filter { instruction(0x05, UInt32(distance)) }
    /// Skips one more than `distance` instructions if any of the bits is set.
    private static func jump(anyOf bits: UInt32, then distance: Int) -> sock_filter {
        instruction(0x45, bits, distance + 1, 0)
    }

    func attach(to descriptor: Descriptor) throws(SystemError) {
        var copy = instructions
        try copy.withUnsafeMutableBufferPointer { buffer throws(SystemError) in
            let program = sock_fprog(len: UInt16(buffer.count), filter: buffer.baseAddress)
            try descriptor.setOption(SOL_SOCKET, SO_ATTACH_FILTER, structure: program, "filter")
        }
    }
}
