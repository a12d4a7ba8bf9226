// The HMAC-SHA256 trailer behind an advertisement (keepalived 2.4's `auth_hmac`, draft-cassen-vrrp-auth-hmac), for
// VRRPv2 and v3, IPv4 and IPv6.
//
//     +---------------+---------------+-------------------------------+
//     |   Ext Type    |    Key ID     |           Reserved            |
//     +---------------+---------------+-------------------------------+
//     |                           Seconds                             |
//     +-------------------------------+-------------------------------+
//     |           Subseconds          |            Counter            |
//     +-------------------------------+-------------------------------+
//     |               HMAC-SHA256, the first 16 octets                |
//     +---------------------------------------------------------------+
//
// The code covers a pseudo-header of 20 octets (4 or 6, version, VRID, 0, the source in 16 octets), then message
// and trailer with checksum and code set to zero.

/// When a trailer was made: seconds since 1970, 65536ths of a second, and a counter.
package struct HMACStamp: Sendable, Hashable {
    package var seconds: UInt32
    package var fraction: UInt16
    package var counter: UInt16

    package init(seconds: UInt32, fraction: UInt16, counter: UInt16) {
        self.seconds = seconds
        self.fraction = fraction
        self.counter = counter
    }

    /// Grows with every packet of a sender.
    package var number: UInt64 { UInt64(seconds) << 32 | UInt64(fraction) << 16 | UInt64(counter) }
}

/// What a trailer is made with.
package struct HMACSigner: Sendable, Hashable {
    package var keyID: UInt8
    package var key: SecretKey
    package var stamp: HMACStamp

    package init(keyID: UInt8, key: SecretKey, stamp: HMACStamp) {
        self.keyID = keyID
        self.key = key
        self.stamp = stamp
    }
}

package enum HMACTrailer {
    /// Octets of a trailer.
    package static let length = 28
    /// The only type there is.
    static let type: UInt8 = 1
    private static let codeLength = 16

    /// Appends a trailer, its code still zero, to the message that begins at `start`; its checksum field is zero.
    static func append(_ signer: HMACSigner, source: IPAddress, to buffer: inout [UInt8], from start: Int) {
        buffer += [type, signer.keyID, 0, 0]
        buffer.append(bigEndian: signer.stamp.seconds)
        buffer.append(bigEndian: signer.stamp.fraction)
        buffer.append(bigEndian: signer.stamp.counter)
        buffer += [UInt8](repeating: 0, count: codeLength)
        let code = code(Array(buffer[start...]), source: source, key: signer.key)
        buffer.replaceSubrange(buffer.count - codeLength..<buffer.count, with: code)
    }

    /// Checks the trailer at the end of a message; returns when it was made.
    package static func verify(
        _ message: RawSpan, source: IPAddress, keys: [UInt8: SecretKey]
    ) throws(Rejection) -> HMACStamp {
        let start = message.byteCount - length
        guard start >= AdvertisementLayout.addresses, message.octet(start) == type,
            let keyID = message.octet(start + 1), let seconds = message.load(start + 4, as: UInt32.self),
            let fraction = message.load(start + 8, as: UInt16.self),
            let counter = message.load(start + 10, as: UInt16.self)
        else { throw .authenticationMalformed }
        guard let key = keys[keyID] else { throw .authenticationUnknownKey }
        var octets = message.copied
        let received = Array(octets.suffix(codeLength))
        octets.replaceSubrange(
            octets.count - codeLength..<octets.count, with: [UInt8](repeating: 0, count: codeLength))
        octets[AdvertisementLayout.checksum] = 0
        octets[AdvertisementLayout.checksum + 1] = 0
        guard isEqualInConstantTime(code(octets, source: source, key: key), received) else {
            throw .authenticationFailed
        }
        return HMACStamp(seconds: seconds, fraction: fraction, counter: counter)
    }

    private static func code(_ octets: [UInt8], source: IPAddress, key: SecretKey) -> ArraySlice<UInt8> {
        let version = octets[0] >> 4
        var text: [UInt8] = [source.family.rawValue, version, octets[AdvertisementLayout.vrid], 0]
        text += source.octets
        text += [UInt8](repeating: 0, count: 20 - text.count)
        return HMAC<SHA256>.code(text + octets, key: key.octets).prefix(codeLength)
    }
}

extension Advertisement {
    /// Whether a message is longer by a trailer than its address count says.
    package static func hasTrailer(_ message: RawSpan, _ version: VRRPVersion, _ family: AddressFamily)
        -> Bool
    {
        guard let count = message.octet(AdvertisementLayout.addressCount) else { return false }
        return message.byteCount == length(version, family, count: Int(count)) + HMACTrailer.length
    }
}
