// A problem in a configuration, as a value: collected, never thrown, printed with its source line.

/// One problem. The code is stable, for tools; the message is for people.
package struct Diagnostic: Sendable, Hashable {
    package enum Severity: Int, Sendable, Hashable, Comparable {
        /// Worth knowing; nothing is wrong.
        case note
        /// Probably not what was meant; the daemon runs.
        case warning
        /// Wrong; the daemon uses a default, as keepalived does, and runs.
        case error
        /// The configuration cannot work; the daemon does not start, a reload is refused.
        case fatal

        package static func < (left: Severity, right: Severity) -> Bool { left.rawValue < right.rawValue }
    }
    package var code: String
    package var severity: Severity
    package var location: SourceLocation?
    /// Characters to underline from the location on; at least 1.
    package var length: Int
    package var message: String
    /// What to write instead, or what to do.
    package var hint: String?
    /// Where else the problem shows: in another file of the cluster, as a rule.
    package var related: [Place] = []

    /// A part of a line.
    package struct Place: Sendable, Hashable {
        package var location: SourceLocation
        /// Characters to underline; at least 1.
        package var length: Int
    }

    package init(
        code: String, severity: Severity, location: SourceLocation?, length: Int = 1, message: String,
        hint: String? = nil
    ) {
        self.code = code
        self.severity = severity
        self.location = location
        self.length = length
        self.message = Self.cut(message)
        self.hint = hint.map(Self.cut)
    }

    /// A word of a file may be as long as its line; a message is read by people.
    private static func cut(_ text: String) -> String {
        guard text.utf8.count > lengthLimit, text.unicodeScalars.count > lengthLimit else { return text }
        let half = lengthLimit / 2
        let scalars = text.unicodeScalars
        return String(scalars.prefix(half)) + " … " + String(scalars.suffix(half))
    }

    private static let lengthLimit = 600
}
