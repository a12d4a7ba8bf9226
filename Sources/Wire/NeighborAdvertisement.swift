// The unsolicited neighbour advertisement (RFC 4861 4.4) that announces an IPv6 virtual address.
//
//     Ethernet 33:33:00:00:00:01 | IPv6, hop limit 255, to ff02::1 | ICMPv6:
//     +---------------+---------------+-------------------------------+
//     |   Type 136    |    Code 0     |           Checksum            |
//     +-+-+-+---------+---------------+-------------------------------+
//     |R|S|O|                     reserved                            |
//     +-+-+-+---------------------------------------------------------+
//     |                     target address, 16 octets                 |
//     +---------------+---------------+-------------------------------+
//     | option type 2 |  length 1     |  target's MAC, 6 octets       |
//     +---------------+---------------+-------------------------------+

/// A neighbour advertisement.
package struct NeighborAdvertisement: Sendable, Hashable {
    package let target: IPAddress
    /// The target link-layer address option; nil: absent.
    package let mac: MACAddress?
    package let isSolicited: Bool
    package let overrides: Bool

    private static let type: UInt8 = 136
    private static let headerLength = 40
    /// Without options.
    private static let messageLength = 24

    /// Nil unless `frame` is an Ethernet frame with an IPv6 neighbour advertisement without extension headers
    /// that passes the checks of RFC 4861 7.1.2. The checksum is not among them: between hosts on one machine
    /// it may be left to a network card that never sees the frame.
    package init?(frame: RawSpan) {
        let ip = EthernetHeader.length
        let icmp = ip + Self.headerLength
        guard EthernetHeader(frame)?.type == .ipv6, let version = frame.octet(ip), version >> 4 == 6,
            frame.octet(ip + 6) == ICMPv6Frame.protocolNumber, frame.octet(ip + 7) == 255,
            let destination = frame.address(ip + 24, .ipv6),
            let length = frame.load(ip + 4, as: UInt16.self), length >= Self.messageLength,
            frame.byteCount >= icmp + Int(length),
            frame.octet(icmp) == Self.type, frame.octet(icmp + 1) == 0, let flags = frame.octet(icmp + 4),
            let target = frame.address(icmp + 8, .ipv6), !target.isMulticast,
            let options = Options(frame.extracting((icmp + Self.messageLength)..<(icmp + Int(length))))
        else { return nil }
        self.target = target
        isSolicited = flags & 0x40 != 0
        overrides = flags & 0x20 != 0
        mac = options.targetMAC
        if isSolicited, destination.isMulticast { return nil }
    }

    /// What stands behind the target (RFC 4861 4.6): type, length in units of eight octets, value.
    private struct Options {
        private(set) var targetMAC: MACAddress?

        /// Nil: one is empty, or longer than the message.
        init?(_ octets: RawSpan) {
            var offset = 0
            while offset < octets.byteCount {
                guard let units = octets.octet(offset + 1), units > 0,
                    offset + 8 * Int(units) <= octets.byteCount
                else { return nil }
                if targetMAC == nil, octets.octet(offset) == 2, units == 1 {
                    targetMAC = octets.mac(offset + 2)
                }
                offset += 8 * Int(units)
            }
        }
    }

    /// The frame for `address`: S clear, O set (RFC 9568 6.4.1), from the address itself to all nodes.
    package static func unsolicitedFrame(
        for address: IPAddress, mac: MACAddress, isRouter: Bool
    ) -> [UInt8] {
        let allNodes = IPAddress.allNodes6
        var message: [UInt8] = [type, 0, 0, 0, isRouter ? 0xa0 : 0x20, 0, 0, 0]
        message.append(address)
        message += [2, 1]
        message.append(mac)
        return ICMPv6Frame.make(
            &message, from: address, to: allNodes, source: mac, destination: MACAddress(0x3333_0000_0001))
    }
}
