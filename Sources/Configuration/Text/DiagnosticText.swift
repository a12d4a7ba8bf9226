// Diagnostics for people: the place, the message, the source line with the word marked under it, and
// what to do.

package struct DiagnosticText {
    private let files: [String: SourceText]
    /// Characters of a line that are shown, those before the marked word among them.
    private static let shown = (before: 60, all: 160)

    package init(sources: [String: [UInt8]]) { files = sources.mapValues(SourceText.init) }

    /// Several lines, the last without a newline.
    package func render(_ diagnostic: Diagnostic) -> String {
        var text = Self.line(diagnostic)
        if let location = diagnostic.location {
            text += marked(Diagnostic.Place(location: location, length: diagnostic.length))
        }
        for place in diagnostic.related { text += "\n  \(place.location):" + marked(place) }
        if let hint = diagnostic.hint { text += "\n   = hint: \(Self.printable(hint))" }
        return text
    }

    /// The line and its marks, each after a newline; empty, if the file is not known.
    private func marked(_ place: Diagnostic.Place) -> String {
        let location = place.location
        guard let line = files[location.file]?.line(location.line, upTo: location.column + Self.shown.all)
        else { return "" }
        let number = String(location.line)
        let margin = String(repeating: " ", count: number.count)
        let (shown, mark) = Self.excerpt(line, location.column - 1, place.length)
        return "\n \(number) | \(shown)\n \(margin) | \(mark)"
    }

    /// A part of a line, and blanks and carets for the marked characters; a wide character takes two columns.
    private static func excerpt(
        _ line: [UnicodeScalar], _ column: Int, _ length: Int
    ) -> (shown: String, mark: String) {
        let start = min(max(column, 0), line.count)
        // A line that fits is shown from its beginning.
        let first = line.count <= shown.all ? 0 : max(0, start - shown.before)
        let last = min(line.count, first + shown.all)
        let end = min(start + max(length, 1), last)
        let lead = first > 0 ? "…" : ""
        let tail = last < line.count ? "…" : ""
        let before = line[first..<start].reduce(lead.count) { $0 + width($1) }
        let marked = line[start..<end].reduce(0) { $0 + width($1) }
        return (
            lead + printable(String(String.UnicodeScalarView(line[first..<last]))) + tail,
            String(repeating: " ", count: before) + String(repeating: "^", count: max(marked, 1))
        )
    }

    /// What would move a terminal's cursor, or end a line of a log, is a blank.
    private static func printable(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: isControl) else { return text }
        return String(String.UnicodeScalarView(text.unicodeScalars.map { isControl($0) ? " " : $0 }))
    }

    private static func isControl(_ scalar: UnicodeScalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7f..<0xa0, 0x2028, 0x2029: true
        default: false
        }
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
        return printable("\(place)\(diagnostic.severity.word): \(diagnostic.message)")
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
