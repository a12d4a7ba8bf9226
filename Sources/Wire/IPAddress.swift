// An IPv4 or IPv6 address as a value. Parsing and printing follow RFC 4291 and RFC 5952.
// Used by every room; holds 16 bytes and a family, never allocates.

/// The address family that carries a virtual router; IPv4 and IPv6 routers of one VRID are independent
/// (RFC 9568 6.4).
package enum AddressFamily: UInt8, Sendable, Hashable, CaseIterable {
    case ipv4 = 4
    case ipv6 = 6

    /// Octets in one address: 4 or 16.
    package var addressLength: Int { self == .ipv4 ? 4 : 16 }
    /// Bits in one address: 32 or 128.
    package var maximumPrefixLength: Int { addressLength * 8 }
}

/// An IP address. Ordering is unsigned, in network order, as the RFC 9568 6.4.3 tie-break asks;
/// every IPv4 address sorts before every IPv6 address.
package struct IPAddress: Hashable, Sendable {
    package let family: AddressFamily
    /// The first eight octets in network order; for IPv4 zero.
    package let high: UInt64
    /// The last eight octets in network order; for IPv4 the 32-bit address.
    package let low: UInt64

    package init(family: AddressFamily, high: UInt64, low: UInt64) {
        self.family = family
        self.high = family == .ipv4 ? 0 : high
        self.low = family == .ipv4 ? low & 0xffff_ffff : low
    }

    /// An IPv4 address from its 32-bit value in host order (192.0.2.1 is 0xC0000201).
    package init(v4 value: UInt32) {
        self.init(family: .ipv4, high: 0, low: UInt64(value))
    }

    /// The 32-bit value of an IPv4 address; zero for IPv6.
    package var v4Value: UInt32 { family == .ipv4 ? UInt32(truncatingIfNeeded: low) : 0 }

    /// The octet at `index` in network order. `index` MUST be below `family.addressLength`.
    package subscript(octet index: Int) -> UInt8 {
        let shiftable = family == .ipv4 ? index + 4 : index
        let word = shiftable < 8 && family == .ipv6 ? high : low
        return UInt8(truncatingIfNeeded: word >> UInt64(56 - 8 * (shiftable & 7)))
    }

    /// The octets in network order: 4 or 16 of them.
    package var octets: [UInt8] { (0..<family.addressLength).map { self[octet: $0] } }

    /// Nil unless there are exactly 4 or 16 octets.
    package init?(octets: some Collection<UInt8>) {
        switch octets.count {
        case 4:
            self.init(v4: octets.reduce(0) { $0 << 8 | UInt32($1) })
        case 16:
            let words = octets.enumerated().reduce(into: (UInt64(0), UInt64(0))) { words, octet in
                if octet.offset < 8 {
                    words.0 = words.0 << 8 | UInt64(octet.element)
                } else {
                    words.1 = words.1 << 8 | UInt64(octet.element)
                }
            }
            self.init(family: .ipv6, high: words.0, low: words.1)
        default:
            return nil
        }
    }

    package static func unspecified(_ family: AddressFamily) -> IPAddress {
        IPAddress(family: family, high: 0, low: 0)
    }

    package var isUnspecified: Bool { high == 0 && low == 0 }
    /// 224.0.0.0/4 or ff00::/8.
    package var isMulticast: Bool {
        family == .ipv4 ? v4Value >> 28 == 0xe : high >> 56 == 0xff
    }
    /// 169.254.0.0/16 or fe80::/10.
    package var isLinkLocal: Bool {
        family == .ipv4 ? v4Value >> 16 == 0xa9fe : high >> 54 == 0x3fa
    }
    /// 127.0.0.0/8 or ::1.
    package var isLoopback: Bool {
        family == .ipv4 ? v4Value >> 24 == 127 : high == 0 && low == 1
    }
}

extension IPAddress: Comparable {
    package static func < (left: IPAddress, right: IPAddress) -> Bool {
        (left.family.rawValue, left.high, left.low) < (right.family.rawValue, right.high, right.low)
    }
}

extension IPAddress {
    /// 224.0.0.18, the VRRP group of IPv4 (RFC 9568 5.1.1.2).
    package static let vrrpGroup4 = IPAddress(v4: 0xe000_0012)
    /// ff02::12, the VRRP group of IPv6 (RFC 9568 5.1.2.2).
    package static let vrrpGroup6 = IPAddress(family: .ipv6, high: 0xff02_0000_0000_0000, low: 0x12)
    /// ff02::1, all nodes on the link (RFC 4291 2.7.1).
    package static let allNodes6 = IPAddress(family: .ipv6, high: 0xff02_0000_0000_0000, low: 0x1)
}
