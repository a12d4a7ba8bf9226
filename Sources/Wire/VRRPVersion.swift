// The two protocol versions that Baton speaks.

/// VRRP's version nibble: 2 is RFC 3768, 3 is RFC 9568 (and RFC 5798, the same bits).
package enum VRRPVersion: UInt8, Sendable, Hashable {
    case v2 = 2
    case v3 = 3
}
