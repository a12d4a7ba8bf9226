// `vrrp_script`, `track_file` and `vrrp_track_process`: their keywords and what they set.

/// A weight with its direction, as it stands behind `weight` in definitions and in track lines.
struct WeightReader {
    var value: Int?
    var isReversed: Bool?

    /// `weight N [reverse|noreverse]`; the words behind `weight`.
    static func read(
        _ words: ArraySlice<Word>, limit: Int, at keyword: Word, _ findings: Findings
    ) -> WeightReader {
        var reader = WeightReader()
        var rest = words
        guard let word = rest.popFirst() else {
            findings.report(.fatal, "missing-argument", at: keyword, "'weight' needs a value behind it")
            return reader
        }
        if let value = word.integer, abs(value) <= limit {
            reader.value = value
        } else {
            findings.report(
                .error, "out-of-range", at: word, "weight must be -\(limit) to \(limit); it is ignored")
        }
        while let option = rest.popFirst() {
            switch option.text {
            case "reverse": reader.isReversed = true
            case "noreverse": reader.isReversed = false
            default:
                findings.report(
                    .warning, "unknown-option", at: option, "'\(option.text)' is no option of weight",
                    hint: "a weight may be followed by 'reverse' or 'noreverse'")
            }
        }
        return reader
    }
}

/// One `vrrp_script`.
struct ScriptReader {
    let name: Word
    var command: ScriptCommand?
    var script: CheckScript

    init(name: Word) {
        self.name = name
        script = CheckScript(
            name: name.text, command: ScriptCommand(words: []), location: name.location)
    }

    static let keywords: KeywordTable<ScriptReader> = [
        "script": { reader, statement, findings in
            // Without a value there is none, which is reported for the block.
            reader.command = statement.arguments.isEmpty ? nil : statement.script(findings)
        },
        "interval": { reader, statement, findings in
            guard let value = statement.seconds(0...1_000_000, otherwise: "1 is used", findings) else {
                return
            }
            reader.script.interval = max(value, .milliseconds(value == .zero ? 1000 : 1))
        },
        "timeout": { reader, statement, findings in
            guard let value = statement.seconds(0...1_000_000, otherwise: "the interval is used", findings)
            else { return }
            reader.script.timeout = max(value, .milliseconds(value == .zero ? 1000 : 1))
        },
        "weight": { reader, statement, findings in
            let weight = WeightReader.read(
                statement.arguments[...], limit: 253, at: statement.keyword, findings)
            reader.script.weight = weight.value ?? 0
            reader.script.isReversed = weight.isReversed ?? false
        },
        "rise": { reader, statement, findings in
            reader.script.rise =
                statement.number(1...Int(Int32.max), otherwise: "1 is used", findings) ?? 1
        },
        "fall": { reader, statement, findings in
            reader.script.fall =
                statement.number(1...Int(Int32.max), otherwise: "1 is used", findings) ?? 1
        },
        "user": { reader, statement, findings in
            guard let user = statement.argument(0, findings) else { return }
            let group = statement.arguments.dropFirst().first { $0.text != ":" }
            reader.script.command.user = ScriptUser(user: user.text, group: group?.text)
        },
        "init_fail": { $0.script.startsFailed = $1.isThere($2) },
    ]

    /// Nil: there is nothing to run; that was reported.
    func result(_ findings: Findings) -> CheckScript? {
        guard let command, !command.words.isEmpty else {
            findings.report(
                .error, "no-script", at: name, "vrrp_script \(name.text) has no script; it is not used",
                hint: "add 'script \"/path/to/check\"'")
            findings.leaveOut(name)
            return nil
        }
        var script = script
        script.command.words = command.words
        script.command.user = script.command.user ?? command.user
        return script
    }
}

/// One `track_file`.
struct FileReader {
    let name: Word
    var file: TrackedFile
    private var hasWrongPath = false

    init(name: Word) {
        self.name = name
        file = TrackedFile(name: name.text, path: "", location: name.location)
    }

