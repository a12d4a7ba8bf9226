// Reading values out of statements, with the diagnostics that wrong ones get. Shared by all blocks.

import Wire

/// Collects diagnostics while a configuration is read.
final class Findings {
    /// For keys that stand in files of their own.
    let files: SourceFiles
    private var list = DiagnosticList()
    /// Statements that have no effect in this release, in the order of the text.
    private(set) var inert: [Statement] = []
    /// The interfaces that the text names, for a check against a host.
    private(set) var interfaceUses: [InterfaceUse] = []
    /// The names behind `track_group` in permanent entries, in the order of the text.
    private(set) var trackGroupUses: [Word] = []
    /// Definitions that cannot be used, which was reported: what refers to them needs no message of its own.
    private(set) var unusableDefinitions: Set<String> = []
    /// The highest severity that is reported now: nothing in an inert block stops the daemon.
    private var ceiling = Diagnostic.Severity.fatal

    init(files: SourceFiles) { self.files = files }

    /// Reads a statement that has no effect; returns what is printed of it.
    func readInert(_ statement: Statement, _ value: InertValue) -> InertStatement {
        inert.append(statement)
        ceiling = .error
        defer { ceiling = .fatal }
        return InertReader.read(statement, value, self)
    }

    /// `word` is an interface that must exist where the configuration is used.
    func uses(_ word: Word, _ owner: EntryOwner, isRequired: Bool = true) {
        uses(word.text, at: word, owner, isRequired: isRequired)
    }

    func uses(_ name: String, at word: Word, _ owner: EntryOwner, isRequired: Bool = true) {
        interfaceUses.append(
            InterfaceUse(
                name: name, owner: owner.description, isRequired: isRequired,
                location: word.location, length: word.length))
    }

    /// What is permanent belongs to a `track_group` of this name.
    func usesTrackGroup(_ name: Word) { trackGroupUses.append(name) }

    func leaveOut(_ definition: Word) { unusableDefinitions.insert(definition.text) }

    var diagnostics: [Diagnostic] { list.all }

    func add(_ diagnostics: [Diagnostic]) { list.add(diagnostics) }

    /// Message and hint are made only if they are shown: to look for a suggestion takes time.
    func report(
        _ severity: Diagnostic.Severity, _ code: String, at word: Word,
        _ message: @autoclosure () -> String, hint: @autoclosure () -> String? = nil
    ) {
        let severity = min(severity, ceiling)
        guard list.hasRoom(for: code) else { return list.omit(severity, code, at: word.location) }
        let message = message()
        // A word that the message does not show may be a password.
        let foreign = message.contains(word.text) ? ForeignCharacter.hint(for: word.text) : nil
        list.add(
            Diagnostic(
                code: code, severity: severity, location: word.location, length: word.length,
                message: message, hint: foreign ?? hint()))
    }
}

extension Statement {
    /// The argument at `index`, or a diagnostic. It is fatal where keepalived ends on a missing one; else the
    /// caller MUST leave everything as it is.
    func argument(
        _ index: Int = 0, ifMissing severity: Diagnostic.Severity = .fatal, _ findings: Findings
    ) -> Word? {
        guard arguments.indices.contains(index) else {
            let end = severity == .fatal ? "" : "; the line is ignored"
            findings.report(
                severity, "missing-argument", at: keyword, "'\(keyword.text)' needs a value behind it\(end)")
            return nil
        }
        return arguments[index]
    }

    /// True: a keyword that stands alone. A value behind it, such as `no`, changes nothing, which is said.
    func isThere(_ findings: Findings) -> Bool {
        if let word = arguments.first {
            findings.report(
                .warning, "extra-argument", at: word,
                "'\(keyword.text)' takes no value; '\(word.text)' is ignored",
                hint: "leave the line out where it is not wanted")
        }
        return true
    }

    /// Arguments beyond the expected number are read by nobody.
    func expectArguments(atMost count: Int, _ findings: Findings) {
        guard arguments.count > count else { return }
        findings.report(
            .warning, "extra-argument", at: arguments[count],
            "'\(arguments[count].text)' is one value too many for '\(keyword.text)' and is ignored")
    }

    /// An integer in a range; nil with an error that says what is used instead.
    func number(
        _ range: ClosedRange<Int>, otherwise fallback: String, _ findings: Findings, index: Int = 0,
        ifMissing severity: Diagnostic.Severity = .fatal
    ) -> Int? {
        guard let word = argument(index, ifMissing: severity, findings) else { return nil }
        expectArguments(atMost: index + 1, findings)
        guard let value = word.integer else {
            findings.report(
                .error, "not-a-number", at: word, "'\(word.text)' is not a number; \(fallback)")
            return nil
        }
        guard range.contains(value) else {
            findings.report(
                .error, "out-of-range", at: word,
                "\(keyword.text) must be \(range.lowerBound) to \(range.upperBound), not \(value); \(fallback)"
            )
            return nil
        }
        return value
    }

