// Command lines of scripts have quoting rules of their own: double and single quotes, and escapes like a
// shell's. The first word (or quoted command) is the command; user and group follow it.

/// Splits the text behind a script keyword.
enum ScriptText {
    /// A part of the text.
    struct Piece {
        let text: String
        /// It was quoted as a whole.
        let isQuoted: Bool
        /// The quote that was still open at the end.
        let openQuote: UnicodeScalar?
    }

    /// A quote that begins and does not end.
    struct OpenQuote: Error {
        let quote: UnicodeScalar
    }

    static func pieces(_ text: String) -> [Piece] {
        var pieces: [Piece] = []
        var rest = Array(text.unicodeScalars)[...]
        while let piece = next(&rest) { pieces.append(piece) }
        return pieces
    }

    private static func next(_ rest: inout ArraySlice<UnicodeScalar>) -> Piece? {
        rest = rest.drop { $0.properties.isWhitespace }
        guard let first = rest.first else { return nil }
        let isQuoted = first == "\"" || first == "'"
        var piece = String.UnicodeScalarView()
        var quote: UnicodeScalar?
        while let scalar = rest.popFirst() {
            if scalar == quote {
                quote = nil
            } else if quote == nil, scalar == "\"" || scalar == "'" {
                quote = scalar
            } else if scalar == "\\", quote != "'" {
                piece.append(escape(&rest))
            } else if quote == nil, scalar.properties.isWhitespace {
                break
            } else {
                piece.append(scalar)
            }
        }
        return Piece(text: String(piece), isQuoted: isQuoted, openQuote: quote)
    }

    /// The scalar that an escape stands for; the backslash has been taken.
    private static func escape(_ rest: inout ArraySlice<UnicodeScalar>) -> UnicodeScalar {
        guard let scalar = rest.popFirst() else { return "\\" }
        switch scalar {
        case "a": return "\u{07}"
        case "b": return "\u{08}"
        case "E": return "\u{1b}"
        case "f": return "\u{0c}"
        case "n": return "\n"
        case "r": return "\r"
        case "t": return "\t"
        case "v": return "\u{0b}"
        case "x": return number(&rest, radix: 16, digits: 2) ?? "x"
        case "0"..."7":
            return number(&rest, radix: 8, digits: 2, after: scalar) ?? scalar
        default: return scalar
        }
    }

    private static func number(
        _ rest: inout ArraySlice<UnicodeScalar>, radix: Int, digits: Int, after first: UnicodeScalar? = nil
    ) -> UnicodeScalar? {
        let text = rest.prefix(digits).prefix { UInt8(String($0), radix: radix) != nil }
        let all = String(String.UnicodeScalarView([first].compactMap { $0 } + text))
        guard let value = UInt32(all, radix: radix) else { return nil }
        rest = rest.dropFirst(text.count)
        return UnicodeScalar(value)
    }

    private static func closedPieces(_ text: String) throws(OpenQuote) -> [Piece] {
        let pieces = pieces(text)
        if let quote = pieces.last?.openQuote { throw OpenQuote(quote: quote) }
        return pieces
    }

    /// A script's command, user and group; nil: there is no command.
    static func command(_ text: String) throws(OpenQuote) -> ScriptCommand? {
        let pieces = try closedPieces(text)
        guard let first = pieces.first else { return nil }
        // A quoted command holds its arguments itself; an unquoted one is a path alone.
        let words = first.isQuoted ? try closedPieces(first.text).map(\.text) : [first.text]
        guard !words.isEmpty else { return nil }
        let owner = pieces.dropFirst().map(\.text)
        let user = owner.first.map {
            ScriptUser(user: $0, group: owner.dropFirst().first(where: { $0 != ":" }))
        }
        return ScriptCommand(words: words, user: user)
    }
}
