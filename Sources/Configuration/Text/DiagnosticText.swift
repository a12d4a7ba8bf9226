// Diagnostics for people: the place, the message, the source line with the word marked under it, and
// what to do.

package struct DiagnosticText {
    /// The lines of each file by name, for showing them.
    private let lines: [String: [Substring]]

    package init(sources: [String: [UInt8]]) {
        lines = sources.mapValues { octets in
            // A decoded string's lines: "\r\n" is one character, so both line ends split alike.
            String(decoding: octets, as: UTF8.self)
                .split(omittingEmptySubsequences: false) { $0.isNewline }
        }
    }

    /// Several lines, the last without a newline.
    package func render(_ diagnostic: Diagnostic) -> String {
        var text = Self.line(diagnostic)
        if let location = diagnostic.location, let source = line(at: location) {
            let number = String(location.line)
            let margin = String(repeating: " ", count: number.count)
            let shown = source.replacing("\t", with: " ")
            text += "\n \(number) | \(shown)"
            text += "\n \(margin) | \(Self.underline(source, location.column, diagnostic.length))"
        }
        if let hint = diagnostic.hint { text += "\n   = hint: \(hint)" }
        return text
    }

    private func line(at location: SourceLocation) -> Substring? {
        guard let list = lines[location.file], list.indices.contains(location.line - 1) else { return nil }
        return list[location.line - 1]
    }

    /// Blanks and carets under the marked characters; a wide character takes two columns.
    private static func underline(_ source: Substring, _ column: Int, _ length: Int) -> String {
        let scalars = Array(source.unicodeScalars)
        let start = min(max(column - 1, 0), scalars.count)
        let end = min(start + max(length, 1), scalars.count)
        let before = scalars[..<start].reduce(0) { $0 + width($1) }
        let marked = scalars[start..<end].reduce(0) { $0 + width($1) }
        return String(repeating: " ", count: before) + String(repeating: "^", count: max(marked, 1))
    }

    /// Columns of a terminal: none for combining marks, two for the wide scripts of East Asia and emoji.
    private static func width(_ scalar: UnicodeScalar) -> Int {
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format: return 0
        default: break
        }
        switch scalar.value {
        case 0x1100...0x115f, 0x2e80...0xa4cf, 0xac00...0xd7a3, 0xf900...0xfaff, 0xfe30...0xfe6f,
            0xff00...0xff60, 0xffe0...0xffe6, 0x1f300...0x1faff, 0x20000...0x3fffd:
            return 2
        default: return 1
        }
    }

    /// One line, for logs: `file:line:column: warning: message`.
    package static func line(_ diagnostic: Diagnostic) -> String {
        let place = diagnostic.location.map { "\($0): " } ?? ""
        return "\(place)\(diagnostic.severity.word): \(diagnostic.message)"
    }
}

extension Diagnostic.Severity {
    package var word: String {
        switch self {
        case .note: "note"
        case .warning: "warning"
        case .error: "error"
        case .fatal: "fatal"
        }
    }
}