    /// Decimal seconds in a range, exact to the microsecond.
    func seconds(
        _ range: ClosedRange<Double>, otherwise fallback: String, _ findings: Findings
    ) -> Duration? {
        guard let word = argument(0, findings) else { return nil }
        expectArguments(atMost: 1, findings)
        guard let micros = word.microseconds else {
            findings.report(
                .error, "not-a-number", at: word, "'\(word.text)' is not a number of seconds; \(fallback)")
            return nil
        }
        guard range.contains(Double(micros) / 1e6) else {
            findings.report(
                .error, "out-of-range", at: word,
                "\(keyword.text) must be \(range.lowerBound) to \(range.upperBound) seconds; \(fallback)")
            return nil
        }
        return .microseconds(micros)
    }

    /// `on|off|true|false|yes|no`, or nothing, which means on.
    func flag(_ findings: Findings) -> Bool? {
        guard let word = arguments.first else { return true }
        expectArguments(atMost: 1, findings)
        switch word.text {
        case "on", "true", "yes": return true
        case "off", "false", "no": return false
        default:
            findings.report(
                .error, "not-a-boolean", at: word,
                "'\(word.text)' is not one of on, off, true, false, yes, no; '\(keyword.text)' is ignored")
            return nil
        }
    }

    /// One address of the argument; a wrong one is fatal.
    func address(_ findings: Findings) -> IPAddress? {
        guard let word = argument(0, findings) else { return nil }
        expectArguments(atMost: 1, findings)
        return word.address(findings)
    }

    /// A script that may be named once: keepalived keeps the first.
    func script(
        after first: ScriptCommand?, ifMissing severity: Diagnostic.Severity = .fatal, _ findings: Findings
    ) -> ScriptCommand? {
        guard first == nil else {
            reportRepetition(findings)
            return first
        }
        guard argument(0, ifMissing: severity, findings) != nil else { return nil }
        return script(findings)
    }

    func reportRepetition(_ findings: Findings) {
        findings.report(
            .error, "already-specified", at: keyword,
            "'\(keyword.text)' stands here for a second time; the first one counts")
    }

    /// A script with its user and group. Nil with an error: a quote in it does not end, so where the command ends
    /// would be a guess.
    func script(_ findings: Findings) -> ScriptCommand? {
        guard let word = argument(0, findings) else { return nil }
        do throws(ScriptText.OpenQuote) {
            return try ScriptText.command(rest)
        } catch {
            // An odd number of double quotes was reported when the line was read.
            let isKnown = error.quote == "\"" && rest.utf8.count { $0 == UInt8(ascii: "\"") } % 2 == 1
            if isKnown { return nil }
            findings.report(
                .error, "unmatched-quote", at: word,
                "a \(error.quote) in this command is not closed; '\(keyword.text)' is ignored",
                hint: "close it with \(error.quote), or write \\\(error.quote) for the character")
            return nil
        }
    }
}

extension Word {
    /// The whole word as a decimal integer.
    var integer: Int? { Int(text) }

    /// A number, whatever its size.
    var isDecimal: Bool { !text.isEmpty && text.allSatisfy { $0.isASCII && $0.isNumber } }

    /// Decimal seconds in microseconds, without rounding errors.
    var microseconds: Int64? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count <= 2, !text.isEmpty, text != ".",
            parts.allSatisfy({ $0.allSatisfy { $0.isASCII && $0.isNumber } }),
            let whole = parts[0].isEmpty ? 0 : Int64(parts[0]), whole < 1 << 40
        else { return nil }
        guard parts.count == 2 else { return whole * 1_000_000 }
        let digits = parts[1].prefix(6)
        let fraction = Int64(digits + String(repeating: "0", count: 6 - digits.count)) ?? 0
        return whole * 1_000_000 + fraction
    }

    /// A host's address; a prefix length behind it says nothing more and is passed over, like keepalived does.
    func address(_ findings: Findings) -> IPAddress? {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        let hasPrefix = parts.count == 2 && UInt8(parts[1]) != nil
        guard let address = IPAddress(hasPrefix ? parts[0] : text[...]) else {
            findings.report(.fatal, "bad-address", at: self, "'\(text)' is not an IP address")
            return nil
        }
        return address
    }
}
