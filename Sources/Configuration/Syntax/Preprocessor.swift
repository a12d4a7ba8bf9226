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
    private var list = DiagnosticList()
    private var columns = ColumnCounter()
    /// The octets of each file that was read, by name.
    private(set) var sources: [String: [UInt8]] = [:]
    /// The names of those files, in the order of reading.
    private(set) var fileNames: [String] = []
    /// There was too much text: what has been read so far is dropped.
    private var isExhausted = false
    /// How often the line stands that is being read: the product of the repetitions around it.
    private var rounds = 1

    /// Includes within includes, and lines that came out of lines.
    private static let depthLimit = 32
    private static let fileLimit = 10_000
    /// What keepalived reads at a time.
    private static let customaryLineLength = 1023

    init(files: SourceFiles, options: SourceOptions) {
        self.files = files
        self.options = options
        definitions = Definitions(options: options)
        checks = options.checksIncludes ? .all : []
    }

    var diagnostics: [Diagnostic] { list.all }

    /// Reads a file's octets as a part of the configuration.
    mutating func read(_ octets: [UInt8], file: String) {
        sources[file] = octets
        fileNames.append(file)
        fileCount += 1
        open.append(file)
        let (formerDirectory, formerChecks) = (definitions.directory, checks)
        definitions.directory = IncludePattern.directory(of: file)
        let isWithinBounds = definitions.allow(octets.count)
        LineSplitter.forEachLine(octets, file: file) { line in
            if line.number == 1 { checkMark(octets, line) }
            guard isWithinBounds, !isExhausted else { return giveUp(line, 0) }
            if isUsable(line) { process(line, depth: 0) }
        }
        finishDefinition()
        definitions.directory = formerDirectory
        checks = formerChecks
        open.removeLast()
    }

    private mutating func isUsable(_ line: SourceLine) -> Bool {
        if line.raw.count > LineSplitter.limit {
            report(.error, "line-too-long", line, 0, "this line has \(line.raw.count) octets; it is left out")
            return false
        }
        if let place = line.raw.firstIndex(of: 0) {
            report(
                .error, "nul-octet", line, place - line.raw.startIndex,
                "this line holds a NUL octet; it is left out")
            return false
        }
        if line.raw.count > Self.customaryLineLength {
            report(
                .warning, "line-too-long", line, 0,
                "this line has \(line.raw.count) octets; keepalived 2.2 reads what is behind the first"
                    + " \(Self.customaryLineLength) as a line of its own")
        }
        checkEncoding(line)
        return true
    }

    private mutating func checkMark(_ octets: [UInt8], _ line: SourceLine) {
        guard octets.starts(with: LineSplitter.byteOrderMark) else { return }
        report(
            .warning, "byte-order-mark", line, 0,
            "the file begins with a byte order mark; keepalived takes it for a part of the first word")
    }

    /// Other encodings change the octets of names and passwords; in comments they do not matter.
    private mutating func checkEncoding(_ line: SourceLine) {
        guard let place = line.invalidOctet else { return }
        report(
            .warning, "not-utf8", line, place,
            "this is not UTF-8: the octet 0x\(String(line.octets[place], radix: 16)) is read as U+FFFD",
            hint: "save the file as UTF-8")
    }

    // MARK: One line

    private mutating func process(_ line: SourceLine, depth: Int) {
        guard !isExhausted else { return }
        guard depth < Self.depthLimit, depth == 0 || definitions.spend(line.octets.count) else {
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
        default: split(line, depth)
        }
    }

    /// keepalived begins a line behind each brace: what stands there may be an include or a definition.
    private mutating func split(_ line: SourceLine, _ depth: Int) {
        guard let end = definitions.beginningBehindBrace(line.octets) else { return emit(line) }
        emit(line.prefix(end))
        process(line.dropping(end), depth: depth + 1)
    }

    private mutating func emit(_ line: SourceLine) {
        let result = definitions.substitute(line)
        reportProblem(line)
        guard !isExhausted else { return }
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
        if let assignment = Definitions.assignment(line.octets, at: start) {
            return define(assignment.name, line, valueAt: assignment.value)
        }
        guard let reference = Definitions.reference(line.octets, at: start),
            let value = definitions.value(reference)
        else { return split(line, depth) }
        switch value {
        case .text(let text):
            var next = line.dropping(reference.end)
            let place = Int32(line.origin(start))
            next.origins = repeatElement(place, count: text.count) + (next.origins ?? [])
            next.octets = text + next.octets
            process(next, depth: depth + 1)
        case .lines(let body):
            for inner in body { process(inner, depth: depth + 1) }
            useRest(line.dropping(reference.end), depth)
        }
    }

    /// What stands behind the use of a definition of several lines, where keepalived would not put it in. Braces
    /// count: without them the rest of the file would mean something else.
    private mutating func useRest(_ rest: SourceLine, _ depth: Int) {
        guard let first = rest.octets.first(where: { !$0.isBlank }) else { return }
        let isBrace = first == UInt8(ascii: "{") || first == UInt8(ascii: "}")
        report(
            .warning, "text-after-definition", rest, rest.firstWord.lowerBound,
            "nothing may follow the use of a definition of several lines"
                + (isBrace ? " for keepalived" : "; it is left out"))
        if isBrace { process(rest, depth: depth + 1) }
    }

    /// A value that ends with a backslash goes on: what stands before it is the first of several lines.
    private mutating func define(_ name: String, _ line: SourceLine, valueAt start: Int) {
        let (value, continues) = line.dropping(start).withoutContinuation
        guard continues else {
            definitions.values[name] = .text(Array(value.text(0..<value.octets.count).trimmed.utf8))
            return
        }
        collecting = (name, value.isBlank ? [] : [value])
    }

    /// Lines of a definition: all but the last end with a backslash. A blank line ends it as well.
    private mutating func collect(_ line: SourceLine) {
        let (text, continues) = line.withoutContinuation
        if !text.isBlank { collecting?.lines.append(text) }
        if !continues { finishDefinition() }
    }

    private mutating func finishDefinition() {
        guard let finished = collecting else { return }
        definitions.values[finished.name] = .lines(finished.lines)
        collecting = nil
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
        reportProblem(line)
        guard !isExhausted else { return }
        do throws(Repetition.Failure) {
            let repetition = try Repetition(octets, at: start)
            let (rest, outerRounds) = (line.dropping(close + 1), rounds)
            rounds *= max(repetition.rounds.count, 1)
            defer { rounds = outerRounds }
            guard definitions.hasRoom(for: rounds) else { return giveUp(line, depth) }
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
        reportProblem(line)
        let pattern = String(decoding: written.octets, as: UTF8.self).trimmed
        guard !pattern.isEmpty else {
            return report(
                .error, "missing-argument", line, word.lowerBound, "'include' needs a file behind it")
        }
        guard pattern.utf8.count <= IncludePattern.lengthLimit else {
            return report(
                .error, "include-not-found", line, word.lowerBound, "this is too long for the name of a file")
        }
        guard open.count < Self.depthLimit, fileCount < Self.fileLimit else {
            return report(.error, "include-loop", line, word.lowerBound, "too many files include each other")
        }
        let directory = definitions.directory
        let wanted = wanted.union(checks)
        let found = IncludePattern.alternatives(pattern).flatMap { alternative in
            guard definitions.spend(max(alternative.utf8.count, IncludePattern.cost)) else {
                return [String]()
            }
            let path = IncludePattern.resolve(alternative, in: directory)
            let matches = files.matches(path)
            if matches.isEmpty { reportMissing(alternative, pattern, wanted, line) }
            return matches
        }
        for path in found { includeFile(path, line, wanted) }
        reportProblem(line)
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
        case .depth(let name):
            report(
                .error, "definition-loop", line, line.firstWord.lowerBound,
                "'$\(name)' stands more than \(Definitions.depthLimit) definitions deep in others; it is not put in"
            )
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
                "definitions, conditions and repetitions stand more than \(Self.depthLimit) deep in each other"
            )
        } else {
            report(
                .fatal, "too-much-text", line, place,
                "there is too much text, or definitions and repetitions make too much; the limits are \(Definitions.limitText)"
            )
        }
    }

    private mutating func report(
        _ severity: Diagnostic.Severity, _ code: String, _ line: SourceLine, _ offset: Int, _ message: String,
        hint: String? = nil
    ) {
        let word = line.firstWord
        list.add(
            Diagnostic(
                code: code, severity: severity, location: columns.location(offset, in: line),
                length: offset == word.lowerBound ? max(word.count, 1) : 1, message: message, hint: hint))
    }
}
