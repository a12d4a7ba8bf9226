// What the language needs from outside: files, the host's identity, the environment. The caller's, since this
// room makes no system calls.

/// The files that a configuration may consist of.
package struct SourceFiles: Sendable {
    /// A file's octets.
    package var read: @Sendable (String) throws(SourceFailure) -> [UInt8]
    /// The files that match a pattern with `*`, `?` and `[...]`, sorted; neither directories nor programs.
    package var matches: @Sendable (String) -> [String]

    package init(
        read: @escaping @Sendable (String) throws(SourceFailure) -> [UInt8],
        matches: @escaping @Sendable (String) -> [String]
    ) {
        self.read = read
        self.matches = matches
    }

    /// No file can be included.
    package static let none = SourceFiles(
        read: { (_) throws(SourceFailure) in throw SourceFailure(reason: "there are no files here") },
        matches: { _ in [] })
}

/// What a configuration may depend on besides its text.
package struct SourceOptions: Sendable {
    /// `-i`, by default the host's name up to its first dot: decides which `@ID` lines apply.
    package var configID = ""
    /// `-e`: every include that finds nothing is an error.
    package var checksIncludes = false
    /// What a relative path of the configuration file counts from.
    package var workingDirectory = ""
    /// `${_ENV NAME}`
    package var environment: @Sendable (String) -> String? = { _ in nil }
    /// `${_RANDOM MIN MAX}`
    package var random: @Sendable (ClosedRange<Int>) -> Int = { $0.lowerBound }

    package init() {}
}
