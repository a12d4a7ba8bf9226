// What a check of a configuration comes to, and the exit status that tools see
// (docs/decisions/0004-exit-status.md).

package enum CheckVerdict: Sendable, Hashable {
    /// Nothing above a note.
    case fine
    /// Warnings only: the daemon does what the file says, as far as it was understood.
    case warnings
    /// The interface is missing on this host; nothing else is wrong.
    case missingInterface
    /// Errors: the daemon uses defaults instead of what was written, or does not start.
    case errors
    /// The file cannot be read.
    case unreadable

    package init(_ diagnostics: [Diagnostic]) {
        let serious = diagnostics.filter { $0.severity >= .error }
        if diagnostics.contains(where: { $0.code == SourceFailure.code }) {
            self = .unreadable
        } else if serious.isEmpty {
            self = diagnostics.contains { $0.severity == .warning } ? .warnings : .fine
        } else {
            self = serious.allSatisfy { $0.code == "no-such-interface" } ? .missingInterface : .errors
        }
    }

    /// The exit status of `batond -t` and `baton check`.
    package var exitStatus: Int32 {
        switch self {
        case .fine: 0
        case .warnings: 3
        case .missingInterface: 4
        case .errors: 5
        case .unreadable: 6
        }
    }
}

/// Why a configuration file could not be read, in words.
package struct SourceFailure: Error, Sendable, Hashable {
    static let code = "unreadable-file"
    package let reason: String

    package init(reason: String) { self.reason = reason }
}
