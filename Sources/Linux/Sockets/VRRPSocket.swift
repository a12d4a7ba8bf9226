// A raw socket for protocol 112 (RFC 9568 5.1): on one interface or on all, in a multicast group or not.

import CLinux
import Glibc
import Wire

/// A received VRRP packet: who sent it, and where its message stands in the caller's buffer.
package struct ReceivedPacket: Sendable, Hashable {
    package let interfaceIndex: Int32
    package let source: IPAddress
    package let destination: IPAddress
    /// TTL or hop limit.
    package let ttl: UInt8
    /// The VRRP message in the buffer; empty for a malformed packet.
    package let message: Range<Int>
}

/// Sends and receives VRRP messages of one family.
package final class VRRPSocket {
    package let family: AddressFamily
    private let interfaceIndex: Int32?
    private let subject: String
    private let descriptor: Descriptor
    package var raw: Int32 { descriptor.raw }

    /// 112; 51 for messages behind an authentication header.
    private let protocolNumber: UInt8
    /// Internetwork control (RFC 4594), as other routers send.
    private static let trafficClass: Int32 = 0xc0
    private static let receiveBuffer: Int32 = 256 * 1024

    /// `interfaceName` nil: packets of every interface. `group` nil: unicast only; else packets to the group
    /// only, so that two sockets on one interface never both hand out a packet. A membership ends with its
    /// interface: one that was made anew needs a new socket.
    package init(
        family: AddressFamily, interfaceIndex: Int32?, interfaceName: String?, group: IPAddress?,
        protocolNumber: UInt8 = 112
    ) throws(SystemError) {
        self.family = family
        self.protocolNumber = protocolNumber
        self.interfaceIndex = interfaceIndex
        let subject = "VRRP on \(interfaceName ?? "all interfaces")"
        self.subject = subject
        let type = Int32(SOCK_RAW.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
        let domain = family == .ipv4 ? AF_INET : AF_INET6
        descriptor = Descriptor(
            adopting: try check("socket", subject) { socket(domain, type, Int32(protocolNumber)) })
        // A raw socket hears everything from its first moment on. It is made deaf, then all that it is to hear
        // is set, what it has heard before is thrown away, and only then does it get its own filter.
        try SocketFilter.nothing.attach(to: descriptor)
        if let interfaceName { try bindToDevice(interfaceName) }
        try? descriptor.setOption(SOL_SOCKET, SO_RCVBUF, Self.receiveBuffer, subject)
        try? descriptor.setOption(SOL_SOCKET, SO_PRIORITY, 6, subject)
        switch family {
        case .ipv4: try configure4(group)
        case .ipv6: try configure6(group)
        }
        while recv(descriptor.raw, nil, 0, Int32(MSG_DONTWAIT)) >= 0 {}
        try SocketFilter.vrrp(family: family, group: group, protocolNumber: protocolNumber).attach(
            to: descriptor)
    }

    /// Up to the system's limit.
    package func setReceiveBuffer(_ octets: Int) {
        try? descriptor.setOption(SOL_SOCKET, SO_RCVBUF, Int32(clamping: octets), subject)
    }

    private func bindToDevice(_ name: String) throws(SystemError) {
        let octets = Array(name.utf8)
        try check("setsockopt", "SO_BINDTODEVICE \(name)") {
            setsockopt(descriptor.raw, SOL_SOCKET, SO_BINDTODEVICE, octets, socklen_t(octets.count))
        }
    }

    private func configure4(_ group: IPAddress?) throws(SystemError) {
        let level = Int32(IPPROTO_IP)
        try descriptor.setOption(level, IP_PKTINFO, 1, subject)
        try descriptor.setOption(level, IP_HDRINCL, 1, subject)
        try descriptor.setOption(level, IP_MULTICAST_LOOP, 0, subject)
        try descriptor.setOption(level, IP_MULTICAST_ALL, 0, subject)
        guard let group else { return }
        let membership = ip_mreqn(
            imr_multiaddr: group.inAddr, imr_address: in_addr(s_addr: 0), imr_ifindex: interfaceIndex ?? 0)
        try descriptor.setOption(level, IP_MULTICAST_IF, structure: membership, subject)
        try descriptor.setOption(level, IP_ADD_MEMBERSHIP, structure: membership, subject)
    }

    private func configure6(_ group: IPAddress?) throws(SystemError) {
        let level = Int32(IPPROTO_IPV6)
        try descriptor.setOption(level, IPV6_RECVPKTINFO, 1, subject)
        try descriptor.setOption(level, IPV6_RECVHOPLIMIT, 1, subject)
        try descriptor.setOption(level, IPV6_MULTICAST_LOOP, 0, subject)
        try descriptor.setOption(level, IPV6_TCLASS, Self.trafficClass, subject)
        guard let group else { return }
        try descriptor.setOption(level, IPV6_MULTICAST_IF, interfaceIndex ?? 0, subject)
        let membership = ipv6_mreq(
            ipv6mr_multiaddr: group.in6Addr, ipv6mr_interface: UInt32(interfaceIndex ?? 0))
        try descriptor.setOption(level, IPV6_ADD_MEMBERSHIP, structure: membership, subject)
    }

    // MARK: Sending

    /// Sends one message. Never waits.
    package func send(
        _ message: [UInt8], to destination: IPAddress, from source: IPAddress, ttl: UInt8,
        identification: UInt16 = 0
    ) throws(SystemError) {
        switch family {
        case .ipv4:
            try send4(message, to: destination, from: source, ttl: ttl, identification: identification)
        case .ipv6:
            var to = destination.in6Addr
            var from = source.in6Addr
            try check("sendmsg", "\(destination)") {
                clinux_send6(
                    descriptor.raw, message, message.count, &to, &from, interfaceIndex ?? 0, Int32(ttl))
            }
        }
    }

    /// The kernel fills in length and checksum of the header, and an identification of 0 (raw(7)).
    private func send4(
        _ message: [UInt8], to destination: IPAddress, from source: IPAddress, ttl: UInt8,
        identification: UInt16
    ) throws(SystemError) {
        var packet: [UInt8] = [0x45, UInt8(Self.trafficClass), 0, 0]
        packet.reserveCapacity(20 + message.count)
        packet += [UInt8(identification >> 8), UInt8(identification & 0xff), 0, 0, ttl]
        packet += [protocolNumber, 0, 0]
        packet += source.octets
        packet += destination.octets
        packet += message
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr = destination.inAddr
        let flags = Int32(MSG_DONTWAIT) | (destination.isMulticast ? Int32(MSG_DONTROUTE) : 0)
        try check("sendto", "\(destination)") {
            withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    sendto(
                        descriptor.raw, packet, packet.count, flags, $0,
                        socklen_t(MemoryLayout<sockaddr_in>.size))
                }
            }
        }
    }

    // MARK: Receiving

    /// The next packet, its octets at the start of `buffer`; nil: nothing is waiting.
    package func receive(into buffer: inout [UInt8]) throws(SystemError) -> ReceivedPacket? {
        var received = clinux_received()
        let count = clinux_receive(descriptor.raw, &buffer, buffer.count, &received)
        guard count >= 0 else {
            let number = errno
            if number == EAGAIN { return nil }
            throw SystemError(call: "recvmsg", errno: number, subject: subject)
        }
        switch family {
        case .ipv4:
            guard let header = try? IPv4Header(buffer.span.bytes.extracting(0..<count)) else {
                return malformed(received)
            }
            return ReceivedPacket(
                interfaceIndex: received.interface_index, source: header.source,
                destination: header.destination, ttl: header.ttl, message: header.payload)
        case .ipv6:
            guard let source = IPAddress(received.source) else { return malformed(received) }
            return ReceivedPacket(
                interfaceIndex: received.interface_index, source: source,
                destination: IPAddress(received.destination),
                ttl: UInt8(clamping: received.hop_limit), message: 0..<count)
        }
    }

    private func malformed(_ received: clinux_received) -> ReceivedPacket {
        let nobody = IPAddress.unspecified(family)
        return ReceivedPacket(
            interfaceIndex: received.interface_index, source: IPAddress(received.source) ?? nobody,
            destination: nobody, ttl: 0, message: 0..<0)
    }
}
