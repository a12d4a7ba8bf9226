// A mail address as configurations write it: bare, with a display name, or with a comment (RFC 5322
// 3.4, 3.2.2).

/// An address for the envelope, and a name for people.
struct MailAddress: Hashable {
    /// `user@domain`, or just `user`.
    let address: String
    let name: String?

    /// Nil: there is no address in the text.
    init?(_ text: String) {
        // A line end has no place in an address: it could only break out of a header.
        guard !text.contains(where: \.isNewline) else { return nil }
        let clean = text.trimmed
        let address: String
        if let open = clean.lastIndex(of: "<"), let close = clean[open...].firstIndex(of: ">") {
            address = String(clean[clean.index(after: open)..<close]).trimmed
            name = String(clean[..<open]).trimmed.unquoted
        } else if let open = clean.firstIndex(of: "("), let close = clean.lastIndex(of: ")"), open < close {
            address = (String(clean[..<open]) + clean[clean.index(after: close)...]).trimmed
            name = String(clean[clean.index(after: open)..<close]).trimmed
        } else {
            address = clean
            name = nil
        }
        // Scalars, not characters: a blank with a combining mark behind it is a blank to the relay.
        let isUsable = address.unicodeScalars.allSatisfy {
            $0.value > 32 && $0.value != 127 && $0 != "<" && $0 != ">"
        }
        guard !address.isEmpty, isUsable else { return nil }
        self.address = address
    }

    /// Needs a relay with SMTPUTF8 (RFC 6531).
    var isInternational: Bool { !address.utf8.allSatisfy { $0 < 128 } }

    /// For a header.
    var header: String {
        guard let name, !name.isEmpty else { return "<\(address)>" }
        return "\(EncodedWord.encode(name)) <\(address)>"
    }
}

extension String {
    var trimmed: String {
        var text = self[...]
        while let first = text.first, first.isWhitespace { text = text.dropFirst() }
        while let last = text.last, last.isWhitespace { text = text.dropLast() }
        return String(text)
    }

    fileprivate var unquoted: String {
        hasPrefix("\"") && hasSuffix("\"") && count > 1 ? String(dropFirst().dropLast()) : self
    }
}

/// RFC 2047: text of any language in a header.
enum EncodedWord {
    /// Plain words stay as they are; others become encoded words of at most 75 characters each.
    static func encode(_ text: String) -> String {
        let isPlain = text.utf8.allSatisfy { $0 >= 32 && $0 < 127 } && !text.contains("=?")
        guard !isPlain else { return text }
        var words: [String] = []
        var chunk = ""
        for character in text {
            if (chunk + String(character)).utf8.count > 45 {
                words.append(chunk)
                chunk = ""
            }
            chunk.append(character)
        }
        words.append(chunk)
        return words.map { "=?UTF-8?B?\(Base64.encode(Array($0.utf8)))?=" }.joined(separator: "\r\n ")
    }
}

/// RFC 4648 4.
enum Base64 {
    private static let alphabet = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    static func encode(_ octets: [UInt8]) -> String {
        var text: [UInt8] = []
        for start in stride(from: 0, to: octets.count, by: 3) {
            let group = octets[start..<min(start + 3, octets.count)]
            let bits = group.reduce(UInt32(0)) { $0 << 8 | UInt32($1) } << UInt32(8 * (3 - group.count))
            for index in 0..<4 {
                let isPadding = index > group.count
                text.append(
                    isPadding ? UInt8(ascii: "=") : alphabet[Int(bits >> UInt32(18 - 6 * index) & 63)])
            }
        }
        return String(decoding: text, as: UTF8.self)
    }
}
