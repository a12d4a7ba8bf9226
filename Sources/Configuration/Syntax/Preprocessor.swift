// The part of the language that works on lines, before words and blocks: includes, conditions, definitions and
// repetitions, in keepalived's order. Yields the lines that are left.

/// One pass over a configuration and the files that it includes.
struct Preprocessor {
    let files: SourceFiles
    private let options: SourceOptions
    private var definitions: Definitions
    private var checks: IncludeChecks
    /// The files under way, the innermost last.
    private var open: [String] = []
    private var fileCount = 0
    /// The definition of several lines that is being read.
    private var collecting: (name: String, lines: [SourceLine])?
    private(set) var lines: [SourceLine] = []
    private(set) var diagnostics: [Diagnostic] = []
    /// The octets of each file that was read, by name.
    private(set) var sources: [String: [UInt8]] = [:]
    /// The names of those files, in the order of reading.
    private(set) var fileNames: [String] = []
    /// There was too much text: what has been read so far is dropped.
    private var isExhausted = false

    /// Includes within includes, and uses of definitions within each other.
    private static let depthLimit = 32
    private static let fileLimit = 10_000
    /// keepalived reads no longer ones.
    private static let customaryLineLength = 1023

    init(files: SourceFiles, options: SourceOptions) {
        self.files = files
        self.options = options
        definitions = Definitions(options: options)
        checks = options.checksIncludes ? .all : []
    }

    /// Reads a file's octets as a part of the configuration.
    mutating func read(_ octets: [UInt8], file: String) {
        sources[file] = octets
        fileNames.append(file)
        fileCount += 1
        open.append(file)
        let (formerDirectory, formerChecks) = (definitions.directory, checks)
        definitions.directory = IncludePattern.directory(of: file)
        LineSplitter.forEachLine(octets, file: file) { line in
            if isUsable(line) { process(line, depth: 0) }
        }
        if let unfinished = collecting {
            definitions.values[unfinished.name] = .lines(unfinished.lines)
            collecting = nil
        }
        definitions.directory = formerDirectory
        checks = formerChecks
        open.removeLast()
    }

    private mutating func isUsable(_ line: SourceLine) -> Bool {
        if line.raw.count > LineSplitter.limit {
            report(.error, "line-too-long", line, 0, "this line has \(line.raw.count) octets; it is left out")
            return false
        }
        if line.raw.contains(0) {
            report(.error, "nul-octet", line, 0, "this line holds a NUL octet; it is left out")
            return false
        }
        if line.raw.count > Self.customaryLineLength {
            report(
                .warning, "line-too-long", line, 0,
                "this line has \(line.raw.count) octets; keepalived leaves such a line out")
        }
        return true
    }

    // MARK: One line

    private mutating func process(_ line: SourceLine, depth: Int) {
        guard !isExhausted else { return }
        guard depth < Self.depthLimit, definitions.spend(line.octets.count) else {
            return giveUp(line, depth)
        }
        if collecting != nil { return collect(line) }
        guard !line.isBlank else { return }
        let word = line.text(line.firstWord)
        if let wanted = IncludeChecks(keyword: word) { return include(line, wanted) }
        switch line.octets[line.firstWord.lowerBound] {
        case UInt8(ascii: "@"): condition(line, depth)
        case UInt8(ascii: "$"): dollar(line, depth)
        case UInt8(ascii: "~") where Repetition.begins(word): repeatLine(line, depth)
        default: emit(line)
        }
    }

    private mutating func emit(_ line: SourceLine) {
        let result = definitions.substitute(line)
        reportProblem(line)
        let word = result.text(result.firstWord)
        if word == "include_check" { setChecks(result) }
        lines.append(result)
    }

