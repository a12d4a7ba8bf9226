// Why a received packet was discarded. One case a reason: the case is the metric label and the log field.
// A rejection never changes protocol state (RFC 9568 7.1).

/// A reason to discard a received packet, counted and logged at a limited rate.
package enum Rejection: UInt8, Error, Sendable, Hashable, CaseIterable {
    /// The IP header is cut short, has a wrong version or an impossible length.
    case malformedIPHeader
    /// TTL or Hop Limit is not 255 on a multicast advertisement (RFC 9568 7.1).
    case timeToLive
    /// The version nibble is not the one configured (RFC 9568 7.1).
    case version
    /// The type nibble is not 1 (RFC 9568 5.2.2).
    case type
    /// The message is shorter than its fixed part and counted addresses, or longer than padding explains.
    case length
    /// The checksum fits neither accepted form (RFC 9568 5.2.8).
    case checksum
    /// VRID 0, or one that is not configured on the receiving interface (RFC 9568 7.1).
    case unknownVRID
    /// Address count 0 (RFC 9568 erratum 8299).
    case noAddresses
    /// Max Advertise Interval 0 (RFC 9568 erratum 8301).
    case zeroInterval
    /// v2: the authentication type is unknown (RFC 3768 5.3.6).
    case unknownAuthenticationType
    /// v2: the authentication type is not the configured one (RFC 3768 7.1).
    case authenticationTypeMismatch
    /// v2: the password is not the configured one.
    case authenticationFailed
    /// The authentication header or trailer is missing.
    case authenticationMissing
    /// The authentication header or trailer is not one.
    case authenticationMalformed
    /// The trailer names a key that is not configured.
    case authenticationUnknownKey
    /// The trailer was made at another time than now.
    case authenticationStale
    /// The packet, or a later one of its sender, was seen before.
    case replayed
    /// v2: Adver Int differs from the own interval (RFC 3768 7.1).
    case intervalMismatch
    /// A multicast packet for a unicast router, or the reverse.
    case destinationKind
    /// The sender is not among the configured unicast peers.
    case unknownPeer
    /// The address owner is configured to ignore all advertisements.
    case ownerIgnores
}
