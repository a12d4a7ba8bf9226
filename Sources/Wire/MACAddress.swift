// A 48-bit Ethernet address, and the virtual router's (RFC 9568 7.3).

/// An Ethernet address as six octets in the low 48 bits of a word.
package struct MACAddress: Hashable, Sendable, CustomStringConvertible {
    /// The address in the low 48 bits: 00:00:5e:00:01:33 is 0x00005E000133.
    package let value: UInt64

    package init(_ value: UInt64) { self.value = value & 0xffff_ffff_ffff }

    /// The virtual router's own address: 00-00-5E-00-01-VRID over IPv4, 00-00-5E-00-02-VRID over IPv6
    /// (RFC 9568 7.3).
    package init(vrid: UInt8, family: AddressFamily) {
        self.init((family == .ipv4 ? 0x0000_5e00_0100 : 0x0000_5e00_0200) | UInt64(vrid))
    }

    /// In the order of the wire.
    package var octets: [UInt8] { (0..<6).map { UInt8(truncatingIfNeeded: value >> UInt64(40 - 8 * $0)) } }

    /// Nil unless there are exactly six octets.
    package init?(octets: some Collection<UInt8>) {
        guard octets.count == 6 else { return nil }
        self.init(octets.reduce(0) { $0 << 8 | UInt64($1) })
    }

    package static let broadcast = MACAddress(0xffff_ffff_ffff)
    package static let zero = MACAddress(0)

    /// The octet at `index` (0...5) in transmission order.
    package subscript(octet index: Int) -> UInt8 {
        UInt8(truncatingIfNeeded: value >> UInt64(40 - 8 * index))
    }

    package var description: String {
        (0..<6).map { index in
            let octet = self[octet: index]
            return (octet < 16 ? "0" : "") + String(octet, radix: 16)
        }.joined(separator: ":")
    }
}
