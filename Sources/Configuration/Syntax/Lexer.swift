// Splits a configuration into words, braces and line ends. Comments run from `#` or `!` to the end of
// the line, outside double quotes; `\#` and `\!` are literal. Works on octets in one pass; a column
// counts characters (UTF-8 scalars).

/// What the lexer yields.
enum Token {
    case word(Word)
    case open(SourceLocation)
    case close(SourceLocation)
    /// The end of a line that had words, with the text from the end of its first word on.
    case lineEnd(rest: String)
}

/// One pass over a text.
struct Lexer {
    private let file: String
    private let octets: [UInt8]
    private var position = 0
    private var line = 1
    private var lineStart = 0
    private var tokens: [Token] = []
    /// Where the first word of the line ended; nil: no word yet.
    private var restStart: Int?
    private(set) var diagnostics: [Diagnostic] = []

    private init(_ octets: [UInt8], file: String) {
        self.octets = octets
        self.file = file
    }

    static func tokens(_ octets: [UInt8], file: String) -> (tokens: [Token], diagnostics: [Diagnostic]) {
        let mark: [UInt8] = [0xef, 0xbb, 0xbf]
        var lexer = Lexer(octets.starts(with: mark) ? Array(octets.dropFirst(3)) : octets, file: file)
        lexer.run()
        return (lexer.tokens, lexer.diagnostics)
    }

    private mutating func run() {
        while position < octets.count {
            switch octets[position] {
            case UInt8(ascii: "\n"):
                endLine()
                position += 1
                line += 1
                lineStart = position
            case 0...UInt8(ascii: " "):
                position += 1
            case UInt8(ascii: "#"), UInt8(ascii: "!"):
                endLine()
                skipLine()
            case UInt8(ascii: "{"):
                endLine()
                tokens.append(.open(location(position)))
                position += 1
            case UInt8(ascii: "}"):
                endLine()
                tokens.append(.close(location(position)))
                position += 1
            default:
                word()
            }
        }
        endLine()
    }

    private mutating func skipLine() {
        while position < octets.count, octets[position] != UInt8(ascii: "\n") { position += 1 }
    }

    private mutating func endLine() {
        guard let start = restStart else { return }
        restStart = nil
        tokens.append(.lineEnd(rest: text(start..<position)))
    }

    /// A word ends at a blank, a brace or a comment outside quotes. `${NAME}` belongs to its word.
    private mutating func word() {
        let start = position
        var content: [UInt8] = []
        var isQuoted = false
        scan: while position < octets.count {
            let octet = octets[position]
            switch octet {
            case UInt8(ascii: "\""):
                isQuoted = true
                quoted(into: &content)
                continue
            case UInt8(ascii: "\\") where follows(UInt8(ascii: "#")) || follows(UInt8(ascii: "!")):
                position += 1
            case UInt8(ascii: "$") where follows(UInt8(ascii: "{")):
                while position < octets.count, octets[position] != UInt8(ascii: "}"),
                    octets[position] != UInt8(ascii: "\n")
                {
                    content.append(octets[position])
                    position += 1
                }
                guard position < octets.count, octets[position] != UInt8(ascii: "\n") else { break scan }
            case 0...UInt8(ascii: " "), UInt8(ascii: "{"), UInt8(ascii: "}"), UInt8(ascii: "#"),
                UInt8(ascii: "!"):
                break scan
            default:
                break
            }
            content.append(octets[position])
            position += 1
        }
        if restStart == nil { restStart = position }
        tokens.append(
            .word(
                Word(
                    text: String(decoding: content, as: UTF8.self), location: location(start),
                    length: max(1, scalars(start..<position)), isQuoted: isQuoted)))
    }

    private func follows(_ octet: UInt8) -> Bool {
        position + 1 < octets.count && octets[position + 1] == octet
    }

    /// From an opening quote to its partner, or to the end of the line, which is reported.
    private mutating func quoted(into content: inout [UInt8]) {
        let start = position
        position += 1
        while position < octets.count, octets[position] != UInt8(ascii: "\n") {
            if octets[position] == UInt8(ascii: "\"") {
                position += 1
                return
            }
            if octets[position] != UInt8(ascii: "\r") { content.append(octets[position]) }
            position += 1
        }
        diagnostics.append(
            Diagnostic(
                code: "unmatched-quote", severity: .error, location: location(start),
                message: "the quote that begins here has no end on this line",
                hint: "close it with \""))
    }

    private func location(_ offset: Int) -> SourceLocation {
        SourceLocation(file: file, line: line, column: scalars(lineStart..<offset) + 1)
    }

    private func scalars(_ range: Range<Int>) -> Int {
        octets[range].reduce(0) { $1 & 0xc0 == 0x80 ? $0 : $0 + 1 }
    }

    private func text(_ range: Range<Int>) -> String { String(decoding: octets[range], as: UTF8.self) }
}