    /// `@ID rest`: only for this identity; `@^ID rest`: for every other.
    private mutating func condition(_ line: SourceLine, _ depth: Int) {
        let word = line.firstWord
        let isInverted = line.octets.dropFirst(word.lowerBound + 1).first == UInt8(ascii: "^")
        let name = line.text(word.lowerBound + (isInverted ? 2 : 1)..<word.upperBound)
        guard !name.isEmpty else {
            return report(.error, "no-condition", line, word.lowerBound, "'@' needs a name behind it")
        }
        guard (name == options.configID) != isInverted else { return }
        process(line.dropping(word.upperBound), depth: depth + 1)
    }

    /// A definition, or a line that begins with the use of one.
    private mutating func dollar(_ line: SourceLine, _ depth: Int) {
        let start = line.firstWord.lowerBound
        if let assignment = assignment(line, start) {
            return define(assignment.name, line, valueAt: assignment.value)
        }
        guard let reference = Definitions.reference(line.octets, at: start),
            let value = definitions.value(reference)
        else { return emit(line) }
        switch value {
        case .text(let text):
            var next = line.dropping(reference.end)
            let place = Int32(line.origin(start))
            next.origins = repeatElement(place, count: text.count) + (next.origins ?? [])
            next.octets = text + next.octets
            process(next, depth: depth + 1)
        case .lines(let body):
            if !line.octets[reference.end...].allSatisfy(\.isBlank) {
                report(
                    .warning, "text-after-definition", line, reference.end,
                    "nothing may follow the use of a definition of several lines; it is left out")
            }
            for inner in body { process(inner, depth: depth + 1) }
        }
    }

    /// `$NAME =`: the name, and where the value begins.
    private func assignment(_ line: SourceLine, _ start: Int) -> (name: String, value: Int)? {
        let octets = line.octets
        guard start + 1 < octets.count, octets[start + 1].startsName else { return nil }
        let end = octets[(start + 1)...].firstIndex { !$0.continuesName } ?? octets.count
        guard let next = octets[end...].firstIndex(where: { !$0.isBlank }),
            octets[next] == UInt8(ascii: "=")
        else { return nil }
        return (line.text(start + 1..<end), next + 1)
    }

    private mutating func define(_ name: String, _ line: SourceLine, valueAt start: Int) {
        let value = line.text(start..<line.octets.count).trimmed
        if value == "\\" {
            collecting = (name, [])
        } else {
            definitions.values[name] = .text(Array(value.utf8))
        }
    }

    /// Lines of a definition: all but the last end with a backslash; what is only a comment does not count.
    private mutating func collect(_ line: SourceLine) {
        guard var definition = collecting, let last = line.octets.lastIndex(where: { !$0.isBlank }) else {
            return
        }
        let continues = line.octets[last] == UInt8(ascii: "\\")
        var body = line
        body.octets = Array(line.octets[...(continues ? last - 1 : last)])
        body.origins = line.origins.map { Array($0.prefix(body.octets.count)) }
        definition.lines.append(body)
        if continues {
            collecting = definition
        } else {
            definitions.values[definition.name] = .lines(definition.lines)
            collecting = nil
        }
    }

    private mutating func repeatLine(_ line: SourceLine, _ depth: Int) {
        let start = line.firstWord.lowerBound
        guard let close = line.octets.firstIndex(of: UInt8(ascii: ")")) else {
            return report(
                .error, "bad-repetition", line, start, "a repetition needs values in parentheses")
        }
        // Only the head's definitions are put in now: the rest may use the variable.
        var head = line
        head.octets = Array(line.octets[...close])
        let octets = definitions.substitute(head).octets
        do throws(Repetition.Failure) {
            let repetition = try Repetition(octets, at: start)
            let rest = line.dropping(close + 1)
            for round in repetition.rounds where definitions.problem == nil {
                for (name, value) in zip(repetition.names, round) {
                    definitions.values[name] = .text(Array(value.utf8))
                }
                process(rest, depth: depth + 1)
            }
            for name in repetition.names { definitions.values[name] = nil }
        } catch {
            report(
                .error, "bad-repetition", line, start,
                "'\(line.text(start..<close + 1))' is no repetition: \(error.reason)")
        }
    }

