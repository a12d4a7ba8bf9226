// Reads statements that have no effect by the description in the tables. The caller caps severities: nothing in here
// stops the daemon.

import Wire

enum InertReader {
    static let fallback = "it is ignored"

    /// Reports what is wrong with a statement; returns what is kept of it for printing. A keyword that nobody knows
    /// is not kept.
    static func read(_ statement: Statement, _ value: InertValue, _ findings: Findings) -> InertStatement {
        var kept = InertStatement(words: statement.words.map(\.text))
        switch value {
        case .script:
            _ = statement.script(findings)
            let script = statement.rest.trimmed
            kept = InertStatement(words: [statement.keyword.text], script: script.isEmpty ? nil : script)
        case .secret:
            check(statement, .words(1...1), findings)
            kept.isSecret = true
        case .block(let block): kept.block = read(statement.block, in: block, findings)
        case .headed(let head, let block):
            check(statement, head, findings)
            kept.block = read(statement.block, in: block, findings)
        case .lines: kept.block = statement.block?.map(verbatim)
        case .checkedLines(let head, let check):
            Self.check(statement, .words(head), findings)
            for line in statement.block ?? [] { check(line, findings) }
            kept.block = statement.block?.map(verbatim)
        case .deprecated(let successor, let place, let inner):
            findings.report(
                .warning, "deprecated", at: statement.keyword,
                "'\(statement.keyword.text)' is a former name",
                hint: "write '\(successor)'" + (place.map { " \($0)" } ?? ""))
            return read(statement, inner, findings)
        case .flag, .boolean, .number, .optionalNumber, .numbers, .seconds, .milliseconds, .words, .oneOf,
            .oneOfAnyCase, .address, .addressAndPort, .anything, .checked:
            check(statement, value, findings)
        }
        return kept
    }

    private static func read(
        _ statements: [Statement]?, in block: InertBlock, _ findings: Findings
    ) -> [InertStatement]? {
        statements?.compactMap { statement in
            if let value = block.keywords[statement.keyword.text] { return read(statement, value, findings) }
            let former = InertBlock.formerNames[statement.keyword.text]
            let hint = former.flatMap { block.keywords[$0] == nil ? nil : "write '\($0)'" }
            BlockReader.reportUnknown(
                statement, Array(block.keywords.keys), block.name, hint: hint, findings)
            return nil
        }
    }

    private static func verbatim(_ statement: Statement) -> InertStatement {
        InertStatement(words: statement.words.map(\.text), block: statement.block?.map(verbatim))
    }

    /// The words of one line.
    private static func check(_ statement: Statement, _ value: InertValue, _ findings: Findings) {
        switch value {
        case .flag: statement.expectArguments(atMost: 0, findings)
        case .boolean: _ = statement.flag(findings)
        case .number(let range): _ = statement.number(range, otherwise: fallback, findings)
        case .optionalNumber(let range):
            if !statement.arguments.isEmpty { _ = statement.number(range, otherwise: fallback, findings) }
        case .numbers(let range):
            if statement.argument(0, findings) == nil { return }
            for word in statement.arguments { word.expectNumber(range, of: statement, findings) }
        case .seconds(let range): _ = statement.seconds(range, otherwise: fallback, findings)
        case .milliseconds(let range): statement.expectMilliseconds(range, findings)
        case .words(let range):
            if range.lowerBound > 0, statement.argument(range.lowerBound - 1, findings) == nil { return }
            statement.expectArguments(atMost: range.upperBound, findings)
        case .oneOf(let words): statement.expectOne(of: words, findings)
        case .oneOfAnyCase(let words): statement.expectOne(of: words, ignoringCase: true, findings)
        case .address: _ = statement.address(findings)
        case .addressAndPort: statement.expectAddressAndPort(findings)
        case .checked(let check): check(statement, findings)
        case .script, .secret, .anything, .block, .headed, .lines, .checkedLines, .deprecated: break
        }
    }
}

extension Statement {
    func expectOne(of words: [String], ignoringCase: Bool = false, _ findings: Findings) {
        guard let word = argument(0, findings) else { return }
        expectArguments(atMost: 1, findings)
        word.expectOne(of: words, ignoringCase: ignoringCase, for: keyword.text, findings)
    }

    /// `ADDRESS [PORT]`, from the argument at `index` on.
    func expectAddressAndPort(_ findings: Findings) {
        guard let word = argument(0, findings) else { return }
        _ = word.address(findings)
        if arguments.count > 1 { arguments[1].expectPort(findings) }
        expectArguments(atMost: 2, findings)
    }

    fileprivate func expectMilliseconds(_ range: ClosedRange<Double>, _ findings: Findings) {
        guard let word = argument(0, findings) else { return }
        expectArguments(atMost: 1, findings)
        guard let millionths = word.microseconds else {
            return findings.report(
                .error, "not-a-number", at: word,
                "'\(word.text)' is not a number of milliseconds; it is ignored")
        }
        guard !range.contains(Double(millionths) / 1e6) else { return }
        findings.report(
            .error, "out-of-range", at: word,
            "\(keyword.text) must be \(Int(range.lowerBound)) to \(Int(range.upperBound)) milliseconds;"
                + " it is ignored")
    }
}

extension Word {
    /// `owner`: the keyword or option that the word is a value of.
    func expectOne(
        of words: [String], ignoringCase: Bool = false, for owner: String, _ findings: Findings
    ) {
        let isKnown = words.contains { $0 == text || (ignoringCase && $0.lowercased() == text.lowercased()) }
        guard !isKnown else { return }
        findings.report(
            .error, "unknown-value", at: self, "'\(text)' is no value of '\(owner)'",
            hint: Suggestion.hint(to: text, among: words)
                ?? "it takes \(words.sorted().joined(separator: ", "))")
    }

    func expectNumber(_ range: ClosedRange<Int>, of statement: Statement, _ findings: Findings) {
        expectNumber(range, named: statement.keyword.text, findings)
    }

    func expectNumber(_ range: ClosedRange<Int>, named name: String, _ findings: Findings) {
        guard let value = integer else {
            return findings.report(
                .error, "not-a-number", at: self, "'\(text)' is not a number; it is ignored")
        }
        guard !range.contains(value) else { return }
        findings.report(
            .error, "out-of-range", at: self,
            "\(name) must be \(range.lowerBound) to \(range.upperBound), not \(value); it is ignored")
    }

    /// keepalived takes 0 for "every port".
    func expectPort(_ findings: Findings) { expectNumber(0...65535, named: "a port", findings) }
}
