// `$NAME=value` and what `$NAME` and `${NAME}` are replaced by. What is not defined stays as it is: scripts use
// dollar signs too. Every kind of growth is bounded, so no file can take more than its share of time or memory.

/// A definition's value.
enum Definition: Sendable {
    case text([UInt8])
    /// A definition of several lines; each stands where it was written.
    case lines([SourceLine])
}

/// The definitions in force, and what was spent on putting them in.
struct Definitions {
    var values: [String: Definition] = [:]
    /// `${_PWD}`
    var directory = ""
    let options: SourceOptions
    private(set) var problem: Problem?
    private var substitutions = 0
    private var octets = 0

    /// Why no more is put in.
    enum Problem: Sendable {
        case loop(String)
        case growth
    }

    /// Values within values.
    private static let depthLimit = 32
    private static let substitutionLimit = 1_000_000
    private static let octetLimit = 64 << 20
    static let limitText = "\(substitutionLimit) lines and values, or \(octetLimit >> 20) MB"

    init(options: SourceOptions) { self.options = options }

    /// A use of a definition: `$NAME` or `${NAME}`.
    struct Reference {
        let name: String
        let end: Int
    }

    /// The reference that begins with the dollar sign at `start`, defined or not.
    static func reference(_ octets: [UInt8], at start: Int) -> Reference? {
        guard start + 1 < octets.count else { return nil }
        if octets[start + 1] == UInt8(ascii: "{") {
            guard let end = octets[start...].firstIndex(of: UInt8(ascii: "}")) else { return nil }
            return Reference(
                name: String(decoding: octets[start + 2..<end], as: UTF8.self), end: end + 1)
        }
        guard octets[start + 1].startsName else { return nil }
        let end = octets[(start + 1)...].firstIndex { !$0.continuesName } ?? octets.count
        return Reference(name: String(decoding: octets[start + 1..<end], as: UTF8.self), end: end)
    }

    func value(_ reference: Reference) -> Definition? {
        values[reference.name] ?? predefined(reference.name).map { .text(Array($0.utf8)) }
    }

    private func predefined(_ name: String) -> String? {
        guard name.hasPrefix("_") else { return nil }
        let words = name.split { $0 == " " || $0 == "\t" }.map(String.init)
        switch words.first {
        case "_PWD" where words.count == 1:
            return IncludePattern.resolve(directory, in: options.workingDirectory)
        case "_INSTANCE" where words.count == 1: return options.configID
        case "_HASH" where words.count == 1: return "#"
        case "_BANG" where words.count == 1: return "!"
        case "_ENV" where words.count == 2: return options.environment(words[1]) ?? ""
        case "_RANDOM": return random(words.dropFirst())
        default: return nil
        }
    }

    private func random(_ bounds: ArraySlice<String>) -> String? {
        let numbers = bounds.compactMap { Int($0) }
        guard numbers.count == bounds.count, numbers.count <= 2 else { return nil }
        let low = numbers.first ?? 0
        let high = numbers.count == 2 ? numbers[1] : 32767
        return low >= 0 && low <= high ? String(options.random(low...high)) : nil
    }

    /// The line with every definition put in, but for those of several lines: these keep their name.
    mutating func substitute(_ line: SourceLine) -> SourceLine {
        guard line.octets.contains(UInt8(ascii: "$")) else { return line }
        var result = line
        result.octets = []
        var origins: [Int32] = []
        var index = 0
        while index < line.octets.count {
            if line.octets[index] == UInt8(ascii: "$"),
                let reference = Self.reference(line.octets, at: index),
                let value = text(of: reference, depth: 0)
            {
                let place = Int32(line.origin(index))
                origins += repeatElement(place, count: value.count)
                result.octets += value
                index = reference.end
            } else {
                origins.append(Int32(line.origin(index)))
                result.octets.append(line.octets[index])
                index += 1
            }
        }
        result.origins = origins
        return result
    }

    /// The expanded text of a value; nil: it is none, or one of several lines, or too much.
    private mutating func text(of reference: Reference, depth: Int) -> [UInt8]? {
        guard case .text(let value)? = value(reference), problem == nil else { return nil }
        substitutions += 1
        octets += value.count
        guard depth < Self.depthLimit else {
            problem = .loop(reference.name)
            return nil
        }
        guard substitutions <= Self.substitutionLimit, octets <= Self.octetLimit else {
            problem = .growth
            return nil
        }
        guard value.contains(UInt8(ascii: "$")) else { return value }
        var result: [UInt8] = []
        var index = 0
        while index < value.count {
            if value[index] == UInt8(ascii: "$"), let inner = Self.reference(value, at: index),
                let text = text(of: inner, depth: depth + 1)
            {
                result += text
                index = inner.end
            } else {
                result.append(value[index])
                index += 1
            }
        }
        return result
    }

    /// Takes note of text that comes into being in another way; false: it is too much.
    mutating func spend(_ count: Int) -> Bool {
        octets += count
        substitutions += 1
        if octets > Self.octetLimit || substitutions > Self.substitutionLimit { problem = problem ?? .growth }
        return problem == nil
    }

    mutating func clearProblem() -> Problem? {
        defer { if case .loop = problem { problem = nil } }
        return problem
    }
}
