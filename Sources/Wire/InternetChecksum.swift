// The 16-bit one's complement checksum of RFC 1071, over messages and their pseudo-headers.

/// A running one's complement sum. Parts MUST be added at even offsets of the summed text.
struct InternetChecksum {
    private var sum: UInt64 = 0

    init() {}

    /// Adds octets in network order; an odd last octet counts as the high half of a word.
    mutating func add(_ octets: RawSpan) {
        var offset = 0
        while octets.byteCount - offset >= 4 {
            sum += UInt64(
                UInt32(bigEndian: octets.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt32.self)))
            offset += 4
        }
        while let word = octets.load(offset, as: UInt16.self) {
            sum += UInt64(word)
            offset += 2
        }
        if let last = octets.octet(offset) { sum += UInt64(last) << 8 }
    }

    mutating func add(_ address: IPAddress) {
        for word in [address.high, address.low] { sum += (word >> 32) + (word & 0xffff_ffff) }
    }

    /// Adds the pseudo-header of RFC 8200 8.1 (IPv6) or its IPv4 counterpart: the sums are alike.
    mutating func addPseudoHeader(
        source: IPAddress, destination: IPAddress, length: Int, protocolNumber: UInt8
    ) {
        add(source)
        add(destination)
        sum += UInt64(length) + UInt64(protocolNumber)
    }

    /// The folded sum: 0xffff for a text that holds its own right checksum.
    var folded: UInt16 {
        var rest = sum
        while rest > 0xffff { rest = (rest & 0xffff) + (rest >> 16) }
        return UInt16(rest)
    }

    /// The value for a checksum field that was zero while summed.
    var value: UInt16 { ~folded }
}
