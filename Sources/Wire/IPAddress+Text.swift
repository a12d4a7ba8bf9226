// Text form of IP addresses: strict dotted quad, RFC 4291 input, RFC 5952 output.
// No zone identifiers: an interface is always named beside the address.

extension IPAddress: CustomStringConvertible {
    /// Nil for anything but one whole address: no blanks, no prefix length, no leading zeros in a quad.
    package init?(_ text: some StringProtocol) {
        if text.utf8.contains(UInt8(ascii: ":")) {
            guard let address = IPAddress(v6Text: Array(text.utf8)) else { return nil }
            self = address
        } else {
            guard let value = Self.quad(Array(text.utf8)[...]) else { return nil }
            self.init(v4: value)
        }
    }

    private static func quad(_ text: ArraySlice<UInt8>) -> UInt32? {
        let parts = text.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var value: UInt32 = 0
        for part in parts {
            guard (1...3).contains(part.count), part.count == 1 || part.first != UInt8(ascii: "0") else {
                return nil
            }
            var octet: UInt32 = 0
            for character in part {
                guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(character) else { return nil }
                octet = octet * 10 + UInt32(character - UInt8(ascii: "0"))
            }
            guard octet <= 255 else { return nil }
            value = value << 8 | octet
        }
        return value
    }

    private init?(v6Text text: [UInt8]) {
        var head: [UInt16] = []
        var tail: [UInt16]?
        var rest = text[...]
        if rest.starts(with: [UInt8(ascii: ":"), UInt8(ascii: ":")]) {
            tail = []
            rest = rest.dropFirst(2)
        } else if rest.first == UInt8(ascii: ":") {
            return nil
        }
        while !rest.isEmpty {
            let piece = rest.prefix { $0 != UInt8(ascii: ":") }
            rest = rest.dropFirst(piece.count)
            var groups: [UInt16]
            if piece.contains(UInt8(ascii: ".")) {
                guard rest.isEmpty, let quad = Self.quad(piece) else { return nil }
                groups = [UInt16(quad >> 16), UInt16(truncatingIfNeeded: quad)]
            } else {
                guard (1...4).contains(piece.count),
                    piece.allSatisfy({ Character(UnicodeScalar($0)).isHexDigit }),
                    let group = UInt16(String(decoding: piece, as: UTF8.self), radix: 16)
                else { return nil }
                groups = [group]
            }
            if tail != nil { tail?.append(contentsOf: groups) } else { head.append(contentsOf: groups) }
            guard !rest.isEmpty else { break }
            rest = rest.dropFirst()
            if rest.first == UInt8(ascii: ":") {
                guard tail == nil else { return nil }
                tail = []
                rest = rest.dropFirst()
            } else if rest.isEmpty {
                return nil
            }
        }
        let given = head.count + (tail?.count ?? 0)
        guard tail == nil ? given == 8 : given <= 7 else { return nil }
        let groups = head + Array(repeating: 0, count: 8 - given) + (tail ?? [])
        self.init(
            family: .ipv6,
            high: groups[..<4].reduce(0) { $0 << 16 | UInt64($1) },
            low: groups[4...].reduce(0) { $0 << 16 | UInt64($1) })
    }

    /// Dotted quad, or the canonical IPv6 form (RFC 5952: lower case, longest run of zeros as `::`).
    package var description: String {
        guard family == .ipv6 else {
            return (0..<4).map { String(self[octet: $0]) }.joined(separator: ".")
        }
        let groups = (0..<8).map { UInt16(self[octet: 2 * $0]) << 8 | UInt16(self[octet: 2 * $0 + 1]) }
        var longest = 0..<0
        var start = 0
        while start < 8 {
            let end = groups[start...].firstIndex { $0 != 0 } ?? 8
            if end - start > max(longest.count, 1) { longest = start..<end }
            start = max(end, start + 1)
        }
        func text(_ range: Range<Int>) -> String {
            groups[range].map { String($0, radix: 16) }.joined(separator: ":")
        }
        guard !longest.isEmpty else { return text(0..<8) }
        return text(0..<longest.lowerBound) + "::" + text(longest.upperBound..<8)
    }
}
