// Command lines of scripts have quoting rules of their own: double and single quotes, and escapes like a
// shell's. The first word (or quoted command) is the command; user and group follow it.

/// Splits the text behind a script keyword.
enum ScriptText {
    /// The pieces of a text: each with whether it was quoted as a whole.
    static func pieces(_ text: String) -> [(text: String, isQuoted: Bool)] {
        var pieces: [(text: String, isQuoted: Bool)] = []
        var rest = Array(text.unicodeScalars)[...]
        while let piece = next(&rest) { pieces.append(piece) }
        return pieces
    }

    private static func next(
        _ rest: inout ArraySlice<UnicodeScalar>
    ) -> (text: String, isQuoted: Bool)? {
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
        return (String(piece), isQuoted)
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
            rest = [scalar] + rest
            return number(&rest, radix: 8, digits: 3) ?? scalar
        default: return scalar
        }
    }

    private static func number(
        _ rest: inout ArraySlice<UnicodeScalar>, radix: Int, digits: Int
    ) -> UnicodeScalar? {
        let text = rest.prefix(digits).prefix { UInt8(String($0), radix: radix) != nil }
        guard let value = UInt32(String(String.UnicodeScalarView(text)), radix: radix) else { return nil }
        rest = rest.dropFirst(text.count)
        return UnicodeScalar(value)
    }

    /// A script's command, user and group; nil: there is no command.
    static func command(_ text: String) -> ScriptCommand? {
        let pieces = pieces(text)
        guard let first = pieces.first else { return nil }
        // A quoted command holds its arguments itself; an unquoted one is a path alone.
        let words = first.isQuoted ? Self.pieces(first.text).map(\.text) : [first.text]
        guard !words.isEmpty else { return nil }
        let owner = pieces.dropFirst().map(\.text)
        let user = owner.first.map {
            ScriptUser(user: $0, group: owner.dropFirst().first(where: { $0 != ":" }))
        }
        return ScriptCommand(words: words, user: user)
    }
}
