// Texts of a printed configuration that are read again as they were. Scalars decide, not characters: a blank under a
// combining mark is a blank to the lexer.

extension String {
    /// As one word of a line: in quotes, if it would be several otherwise, a comment, or the beginning of what is only
    /// known at the beginning of a line. No word holds a quote: nothing in the language escapes one.
    var asWord: String {
        let needsQuotes =
            unicodeScalars.contains { $0.value <= 0x20 || "#!{}".unicodeScalars.contains($0) }
            || unicodeScalars.first.map { "@$~".unicodeScalars.contains($0) } ?? true
        return needsQuotes ? "\"\(self)\"" : self
    }

    /// As one word of a script's line, in the rules of `ScriptText`.
    var asScriptWord: String { isPlain ? self : "\"\(escaped)\"" }

    /// Several words as the one quoted text of a script's line.
    static func scriptLine(_ words: [String]) -> String {
        let text = words.map { $0.isPlain ? $0 : "'" + $0.replacing("'", with: "'\\''") + "'" }
        return "\"\(text.joined(separator: " ").escaped)\""
    }

    private var isPlain: Bool {
        !isEmpty
            && unicodeScalars.allSatisfy {
                ("a"..."z").contains($0) || ("A"..."Z").contains($0) || ("0"..."9").contains($0)
                    || "/._-+:,=%@".unicodeScalars.contains($0)
            }
    }

    /// For double quotes.
    private var escaped: String {
        var result = String.UnicodeScalarView()
        for scalar in unicodeScalars {
            switch scalar {
            // An octal escape: a quote sign would end the text for the comments' rules.
            case "\"": result += "\\042".unicodeScalars
            case "\\": result += "\\\\".unicodeScalars
            case "\u{0}"..."\u{1f}":
                let digits = String(scalar.value, radix: 8)
                result += "\\\(String(repeating: "0", count: 3 - digits.count))\(digits)".unicodeScalars
            default: result.append(scalar)
            }
        }
        return String(result)
    }
}
