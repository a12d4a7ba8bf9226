// The lines of a file, for showing them. They end where the reader ends them: at a line feed, and nowhere else.

struct SourceText {
    private let octets: [UInt8]
    /// Where each line begins.
    private let starts: [Int]

    init(_ octets: [UInt8]) {
        self.octets = octets
        let mark = LineSplitter.byteOrderMark
        let first = octets.starts(with: mark) ? mark.count : 0
        starts =
            [first] + octets.indices.lazy.filter { octets[$0] == UInt8(ascii: "\n") }.map { $0 + 1 }
    }

    /// The characters of a line, but no more than `count`: a line may be as long as the file. Lines count from 1.
    func line(_ number: Int, upTo count: Int) -> [UnicodeScalar]? {
        guard starts.indices.contains(number - 1) else { return nil }
        // No character takes more than four octets.
        let line = octets[starts[number - 1]...].prefix(4 * count).prefix { $0 != UInt8(ascii: "\n") }
        let end = line.last == UInt8(ascii: "\r") ? line.dropLast() : line
        return Array(String(decoding: end, as: UTF8.self).unicodeScalars.prefix(count))
    }
}
