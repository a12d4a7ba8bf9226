// An advertisement as a value: what was sent or received, without its address list, so that
// receiving one costs no allocation. The codecs stand in Advertisement+Parse.swift and
// Advertisement+Encode.swift; layouts are RFC 3768 5.1 (v2) and RFC 9568 5.1 (v3).

/// Which IPv4 VRRPv3 checksum a message carried; IPv6 and v2 know only one form and are `.standard`.
package enum ChecksumForm: UInt8, Sendable, Hashable {
    /// RFC 9568 5.2.8: over IPv4 the VRRP message only; over IPv6 with the pseudo-header; v2 the message.
    case standard
    /// RFC 5798, and what keepalived sends by default: over IPv4 with a pseudo-header as well.
    case pseudoHeader
}

/// How VRRPv2 is authenticated (RFC 2338): not at all, by a simple password, or by an authentication header.
package enum Authentication: Sendable, Hashable {
    case none
    /// The password padded with zero octets to eight, first octet in the top byte.
    case password(UInt64)
    /// An authentication header (RFC 2402) with this password as its key, padded likewise.
    case header(key: UInt64)
}

/// The fixed part of an advertisement.
package struct Advertisement: Sendable, Hashable {
    package var version: VRRPVersion
    /// 1...255.
    package var vrid: UInt8
    /// 0: the sender stops; 255: the address owner.
    package var priority: UInt8
    /// Max Advertise Interval in centiseconds: v3 as on the wire, v2 the seconds times 100.
    package var intervalCentiseconds: UInt16
    /// Count of addresses in the message.
    package var addressCount: UInt8
    package var checksumForm: ChecksumForm
    /// v2 only; `.none` in v3.
    package var authentication: Authentication
    /// Received: whether the addresses are the configured ones. A difference is for the log only: to drop
    /// such packets would make two masters while an address is being added on one host.
    package var addressListMatches = true

    package init(
        version: VRRPVersion, vrid: UInt8, priority: UInt8, intervalCentiseconds: UInt16,
        addressCount: UInt8, checksumForm: ChecksumForm = .standard, authentication: Authentication = .none
    ) {
        self.version = version
        self.vrid = vrid
        self.priority = priority
        self.intervalCentiseconds = intervalCentiseconds
        self.addressCount = addressCount
        self.checksumForm = checksumForm
        self.authentication = authentication
    }
}
