// Reading values out of statements, with the diagnostics that wrong ones get. Shared by all blocks.

import Wire

/// Collects diagnostics while a configuration is read.
final class Findings {
    /// For keys that stand in files of their own.
    let files: SourceFiles
    private(set) var diagnostics: [Diagnostic] = []
    /// Statements that have no effect in this release, in the order of the text.
    private(set) var inert: [Statement] = []
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

    func add(_ diagnostics: [Diagnostic]) { self.diagnostics += diagnostics }

    func report(
        _ severity: Diagnostic.Severity, _ code: String, at word: Word, _ message: String, hint: String? = nil
    ) {
        diagnostics.append(
            Diagnostic(
                code: code, severity: min(severity, ceiling), location: word.location, length: word.length,
                message: message, hint: hint))
    }
}

extension Statement {
    /// The argument at `index`, or a fatal diagnostic: keepalived ends on a missing one.
    func argument(_ index: Int = 0, _ findings: Findings) -> Word? {
        guard arguments.indices.contains(index) else {
            findings.report(
                .fatal, "missing-argument", at: keyword, "'\(keyword.text)' needs a value behind it")
            return nil
        }
        return arguments[index]
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
        _ range: ClosedRange<Int>, otherwise fallback: String, _ findings: Findings, index: Int = 0
    ) -> Int? {
        guard let word = argument(index, findings) else { return nil }
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

    /// A script with its user and group.
    func script(_ findings: Findings) -> ScriptCommand? {
        guard argument(0, findings) != nil else { return nil }
        return ScriptText.command(rest)
    }
}

extension Word {
    /// The whole word as a decimal integer.
    var integer: Int? { Int(text) }

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
