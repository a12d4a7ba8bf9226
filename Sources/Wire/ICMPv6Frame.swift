// Neighbour discovery on Ethernet (RFC 4861): ICMPv6 with hop limit 255, without extension headers.

enum ICMPv6Frame {
    static let protocolNumber: UInt8 = 58

    /// The whole frame; fills in the message's checksum, which MUST be zero at octet 2.
    static func make(
        _ message: inout [UInt8], from address: IPAddress, to group: IPAddress, source: MACAddress,
        destination: MACAddress
    ) -> [UInt8] {
        var checksum = InternetChecksum()
        checksum.add(message.span.bytes)
        checksum.addPseudoHeader(
            source: address, destination: group, length: message.count, protocolNumber: protocolNumber)
        message.store(checksum.value, at: 2)
        var frame: [UInt8] = []
        frame.reserveCapacity(14 + 40 + message.count)
        EthernetHeader.append(destination: destination, source: source, type: .ipv6, to: &frame)
        frame += [0x60, 0, 0, 0]
        frame.append(bigEndian: UInt16(message.count))
        frame += [protocolNumber, 255]
        frame.append(address)
        frame.append(group)
        return frame + message
    }
}
