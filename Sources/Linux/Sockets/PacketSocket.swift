// Ethernet frames in and out (packet(7)): announcements by the daemon, captures by the lab.

import CLinux
import Glibc

/// Sends whole frames on any interface; receives nothing.
package final class PacketSocket {
    private let descriptor: Descriptor

    package init() throws(SystemError) {
        let type = Int32(SOCK_RAW.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
        descriptor = Descriptor(adopting: try check("socket", "packet") { socket(AF_PACKET, type, 0) })
    }

    /// Never waits.
    package func send(_ frame: [UInt8], interfaceIndex: Int32) throws(SystemError) {
        var address = sockaddr_ll()
        address.sll_family = UInt16(AF_PACKET)
        address.sll_ifindex = interfaceIndex
        address.sll_halen = 6
        try check("sendto", "interface \(interfaceIndex)") {
            withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    sendto(
                        descriptor.raw, frame, frame.count, 0, $0,
                        socklen_t(MemoryLayout<sockaddr_ll>.size))
                }
            }
        }
    }
}

/// A frame that passed an interface.
package struct CapturedFrame: Sendable, Hashable {
    /// Nanoseconds since 1970, by the kernel.
    package let timestamp: Int64
    package let octets: [UInt8]
    /// Sent by this host.
    package let isOutgoing: Bool
}

/// Receives a copy of every frame of one interface, both directions.
package final class FrameCapture {
    private let descriptor: Descriptor
    private var buffer = [UInt8](repeating: 0, count: 2048)
    package var raw: Int32 { descriptor.raw }

    package init(interfaceIndex: Int32) throws(SystemError) {
        let type = Int32(SOCK_RAW.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
        // Without a protocol until it is bound: else it would begin with frames of other interfaces.
        descriptor = Descriptor(adopting: try check("socket", "packet") { socket(AF_PACKET, type, 0) })
        try descriptor.setOption(SOL_SOCKET, SO_TIMESTAMPNS, 1, "packet")
        try? descriptor.setOption(SOL_SOCKET, SO_RCVBUF, 8 << 20, "packet")
        var address = sockaddr_ll()
        address.sll_family = UInt16(AF_PACKET)
        address.sll_protocol = UInt16(ETH_P_ALL).bigEndian
        address.sll_ifindex = interfaceIndex
        try check("bind", "interface \(interfaceIndex)") {
            withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    bind(descriptor.raw, $0, socklen_t(MemoryLayout<sockaddr_ll>.size))
                }
            }
        }
    }

    /// The next frame, cut at 2048 octets; nil: nothing is waiting.
    package func next() throws(SystemError) -> CapturedFrame? {
        var received = clinux_received()
        let count = clinux_receive(descriptor.raw, &buffer, buffer.count, &received)
        guard count >= 0 else {
            let number = errno
            if number == EAGAIN { return nil }
            throw SystemError(call: "recvmsg", errno: number, subject: "packet")
        }
        return CapturedFrame(
            timestamp: received.timestamp, octets: Array(buffer[..<count]),
            isOutgoing: received.outgoing != 0)
    }
}
