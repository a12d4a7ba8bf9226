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

    /// The same place with the octets from `offset` on.
    func dropping(_ offset: Int) -> SourceLine {
        var line = self
        line.octets = Array(octets[offset...])
        line.origins = (offset..<octets.count).map { Int32(origin($0)) }
        return line
    }

    /// The place of an octet, columns counted in characters. Costs time in the line's length.
    func location(_ offset: Int) -> SourceLocation {
        SourceLocation(
            file: file, line: number,
            column: raw.prefix(origin(offset)).reduce(1) { $1 & 0xc0 == 0x80 ? $0 : $0 + 1 })
    }
}

/// Splits a file into lines and takes comments off: they run from `#` or `!` to the end of the line, outside
/// double quotes; `\#` and `\!` are literal.
enum LineSplitter {
    /// Lines that are longer are left out: nothing in the language needs them.
    static let limit = 1 << 16

    /// `body` is called for each line in order.
    static func forEachLine(
        _ octets: [UInt8], file: String, _ body: (SourceLine) -> Void
    ) {
        let mark: [UInt8] = [0xef, 0xbb, 0xbf]
        var start = octets.starts(with: mark) ? 3 : 0
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
        return SourceLine(file: file, number: number, raw: raw, octets: octets, origins: origins)
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
