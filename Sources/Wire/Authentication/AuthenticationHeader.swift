// The authentication header in front of a VRRPv2 message (RFC 2402 2, RFC 2338 10.3): HMAC-MD5-96 over the IP
// header without what changes on the way, the header itself, and the message.
//
//     +---------------+---------------+-------------------------------+
//     | Next Header   |  Payload Len  |          Reserved             |
//     +---------------+---------------+-------------------------------+
//     |                 Security Parameters Index                     |
//     +---------------------------------------------------------------+
//     |                      Sequence Number                          |
//     +---------------------------------------------------------------+
//     |              Integrity Check Value, 12 octets                 |
//     +---------------------------------------------------------------+

package struct AuthenticationHeader: Sendable, Hashable {
    /// keepalived's is the sender's address.
    package let parametersIndex: UInt32
    package let sequenceNumber: UInt32

    /// Octets of the header.
    package static let length = 24
    /// IP protocol number.
    package static let protocolNumber: UInt8 = 51
    private static let codeOffset = 12
    private static let codeLength = 12
    private static let headerLength = 20
    private static let ttlOffset = 8

    /// Reads the header at the start of a packet's payload and checks its code. `ipHeader` is the IPv4 header as it
    /// arrived; `key` the password.
    package static func verify(
        _ payload: RawSpan, ipHeader: RawSpan, key: UInt64
    ) throws(Rejection) -> AuthenticationHeader {
        guard let next = payload.octet(0), let words = payload.octet(1), payload.byteCount > length,
            next == AdvertisementLayout.protocolNumber, Int(words) * 4 + 8 == length,
            let index = payload.load(4, as: UInt32.self), let sequence = payload.load(8, as: UInt32.self)
        else { throw .authenticationMalformed }
        var packet = ipHeader.copied + payload.copied
        let received = Array(packet[codeStart(ipHeader)...].prefix(codeLength))
        prepare(&packet, headerLength: ipHeader.byteCount)
        // keepalived covers the TTL as it was sent, the RFC does not: it changes on the way.
        let asSent = HMAC<MD5>.code(packet, key: octets(of: key)).prefix(codeLength)
        packet[ttlOffset] = 0
        let asSpecified = HMAC<MD5>.code(packet, key: octets(of: key)).prefix(codeLength)
        guard isEqualInConstantTime(asSent, received) || isEqualInConstantTime(asSpecified, received) else {
            throw .authenticationFailed
        }
        return AuthenticationHeader(parametersIndex: index, sequenceNumber: sequence)
    }

    private static func codeStart(_ ipHeader: RawSpan) -> Int { ipHeader.byteCount + codeOffset }

    /// The payload of a packet: header, then message, covered as keepalived does it. `identification` is the IP header's, not 0.
    package static func seal(
        _ message: [UInt8], source: IPAddress, destination: IPAddress, ttl: UInt8, sequenceNumber: UInt32,
        identification: UInt16, key: UInt64
    ) -> [UInt8] {
        var payload: [UInt8] = [AdvertisementLayout.protocolNumber, UInt8((length - 8) / 4), 0, 0]
        payload.append(source)
        payload.append(bigEndian: sequenceNumber)
        payload += [UInt8](repeating: 0, count: codeLength)
        payload += message
        var packet: [UInt8] = [0x45, 0]
        packet.append(bigEndian: UInt16(headerLength + payload.count))
        packet.append(bigEndian: identification)
        packet += [0, 0, ttl, protocolNumber, 0, 0]
        packet.append(source)
        packet.append(destination)
        packet += payload
        let code = HMAC<MD5>.code(packet, key: octets(of: key)).prefix(codeLength)
        payload.replaceSubrange(codeOffset..<codeOffset + codeLength, with: code)
        return payload
    }

    /// What changes on the way counts as zero (RFC 2402 3.3.3.1.1): type of service, flags and fragment offset,
    /// checksum; and the code itself.
    private static func prepare(_ packet: inout [UInt8], headerLength: Int) {
        for offset in [1, 6, 7, 10, 11] { packet[offset] = 0 }
        for offset in headerLength + codeOffset..<headerLength + codeOffset + codeLength {
            packet[offset] = 0
        }
    }

    private static func octets(of key: UInt64) -> [UInt8] {
        (0..<8).map { UInt8(truncatingIfNeeded: key >> UInt64(56 - 8 * $0)) }
    }
}

extension RawSpan {
    /// The octets as an array.
    var copied: [UInt8] { (0..<byteCount).map { unsafeLoad(fromByteOffset: $0, as: UInt8.self) } }
}
