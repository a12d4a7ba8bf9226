// A statement that is known but has no effect in this release, kept so that a printed configuration still
// says it, and keepalived still reads it.

package struct InertStatement: Sendable, Equatable {
    /// The keyword and the words behind it, without their quotes.
    package var words: [String]
    /// The command line of a script as it was written, behind the keyword: it has quoting rules of its own.
    package var script: String?
    /// The value is a password.
    package var isSecret = false
    /// Nil: there is no block.
    package var block: [InertStatement]?

    package init(words: [String], script: String? = nil, block: [InertStatement]? = nil) {
        self.words = words
        self.script = script
        self.block = block
    }
}

extension InertStatement {
    package var keyword: String { words.first ?? "" }

    /// The line without its block, read again as the same words.
    func line(showsSecrets: Bool) -> String {
        guard !isSecret || showsSecrets else { return "\(keyword) ********" }
        let words = words.map(\.asWord).joined(separator: " ")
        guard let script else { return words }
        return "\(words) \(Self.escaped(script))"
    }

    /// What would begin a comment outside of double quotes gets its backslash back.
    private static func escaped(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        var isQuoted = false
        for scalar in text.unicodeScalars {
            if scalar == "\"" { isQuoted.toggle() }
            if !isQuoted, scalar == "#" || scalar == "!" { result.append("\\") }
            result.append(scalar)
        }
        return String(result)
    }
}
