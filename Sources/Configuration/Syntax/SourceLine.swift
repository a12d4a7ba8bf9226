// A line of a configuration on its way through the language: comments taken off, definitions put in, and
// still knowing where each of its octets stood in the file.

/// One line. Its octets may come from elsewhere than its place says: a definition's value stands where
/// it was used.
struct SourceLine: Sendable {
    let file: String
    /// From 1.
    let number: Int
    /// The line as it stands in the file.
    let raw: ArraySlice<UInt8>
    var octets: [UInt8]
    /// For each octet its offset in `raw`; nil: the same offset.
    var origins: [Int32]?
    /// The comment that was taken off ends with a backslash.
    fileprivate(set) var commentContinues = false

    var isBlank: Bool { octets.allSatisfy { $0.isBlank } }

    /// The first word's range; empty for a blank line.
    var firstWord: Range<Int> {
        let start = octets.firstIndex { !$0.isBlank } ?? octets.count
        let end = octets[start...].firstIndex { $0.isBlank } ?? octets.count
        return start..<end
    }

    func text(_ range: Range<Int>) -> String { String(decoding: octets[range], as: UTF8.self) }

    func origin(_ offset: Int) -> Int {
        guard let origins else { return offset }
        if origins.indices.contains(offset) { return Int(origins[offset]) }
        return origins.last.map { Int($0) + 1 } ?? 0
    }

    /// The first octet that is not UTF-8; nil: all are.
    var invalidOctet: Int? {
        guard octets.contains(where: { $0 >= 0x80 }) else { return nil }
        let decoded = text(0..<octets.count).utf8
        guard !decoded.elementsEqual(octets) else { return nil }
        return zip(octets, decoded).enumerated().first { $1.0 != $1.1 }?.offset ?? octets.count - 1
    }

    /// The same place with the octets from `offset` on.
    func dropping(_ offset: Int) -> SourceLine {
        var line = self
        line.octets = Array(octets[offset...])
        line.origins = (offset..<octets.count).map { Int32(origin($0)) }
        return line
    }

    /// Without the backslash that lets a definition go on, which may also stand at the end of a comment.
    var withoutContinuation: (line: SourceLine, continues: Bool) {
        let backslash = UInt8(ascii: "\\")
        if let last = octets.lastIndex(where: { !$0.isBlank }), octets[last] == backslash {
            return (prefix(last), true)
        }
        var line = self
        line.commentContinues = false
        return (line, commentContinues)
    }

    /// The same place with the octets before `offset`.
    func prefix(_ offset: Int) -> SourceLine {
        var line = self
        line.octets = Array(octets[..<offset])
        line.commentContinues = false
        line.origins = origins.map { Array($0.prefix(offset)) }
        return line
    }
}

/// Places in lines, columns counted in characters. Counting goes on from the last place that was asked for, back or
/// forth: a line may be long, and stand many times in what is read.
struct ColumnCounter {
    private var file = ""
    private var number = 0
    private var origin = 0
    private var column = 1

    mutating func location(_ offset: Int, in line: SourceLine) -> SourceLocation {
        if line.number != number || line.file != file {
            (file, number, origin, column) = (line.file, line.number, 0, 1)
        }
        let wanted = min(line.origin(offset), line.raw.count)
        let start = line.raw.startIndex
        let between = line.raw[start + min(origin, wanted)..<start + max(origin, wanted)]
        let count = between.reduce(0) { $1 & 0xc0 == 0x80 ? $0 : $0 + 1 }
        column += wanted < origin ? -count : count
        origin = wanted
        return SourceLocation(file: file, line: number, column: column)
    }
}

/// Splits a file into lines and takes comments off: they run from `#` or `!` to the end of the line, outside
/// double quotes; `\#` and `\!` are literal.
enum LineSplitter {
    /// Lines that are longer are left out: nothing in the language needs them.
    static let limit = 1 << 16
    /// Some editors write it at the beginning of a file; it says nothing.
    static let byteOrderMark: [UInt8] = [0xef, 0xbb, 0xbf]

    /// `body` is called for each line in order.
    static func forEachLine(
        _ octets: [UInt8], file: String, _ body: (SourceLine) -> Void
    ) {
        var start = octets.starts(with: byteOrderMark) ? byteOrderMark.count : 0
        var number = 1
        while start < octets.count {
            let end = octets[start...].firstIndex(of: UInt8(ascii: "\n")) ?? octets.count
            body(line(octets[start..<end], number: number, file: file))
            start = end + 1
            number += 1
        }
    }

    private static func line(_ raw: ArraySlice<UInt8>, number: Int, file: String) -> SourceLine {
        let end = raw.last == UInt8(ascii: "\r") ? raw.endIndex - 1 : raw.endIndex
        var octets: [UInt8] = []
        octets.reserveCapacity(end - raw.startIndex)
        var origins: [Int32]?
        var isQuoted = false
        var index = raw.startIndex
        while index < end {
            let octet = raw[index]
            if octet == UInt8(ascii: "\"") { isQuoted.toggle() }
            if !isQuoted {
                if octet.startsComment { break }
                if octet == UInt8(ascii: "\\"), index + 1 < end, raw[index + 1].startsComment {
                    origins = origins ?? (0..<octets.count).map { Int32($0) }
                    index += 1
                }
            }
            origins?.append(Int32(index - raw.startIndex))
            octets.append(raw[index])
            index += 1
        }
        return SourceLine(
            file: file, number: number, raw: raw, octets: octets, origins: origins,
            commentContinues: index < end && raw[..<end].last { !$0.isBlank } == UInt8(ascii: "\\"))
    }
}

extension UInt8 {
    /// Whitespace, and control characters: they say nothing.
    var isBlank: Bool { self <= UInt8(ascii: " ") }

    fileprivate var startsComment: Bool { self == UInt8(ascii: "#") || self == UInt8(ascii: "!") }

    /// What the name of a definition may begin with.
    var startsName: Bool {
        self == UInt8(ascii: "_") || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self | 0x20)
    }

    var continuesName: Bool { startsName || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }
}
