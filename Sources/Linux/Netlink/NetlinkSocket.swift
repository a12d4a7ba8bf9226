// A netlink socket: sending requests and receiving datagrams.

import CLinux
import Glibc

/// AF_NETLINK.
final class NetlinkSocket {
    let descriptor: Descriptor
    private var buffer = [UInt8](repeating: 0, count: 1 << 16)

    /// `groups` is the bit mask of RTMGRP_* to hear of; 0 for a socket for requests.
    init(groups: UInt32, protocolNumber: Int32 = NETLINK_ROUTE) throws(SystemError) {
        let type = Int32(SOCK_RAW.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        descriptor = Descriptor(
            adopting: try check("socket", "netlink") { socket(AF_NETLINK, type, protocolNumber) })
        var address = sockaddr_nl()
        address.nl_family = sa_family_t(AF_NETLINK)
        address.nl_groups = groups
        try check("bind", "netlink") {
            withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    bind(descriptor.raw, $0, socklen_t(MemoryLayout<sockaddr_nl>.size))
                }
            }
        }
    }

    /// The number by which the kernel knows this socket.
    var port: UInt32 {
        var address = sockaddr_nl()
        var size = socklen_t(MemoryLayout<sockaddr_nl>.size)
        _ = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                getsockname(descriptor.raw, $0, &size)
            }
        }
        return address.nl_pid
    }

    func send(_ octets: [UInt8]) throws(SystemError) {
        try check("send", "netlink") { Glibc.send(descriptor.raw, octets, octets.count, 0) }
    }

    /// Asks for a receive buffer beyond the system's limit, or up to it where that is not permitted.
    func setReceiveBuffer(_ octets: Int32) {
        if (try? descriptor.setOption(SOL_SOCKET, SO_RCVBUFFORCE, octets, "netlink")) == nil {
            try? descriptor.setOption(SOL_SOCKET, SO_RCVBUF, octets, "netlink")
        }
    }

    /// The messages of the next datagram; nil: nothing is waiting (with `waits`: not within the socket's
    /// timeout). Datagrams that do not come from the kernel are not believed.
    func receive(waits: Bool) throws(SystemError) -> [NetlinkMessage]? {
        let flags = waits ? 0 : Int32(MSG_DONTWAIT)
        while true {
            var sender = sockaddr_nl()
            var size = socklen_t(MemoryLayout<sockaddr_nl>.size)
            let count = withUnsafeMutablePointer(to: &sender) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    recvfrom(descriptor.raw, &buffer, buffer.count, flags, $0, &size)
                }
            }
            if count >= 0 {
                guard sender.nl_pid == 0 else { continue }
                return NetlinkMessage.split(buffer[..<count])
            }
            switch errno {
            case EINTR: continue
            case EAGAIN: return nil
            default: throw SystemError(call: "recv", subject: "netlink")
            }
        }
    }
}