    // MARK: Includes

    private mutating func setChecks(_ line: SourceLine) {
        let words = line.text(line.firstWord.upperBound..<line.octets.count)
            .split(whereSeparator: \.isWhitespace).map(String.init)
        if let next = checks.applying(words) {
            checks = options.checksIncludes ? .all : next
        } else {
            report(
                .error, "unknown-option", line, line.firstWord.lowerBound,
                "include_check takes readable, match, wildcard_match and brace_match, with + or -")
        }
    }

    private mutating func include(_ line: SourceLine, _ wanted: IncludeChecks) {
        let word = line.firstWord
        let written = definitions.substitute(line.dropping(word.upperBound))
        let pattern = String(decoding: written.octets, as: UTF8.self).trimmed
        guard !pattern.isEmpty else {
            return report(
                .error, "missing-argument", line, word.lowerBound, "'include' needs a file behind it")
        }
        guard open.count < Self.depthLimit, fileCount < Self.fileLimit else {
            return report(.error, "include-loop", line, word.lowerBound, "too many files include each other")
        }
        let directory = definitions.directory
        let wanted = wanted.union(checks)
        let found = IncludePattern.alternatives(pattern).flatMap { alternative in
            let path = IncludePattern.resolve(alternative, in: directory)
            let matches = files.matches(path)
            if matches.isEmpty { reportMissing(alternative, pattern, wanted, line) }
            return matches
        }
        for path in found { includeFile(path, line, wanted) }
    }

    private mutating func reportMissing(
        _ alternative: String, _ pattern: String, _ wanted: IncludeChecks, _ line: SourceLine
    ) {
        let isAlternative = alternative != pattern
        let needed: IncludeChecks =
            IncludePattern.hasWildcard(alternative) ? .wildcardMatch : isAlternative ? .braceMatch : .match
        let isRequired = wanted.contains(needed) || (isAlternative && wanted.contains(.braceMatch))
        guard isRequired || needed == .match else { return }
        report(
            isRequired ? .error : .warning, "include-not-found", line, line.firstWord.lowerBound,
            "'\(alternative)' names no file that could be included")
    }

    private mutating func includeFile(_ path: String, _ line: SourceLine, _ wanted: IncludeChecks) {
        let place = line.firstWord.lowerBound
        guard !open.contains(path) else {
            return report(.error, "include-loop", line, place, "'\(path)' includes itself")
        }
        guard definitions.problem == nil else { return }
        do throws(SourceFailure) {
            read(try files.read(path), file: path)
        } catch {
            report(
                wanted.contains(.readable) ? .error : .warning, "include-not-found", line, place,
                "cannot read \(path): \(error.reason)")
        }
    }

    // MARK: Problems

    private mutating func reportProblem(_ line: SourceLine) {
        switch definitions.clearProblem() {
        case nil: break
        case .loop(let name):
            report(
                .error, "definition-loop", line, line.firstWord.lowerBound, "'$\(name)' is defined by itself")
        case .growth: giveUp(line, 0)
        }
    }

    /// A configuration that is cut off somewhere must not be used.
    private mutating func giveUp(_ line: SourceLine, _ depth: Int) {
        guard !isExhausted else { return }
        isExhausted = true
        lines.removeAll()
        let place = line.firstWord.lowerBound
        if depth >= Self.depthLimit {
            report(
                .fatal, "definition-loop", line, place,
                "definitions use each other more than \(Self.depthLimit) deep")
        } else {
            report(
                .fatal, "too-much-text", line, place,
                "definitions and repetitions make too much text: more than \(Definitions.limitText)")
        }
    }

    private mutating func report(
        _ severity: Diagnostic.Severity, _ code: String, _ line: SourceLine, _ offset: Int, _ message: String
    ) {
        let word = line.firstWord
        diagnostics.append(
            Diagnostic(
                code: code, severity: severity, location: line.location(offset),
                length: offset == word.lowerBound ? max(word.count, 1) : 1, message: message))
    }
}
