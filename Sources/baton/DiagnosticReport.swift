// Diagnostics on the terminal, with the lines that they speak of, and as JSON.

import Configuration
import FoundationEssentials
import Glibc

enum DiagnosticReport {
    static func printText(_ diagnostics: [Diagnostic], _ sources: [String: [UInt8]]) {
        let text = DiagnosticText(sources: sources)
        for diagnostic in diagnostics {
            print(coloured(text.render(diagnostic), diagnostic) + "\n   = code: \(diagnostic.code)\n")
        }
    }

    /// `1 error, 2 warnings`
    static func summary(_ diagnostics: [Diagnostic]) -> String {
        let counts = [Diagnostic.Severity.fatal, .error, .warning, .note].map { severity in
            (severity, diagnostics.count { $0.severity == severity })
        }.filter { $0.1 > 0 }
        let words = counts.map { "\($0.1) \($0.0.word)\($0.1 == 1 || $0.0 == .fatal ? "" : "s")" }
        return words.isEmpty ? "nothing to complain of" : words.joined(separator: ", ")
    }

    /// The severity's word in colour, on a terminal that wants it.
    private static func coloured(_ text: String, _ diagnostic: Diagnostic) -> String {
        guard isatty(1) == 1, getenv("NO_COLOR") == nil else { return text }
        let colour =
            switch diagnostic.severity {
            case .note: "36"
            case .warning: "33"
            case .error, .fatal: "31"
            }
        let word = "\(diagnostic.severity.word):"
        guard let range = text.firstRange(of: word) else { return text }
        return text[..<range.lowerBound] + "\u{1b}[1;\(colour)m\(word)\u{1b}[0m" + text[range.upperBound...]
    }

    // MARK: JSON

    struct Finding: Encodable {
        private let code: String
        private let severity: String
        /// Of a cluster's node; nil: of the file, or of all nodes together.
        private let node: String?
        private let file: String?
        private let line: Int?
        private let column: Int?
        private let length: Int?
        private let message: String
        private let hint: String?
        /// Where else it shows; nil: nowhere.
        private let related: [Place]?

        init(_ diagnostic: Diagnostic, node: String? = nil) {
            code = diagnostic.code
            severity = diagnostic.severity.word
            self.node = node
            file = diagnostic.location?.file
            line = diagnostic.location?.line
            column = diagnostic.location?.column
            length = diagnostic.location == nil ? nil : diagnostic.length
            message = diagnostic.message
            hint = diagnostic.hint
            related = diagnostic.related.isEmpty ? nil : diagnostic.related.map(Place.init)
        }
    }

    struct Place: Encodable {
        private let file: String
        private let line: Int
        private let column: Int
        private let length: Int

        fileprivate init(_ place: Diagnostic.Place) {
            file = place.location.file
            line = place.location.line
            column = place.location.column
            length = place.length
        }
    }

    static func printJSON(_ document: some Encodable) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        print(String(decoding: try encoder.encode(document), as: UTF8.self))
    }
}
