// ICMP echo (RFC 792, RFC 4443 4): asks whether an address answers. For the lab's clients.

import CLinux
import Glibc
import Wire

/// Sends echo requests to one address and takes the replies.
package final class EchoSocket {
    private let descriptor: Descriptor
    private let target: IPAddress
    private let identifier: UInt16
    private var buffer = [UInt8](repeating: 0, count: 2048)
    package var raw: Int32 { descriptor.raw }

    /// For a link-local `target` the socket MUST be bound to an interface.
    package init(target: IPAddress, interfaceName: String? = nil) throws(SystemError) {
        self.target = target
        identifier = UInt16(truncatingIfNeeded: MonotonicClock.now >> 10)
        let isV4 = target.family == .ipv4
        let type = Int32(SOCK_RAW.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
        let (domain, number) = isV4 ? (AF_INET, Int32(IPPROTO_ICMP)) : (AF_INET6, Int32(IPPROTO_ICMPV6))
        descriptor = Descriptor(adopting: try check("socket", "ICMP") { socket(domain, type, number) })
        guard let interfaceName else { return }
        let octets = Array(interfaceName.utf8)
        try check("setsockopt", "SO_BINDTODEVICE") {
            setsockopt(descriptor.raw, SOL_SOCKET, SO_BINDTODEVICE, octets, socklen_t(octets.count))
        }
    }

    /// False: the kernel refused, for want of a route or a neighbour.
    package func send(sequence: UInt32) -> Bool {
        let packet = request(sequence)
        if target.family == .ipv4 {
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_addr = target.inAddr
            return sendTo(&address, packet)
        }
        var address = sockaddr_in6()
        address.sin6_family = sa_family_t(AF_INET6)
        address.sin6_addr = target.in6Addr
        return sendTo(&address, packet)
    }

    private func sendTo<Address>(_ address: inout Address, _ packet: [UInt8]) -> Bool {
        withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                sendto(descriptor.raw, packet, packet.count, 0, $0, socklen_t(MemoryLayout<Address>.size)) > 0
            }
        }
    }

    /// The kernel fills in ICMPv6's checksum itself. The sequence's high half stands in the data.
    private func request(_ sequence: UInt32) -> [UInt8] {
        let isV4 = target.family == .ipv4
        var packet: [UInt8] = [isV4 ? 8 : 128, 0, 0, 0]
        for value in [identifier, UInt16(truncatingIfNeeded: sequence), UInt16(sequence >> 16), 0] {
            packet += [UInt8(value >> 8), UInt8(truncatingIfNeeded: value)]
        }
        guard isV4 else { return packet }
        var sum: UInt32 = 0
        for index in stride(from: 0, to: packet.count, by: 2) {
            sum += UInt32(packet[index]) << 8 | UInt32(packet[index + 1])
        }
        while sum > 0xffff { sum = (sum & 0xffff) + (sum >> 16) }
        packet[2] = UInt8(~sum >> 8 & 0xff)
        packet[3] = UInt8(~sum & 0xff)
        return packet
    }

    /// The sequence of the next reply; nil: none is waiting.
    package func receive() -> UInt32? {
        while true {
            let count = recv(descriptor.raw, &buffer, buffer.count, Int32(MSG_DONTWAIT))
            guard count >= 0 else { return nil }
            if let sequence = reply(buffer[..<count]) { return sequence }
        }
    }

    private func reply(_ packet: ArraySlice<UInt8>) -> UInt32? {
        let isV4 = target.family == .ipv4
        let start = isV4 ? Int(packet.first ?? 0) & 0xf * 4 : 0
        guard packet.count >= start + 12, packet[start] == (isV4 ? 0 : 129) else { return nil }
        func word(_ offset: Int) -> UInt16 {
            UInt16(packet[start + offset]) << 8 | UInt16(packet[start + offset + 1])
        }
        guard word(4) == identifier else { return nil }
        return UInt32(word(8)) << 16 | UInt32(word(6))
    }
}
