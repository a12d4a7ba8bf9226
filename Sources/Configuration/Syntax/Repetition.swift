// `~SEQ(var, start, step, end)`, `~SEQx(...)` and `~LST(var, a, b)`: the rest of the line stands once for each
// value.

/// The values that one repetition goes through.
struct Repetition {
    /// The names that are set, and for each round their values.
    let names: [String]
    let rounds: [[String]]
    /// Where the rest of the line begins.
    let end: Int

    /// Rounds of one repetition.
    private static let limit = 100_000

    /// Why the text is no repetition, in words.
    struct Failure: Error {
        let reason: String
    }

    /// True: the line begins with `~SEQ` or `~LST`.
    static func begins(_ text: String) -> Bool { text.hasPrefix("~SEQ") || text.hasPrefix("~LST") }

    /// Reads the repetition that begins at `start`, in a line whose definitions have been put in up to its
    /// closing parenthesis.
    init(_ octets: [UInt8], at start: Int) throws(Failure) {
        let text = octets[start...]
        guard let open = text.firstIndex(of: UInt8(ascii: "(")),
            let close = text.firstIndex(of: UInt8(ascii: ")")), open < close
        else { throw Failure(reason: "it needs values in parentheses") }
        let keyword = String(decoding: octets[start..<open], as: UTF8.self).trimmed
        let values = Self.split(String(decoding: octets[open + 1..<close], as: UTF8.self))
        end = close + 1
        switch keyword {
        case "~SEQ": (names, rounds) = try Self.sequence(values, radix: 10)
        case "~SEQx": (names, rounds) = try Self.sequence(values, radix: 16)
        case "~LST": (names, rounds) = try Self.list(values)
        default: throw Failure(reason: "there are ~SEQ, ~SEQx and ~LST")
        }
    }

    /// Splits at commas that stand outside braces.
    private static func split(_ text: String) -> [String] {
        var depth = 0
        let parts = text.utf8.split(omittingEmptySubsequences: false) { octet in
            if octet == UInt8(ascii: "{") { depth += 1 }
            if octet == UInt8(ascii: "}") { depth -= 1 }
            return octet == UInt8(ascii: ",") && depth == 0
        }
        return parts.map { String(decoding: $0, as: UTF8.self).trimmed }
    }

    private static func sequence(
        _ values: [String], radix: Int
    ) throws(Failure) -> (names: [String], rounds: [[String]]) {
        var numbers: [Int] = []
        for value in values.dropFirst() {
            guard let number = number(value) else { throw Failure(reason: "'\(value)' is not a number") }
            numbers.append(number)
        }
        guard let name = values.first, isName(name), (1...3).contains(numbers.count) else {
            throw Failure(reason: "it is written ~SEQ(VARIABLE, START, STEP, END)")
        }
        let last = numbers[numbers.count - 1]
        let first = numbers.count == 1 ? (last > 0 ? 1 : -1) : numbers[0]
        let step = numbers.count == 3 ? numbers[1] : (last >= first ? 1 : -1)
        guard step != 0 else {
            throw Failure(reason: "a step of \(step) from \(first) to \(last) has no end")
        }
        guard (last - first) / step < limit else {
            throw Failure(reason: "it has more than \(limit) rounds")
        }
        return ([name], stride(from: first, through: last, by: step).map { [String($0, radix: radix)] })
    }

    private static func number(_ text: String) -> Int? {
        let value = text.hasPrefix("0x") ? Int(text.dropFirst(2), radix: 16) : Int(text)
        return value.flatMap { $0.magnitude < 1 << 40 ? $0 : nil }
    }

    private static func list(
        _ values: [String]
    ) throws(Failure) -> (names: [String], rounds: [[String]]) {
        guard let first = values.first, values.count > 1 else {
            throw Failure(reason: "it is written ~LST(VARIABLE, VALUE, VALUE ...)")
        }
        let names = items(first)
        guard names.allSatisfy(isName) else { throw Failure(reason: "'\(first)' is no name") }
        var rounds: [[String]] = []
        for value in values.dropFirst() {
            let round = first.hasPrefix("{") ? items(value) : [value]
            guard round.count == names.count else {
                throw Failure(reason: "'\(value)' does not have a value for each of '\(first)'")
            }
            if let wrong = round.first(where: { $0.contains(" ") || $0.contains("\t") }) {
                throw Failure(reason: "'\(wrong)' is more than one word")
            }
            rounds.append(round)
        }
        return (names, rounds)
    }

    /// The parts of `{a,b}`, or the text itself.
    private static func items(_ text: String) -> [String] {
        guard text.hasPrefix("{"), text.hasSuffix("}") else { return [text] }
        return text.dropFirst().dropLast().split(separator: ",", omittingEmptySubsequences: false)
            .map { String($0).trimmed }
    }

    private static func isName(_ text: String) -> Bool {
        text.utf8.first?.startsName == true && text.utf8.allSatisfy(\.continuesName)
    }
}

extension String {
    /// Without blanks at its ends.
    var trimmed: String {
        let start = utf8.firstIndex { !$0.isBlank } ?? utf8.endIndex
        let end = utf8.lastIndex { !$0.isBlank }.map { utf8.index(after: $0) } ?? start
        return String(self[start..<max(start, end)])
    }
}