    static let keywords: KeywordTable<FileReader> = [
        "file": { reader, statement, findings in
            guard let word = statement.argument(0, findings) else { return }
            statement.expectArguments(atMost: 1, findings)
            if word.text.hasPrefix("/") {
                reader.file.path = word.text
            } else {
                reader.hasWrongPath = true
                findings.report(
                    .error, "relative-path", at: word,
                    "a tracked file needs an absolute path; track_file \(reader.name.text) is not used")
            }
        },
        "weight": { reader, statement, findings in
            let weight = WeightReader.read(
                statement.arguments[...], limit: 254, at: statement.keyword, findings)
            reader.file.weight = weight.value ?? 1
            reader.file.isReversed = weight.isReversed ?? false
        },
        "init_file": { reader, statement, findings in
            reader.file.initialValue = 0
            for word in statement.arguments {
                if word.text == "overwrite" {
                    reader.file.overwrites = true
                } else if let value = word.integer.flatMap({ Int32(exactly: $0) }) {
                    reader.file.initialValue = value
                } else {
                    findings.report(
                        .error, "not-a-number", at: word,
                        "'\(word.text)' is neither a number nor 'overwrite'")
                }
            }
        },
    ]

    func result(_ findings: Findings) -> TrackedFile? {
        guard !file.path.isEmpty else {
            findings.leaveOut(name)
            guard !hasWrongPath else { return nil }
            findings.report(
                .error, "no-file", at: name, "track_file \(name.text) names no file; it is not used")
            return nil
        }
        return file
    }
}

/// One `vrrp_track_process`.
struct ProcessReader {
    let name: Word
    var process: TrackedProcess
    private var match: TrackedProcess.ParameterMatch?

    init(name: Word) {
        self.name = name
        process = TrackedProcess(name: name.text, words: [], location: name.location)
    }

    static let keywords: KeywordTable<ProcessReader> = [
        "process": { reader, statement, findings in
            guard statement.argument(0, findings) != nil else { return }
            // Unlike a script's, a quoted text is one word: a name may have blanks.
            reader.process.words = ScriptText.pieces(statement.rest).map(\.text)
        },
        "param_match": { reader, statement, findings in
            guard let word = statement.arguments.first else { return reader.match = .exact }
            reader.match = TrackedProcess.ParameterMatch(rawValue: word.text)
            guard word.text != "initial", word.text != "partial" else { return }
            reader.match = .exact
            findings.report(
                .error, "unknown-option", at: word,
                "param_match is followed by nothing, 'initial' or 'partial'; all parameters must match")
        },
        "full_command": { $0.process.comparesFullCommand = $1.isThere($2) },
        "weight": { reader, statement, findings in
            let weight = WeightReader.read(
                statement.arguments[...], limit: 254, at: statement.keyword, findings)
            reader.process.weight = weight.value ?? 0
            reader.process.isReversed = weight.isReversed ?? false
        },
        "quorum": { reader, statement, findings in
            reader.process.quorum = statement.number(1...65535, otherwise: "1 is used", findings) ?? 1
        },
        "quorum_max": { reader, statement, findings in
            reader.process.quorumMaximum =
                statement.number(0...65535, otherwise: "there is no limit", findings)
        },
        "delay": { reader, statement, findings in
            let delay = Self.delay(statement, findings)
            reader.process.forkDelay = delay
            reader.process.terminateDelay = delay
        },
        "fork_delay": { $0.process.forkDelay = delay($1, $2) },
        "terminate_delay": { $0.process.terminateDelay = delay($1, $2) },
    ]

    private static func delay(_ statement: Statement, _ findings: Findings) -> Duration {
        statement.seconds(0.000001...3600, otherwise: "there is none", findings) ?? .zero
    }

    func result(_ findings: Findings) -> TrackedProcess? {
        guard !process.words.isEmpty else {
            findings.report(
                .error, "no-process", at: name,
                "vrrp_track_process \(name.text) names no process; it is not used")
            findings.leaveOut(name)
            return nil
        }
        var process = process
        process.parameterMatch = match ?? (process.words.count > 1 ? .exact : .ignored)
        if process.parameterMatch != .ignored { process.comparesFullCommand = true }
        if let maximum = process.quorumMaximum, maximum < process.quorum, maximum != 0 {
            findings.report(
                .error, "out-of-range", at: name,
                "vrrp_track_process \(name.text): quorum_max is lower than quorum; it is ignored")
            process.quorumMaximum = nil
        }
        return process
    }
}
