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
    /// Lines and values that came into being, and their octets.
    private var made = 0
    private var octets = 0
    /// The octets of all files: what may come into being grows with them.
    private var written = 0
    /// The definitions that are being put in, the outermost first.
    private var open: [String] = []

    /// Why no more is put in.
    enum Problem: Sendable {
        case loop(String)
        case depth(String)
        case growth
    }

    /// Values within values.
    static let depthLimit = 32
    /// What a file of any size may come to.
    private static let madeLimit = 100_000
    private static let octetLimit = 4 << 20
    /// Octets that may come into being for each that was written.
    private static let growth = 16
    private static let writtenLimit = 64 << 20
    static let limitText =
        "\(writtenLimit >> 20) MB in all files, or of a small file \(madeLimit) lines and values or \(octetLimit >> 20) MB"

    init(options: SourceOptions) { self.options = options }

    /// A use of a definition: `$NAME` or `${NAME}`.
    struct Reference {
        let name: String
        let end: Int
    }

    /// The reference that begins with the dollar sign at `start`, defined or not.
    static func reference(_ octets: [UInt8], at start: Int) -> Reference? {
        guard let end = referenceEnd(octets, at: start) else { return nil }
        let isInBraces = octets[start + 1] == UInt8(ascii: "{")
        let name = octets[start + (isInBraces ? 2 : 1)..<end - (isInBraces ? 1 : 0)]
        return Reference(name: String(decoding: name, as: UTF8.self), end: end)
    }

    /// Where the reference ends that begins at `start`. No name holds a dollar sign, so no octet is looked at twice.
    static func referenceEnd(_ octets: [UInt8], at start: Int) -> Int? {
        guard start + 1 < octets.count else { return nil }
        if octets[start + 1] == UInt8(ascii: "{") {
            let end = octets[(start + 2)...].firstIndex {
                $0 == UInt8(ascii: "}") || $0 == UInt8(ascii: "$")
            }
            guard let end, octets[end] == UInt8(ascii: "}") else { return nil }
            return end + 1
        }
        guard octets[start + 1].startsName else { return nil }
        return octets[(start + 1)...].firstIndex { !$0.continuesName } ?? octets.count
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
                let value = text(of: reference)
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
    private mutating func text(of reference: Reference) -> [UInt8]? {
        guard problem == nil, case .text(let value)? = value(reference), isUsable(reference.name),
            spend(value.count)
        else { return nil }
        guard value.contains(UInt8(ascii: "$")) else { return value }
        open.append(reference.name)
        defer { open.removeLast() }
        var result: [UInt8] = []
        var index = 0
        while index < value.count {
            if value[index] == UInt8(ascii: "$"), let inner = Self.reference(value, at: index),
                let text = text(of: inner)
            {
                // What is copied once more counts once more.
                guard spend(text.count) else { return nil }
                result += text
                index = inner.end
            } else {
                result.append(value[index])
                index += 1
            }
        }
        return result
    }

    /// False: the definition is being put in already, or there are too many within each other.
    private mutating func isUsable(_ name: String) -> Bool {
        if open.contains(name) {
            problem = .loop(name)
        } else if open.count >= Self.depthLimit {
            problem = .depth(name)
        }
        return problem == nil
    }

    // MARK: Growth

    /// Takes note of a file's text; false: there is too much of it.
    mutating func allow(_ count: Int) -> Bool {
        written += count
        if written > Self.writtenLimit { problem = .growth }
        return written <= Self.writtenLimit
    }

    /// Takes note of a line or value that comes into being; false: it is too much.
    mutating func spend(_ count: Int) -> Bool {
        octets += count
        made += 1
        if made > Self.madeLimit + written || octets > Self.octetLimit + Self.growth * written {
            problem = .growth
        }
        return problem == nil
    }

    /// False: so many lines would be too many in any case.
    func hasRoom(for lines: Int) -> Bool { lines <= 4 * (Self.madeLimit + written) }

    /// The problem that there is. Growth stays one; the others are over with their line.
    mutating func clearProblem() -> Problem? {
        defer {
            switch problem {
            case .loop, .depth: problem = nil
            case .growth, nil: break
            }
        }
        return problem
    }
}
