// The neighbour solicitation (RFC 4861 4.3) that asks whether an IPv6 address is in use, as duplicate address detection
// does (RFC 4862 5.4.2): from the unspecified address, so that nobody's cache changes.
//
//     Ethernet 33:33:ff:XX:XX:XX | IPv6, hop limit 255, to ff02::1:ffXX:XXXX | ICMPv6:
//     type 135 | code 0 | checksum | reserved, 4 octets | target address, 16 octets

package enum NeighborSolicitation {
    private static let type: UInt8 = 135

    /// Who has the address answers to all nodes. 78 octets.
    package static func probeFrame(for address: IPAddress, mac: MACAddress) -> [UInt8] {
        let low = address.low & 0xff_ffff
        let group = IPAddress(family: .ipv6, high: 0xff02 << 48, low: 0x1_ff00_0000 | low)
        var message: [UInt8] = [type, 0, 0, 0, 0, 0, 0, 0]
        message.append(address)
        return ICMPv6Frame.make(
            &message, from: .unspecified(.ipv6), to: group, source: mac,
            destination: MACAddress(0x3333_ff00_0000 | low))
    }
}
