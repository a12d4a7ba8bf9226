// The IPv4 header in front of a raw packet (RFC 791 3.1): the kernel delivers it, nobody may trust it.
//
//     +-------+-------+---------------+-------------------------------+
//     |Version|  IHL  |      TOS      |         Total Length          |
//     +-------+-------+---------------+-----+-------------------------+
//     |        Identification         |Flags|     Fragment Offset     |
//     +---------------+---------------+-----+-------------------------+
//     |      TTL      |   Protocol    |        Header Checksum        |
//     +---------------+---------------+-------------------------------+
//     |                     source, destination                       |
//     +---------------------------------------------------------------+
//     |                      options, IHL says                        |
//     +---------------------------------------------------------------+

/// The fields of an IPv4 header that matter, and where the payload stands.
package struct IPv4Header: Sendable, Hashable {
    package let source: IPAddress
    package let destination: IPAddress
    package let ttl: UInt8
    package let protocolNumber: UInt8
    /// Offsets of the payload in the packet; trailing padding is left out.
    package let payload: Range<Int>

    /// Throws `.malformedIPHeader` for anything but one whole, unfragmented datagram.
    package init(_ packet: RawSpan) throws(Rejection) {
        guard let first = packet.octet(0), first >> 4 == 4,
            let totalLength = packet.load(2, as: UInt16.self),
            let fragment = packet.load(6, as: UInt16.self), fragment & 0x3fff == 0,
            let ttl = packet.octet(8), let protocolNumber = packet.octet(9),
            let source = packet.address(12, .ipv4), let destination = packet.address(16, .ipv4)
        else { throw .malformedIPHeader }
        let headerLength = Int(first & 0xf) * 4
        guard headerLength >= 20, headerLength <= Int(totalLength), Int(totalLength) <= packet.byteCount
        else { throw .malformedIPHeader }
        self.source = source
        self.destination = destination
        self.ttl = ttl
        self.protocolNumber = protocolNumber
        payload = headerLength..<Int(totalLength)
    }
}
