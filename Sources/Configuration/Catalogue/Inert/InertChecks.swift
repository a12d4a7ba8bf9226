// Lines of inert blocks with rules of their own: heads of virtual servers, lines of their groups, forwarding
// methods, weights, options in pairs.

import Wire

enum InertChecks {
    private static let limit = Int(UInt32.max)

    /// `ADDRESS [PORT]`, `fwmark NUMBER` or `group NAME`.
    static let virtualServer: InertCheck = { statement, findings in
        guard let first = statement.argument(0, findings) else { return }
        switch first.text {
        case "group":
            _ = statement.argument(1, findings)
            statement.expectArguments(atMost: 2, findings)
        case "fwmark":
            _ = statement.number(0...limit, otherwise: InertReader.fallback, findings, index: 1)
        default: statement.expectAddressAndPort(findings)
        }
    }

    /// A name of at most 31 octets.
    static let bfdName: InertCheck = { statement, findings in
        guard let name = statement.argument(0, findings) else { return }
        statement.expectArguments(atMost: 1, findings)
        guard name.text.utf8.count > 31 else { return }
        findings.report(
            .error, "name-too-long", at: name, "the name of a bfd_instance has at most 31 octets")
    }

    /// `NAT`, `DR`, or `TUN` with its options.
    static let forwarding: InertCheck = { statement, findings in
        guard let method = statement.argument(0, findings) else { return }
        method.expectOne(of: ["NAT", "DR", "TUN"], for: statement.keyword.text, findings)
        guard method.text == "TUN" else { return statement.expectArguments(atMost: 1, findings) }
        let options = OptionPairs(
            flags: ["nocsum", "csum", "remcsum"],
            values: [
                "type": { $0.expectOne(of: ["ipip", "gue", "gre"], for: "type", $1) },
                "port": { $0.expectNumber(1...65535, named: "port", $1) },
            ])
        options.check(statement.arguments.dropFirst(), of: statement, findings)
    }

    /// `NUMBER [reverse|noreverse]`
    static func weight(_ range: ClosedRange<Int>) -> InertCheck {
        { statement, findings in
            guard let first = statement.argument(0, findings) else { return }
            first.expectNumber(range, named: "weight", findings)
            OptionPairs(flags: ["reverse", "noreverse"], values: [:])
                .check(statement.arguments.dropFirst(), of: statement, findings)
        }
    }

    /// A line of `track_bfd`: `NAME [weight NUMBER [reverse]]`.
    fileprivate static let trackedBFD: InertCheck = { line, findings in
        OptionPairs(
            flags: ["reverse", "noreverse"],
            values: ["weight": { $0.expectNumber(-253...253, named: "weight", $1) }]
        ).check(line.arguments[...], of: line, findings)
    }

    /// A netmask, or a prefix length.
    static let granularity: InertCheck = { statement, findings in
        guard let word = statement.argument(0, findings) else { return }
        statement.expectArguments(atMost: 1, findings)
        if let length = word.integer, (1...128).contains(length) { return }
        guard IPAddress(word.text) == nil else { return }
        findings.report(
            .error, "bad-address", at: word, "'\(word.text)' is neither a netmask nor a prefix length")
    }

    /// Codes, and ranges of them.
    static let statusCodes: InertCheck = { statement, findings in
        guard statement.argument(0, findings) != nil else { return }
        for word in statement.arguments {
            let ends = word.text.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
                .map { Int($0) ?? 0 }
            guard ends.allSatisfy((100...599).contains), ends == ends.sorted() else {
                findings.report(
                    .error, "out-of-range", at: word,
                    "'\(word.text)' is no status from 100 to 599, nor a range of them; it is ignored")
                continue
            }
        }
    }

    /// An MD5 sum in hexadecimal digits.
    static let digest: InertCheck = { statement, findings in
        guard let word = statement.argument(0, findings) else { return }
        statement.expectArguments(atMost: 1, findings)
        guard word.text.utf8.count != 32 || !word.text.allSatisfy(\.isHexDigit) else { return }
        findings.report(.error, "bad-digest", at: word, "a digest has 32 hexadecimal digits; it is ignored")
    }

    /// Nothing, or `VS`.
    static let flushOnStop: InertCheck = { statement, findings in
        guard let word = statement.arguments.first else { return }
        statement.expectArguments(atMost: 1, findings)
        word.expectOne(of: ["VS"], for: statement.keyword.text, findings)
    }

    /// `[tcp S] [tcpfin S] [udp S]`
    static let timeouts: InertCheck = { statement, findings in
        guard statement.argument(0, findings) != nil else { return }
        var values: [String: OptionPairs.Check] = [:]
        for name in ["tcp", "tcpfin", "udp"] {
            values[name] = { $0.expectNumber(0...2_678_400, named: name, $1) }
        }
        OptionPairs(flags: [], values: values).check(statement.arguments[...], of: statement, findings)
    }

    /// `IF [[inst] INSTANCE] [id N] [maxlen N] [port N] [ttl N] [group ADDRESS]`
    static let syncDaemon: InertCheck = { statement, findings in
        guard statement.argument(0, findings) != nil else { return }
        let options = OptionPairs(
            flags: [],
            values: [
                "inst": { _, _ in }, "id": { $0.expectNumber(0...255, named: "id", $1) },
                "maxlen": { $0.expectNumber(1...65507, named: "maxlen", $1) },
                "port": { $0.expectNumber(1...65535, named: "port", $1) },
                "ttl": { $0.expectNumber(1...255, named: "ttl", $1) },
                "group": { _ = $0.address($1) },
            ])
        let rest = statement.arguments.dropFirst()
        let isInstance = rest.first.map { options.values[$0.text] == nil } ?? false
        options.check(isInstance ? rest.dropFirst() : rest, of: statement, findings)
    }
}

extension InertValue {
    /// `track_bfd`, in instances and groups.
    static let trackedBFD = InertValue.checkedLines(0...0, InertChecks.trackedBFD)
}

/// Options of a line: words that stand alone, and words with a value behind them.
struct OptionPairs {
    typealias Check = (Word, Findings) -> Void
    let flags: [String]
    let values: [String: Check]

    func check(_ words: ArraySlice<Word>, of statement: Statement, _ findings: Findings) {
        var rest = words
        while let word = rest.popFirst() {
            if flags.contains(word.text) { continue }
            guard let check = values[word.text] else {
                report(word, of: statement, findings)
                continue
            }
            guard let value = rest.popFirst() else {
                return findings.report(
                    .error, "missing-argument", at: word, "'\(word.text)' needs a value behind it")
            }
            check(value, findings)
        }
    }

    private func report(_ word: Word, of statement: Statement, _ findings: Findings) {
        findings.report(
            .warning, "unknown-option", at: word, "'\(word.text)' is no option of \(statement.keyword.text)",
            hint: Suggestion.hint(to: word.text, among: flags + Array(values.keys)))
    }
}
