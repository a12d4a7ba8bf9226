// Splits lines into words and braces. Double quotes protect blanks and braces; `${NAME}` that is not defined
// stays in its word. Works on octets in one pass; a column counts characters (UTF-8 scalars).

/// What the lexer yields.
enum Token {
    case word(Word)
    case open(SourceLocation)
    case close(SourceLocation)
    /// The end of a line that had words, with the text from the end of its first word on.
    case lineEnd(rest: String)
}

/// One pass over a line.
struct Lexer {
    private let line: SourceLine
    private let octets: [UInt8]
    private var position = 0
    private var columns: ColumnCounter
    private var tokens: [Token] = []
    /// Where the first word of the statement ended; nil: no word yet.
    private var restStart: Int?
    private(set) var diagnostics: [Diagnostic] = []

    private init(_ line: SourceLine, _ columns: ColumnCounter) {
        self.line = line
        octets = line.octets
        self.columns = columns
    }

    /// `columns` is one counter for all lines.
    static func tokens(
        _ line: SourceLine, _ columns: inout ColumnCounter
    ) -> (tokens: [Token], diagnostics: [Diagnostic]) {
        var lexer = Lexer(line, columns)
        lexer.run()
        columns = lexer.columns
        return (lexer.tokens, lexer.diagnostics)
    }

    private mutating func run() {
        while position < octets.count {
            switch octets[position] {
            case 0...UInt8(ascii: " "):
                position += 1
            case UInt8(ascii: "{"):
                endStatement()
                tokens.append(.open(location(position)))
                position += 1
            case UInt8(ascii: "}"):
                endStatement()
                tokens.append(.close(location(position)))
                position += 1
            default:
                word()
            }
        }
        endStatement()
    }

    private mutating func endStatement() {
        guard let start = restStart else { return }
        restStart = nil
        tokens.append(.lineEnd(rest: String(decoding: octets[start..<position], as: UTF8.self)))
    }

    /// A word ends at a blank or a brace outside quotes.
    private mutating func word() {
        let start = position
        let place = location(start)
        var content: [UInt8] = []
        var isQuoted = false
        scan: while position < octets.count {
            switch octets[position] {
            case UInt8(ascii: "\""):
                isQuoted = true
                quoted(into: &content)
                continue
            case UInt8(ascii: "$"):
                if let end = Definitions.referenceEnd(octets, at: position) {
                    content += octets[position..<end]
                    position = end
                    continue
                }
            case 0...UInt8(ascii: " "), UInt8(ascii: "{"), UInt8(ascii: "}"):
                break scan
            default:
                break
            }
            content.append(octets[position])
            position += 1
        }
        if restStart == nil { restStart = position }
        let end = location(position).column
        tokens.append(
            .word(
                Word(
                    text: String(decoding: content, as: UTF8.self), location: place,
                    length: max(1, end - place.column), isQuoted: isQuoted)))
    }

    /// From an opening quote to its partner, or to the end of the line, which is reported.
    private mutating func quoted(into content: inout [UInt8]) {
        let start = position
        position += 1
        while position < octets.count {
            if octets[position] == UInt8(ascii: "\"") {
                position += 1
                return
            }
            content.append(octets[position])
            position += 1
        }
        diagnostics.append(
            Diagnostic(
                code: "unmatched-quote", severity: .error, location: location(start),
                message: "the quote that begins here has no end on this line",
                hint: "close it with \""))
    }

    private mutating func location(_ offset: Int) -> SourceLocation {
        columns.location(offset, in: line)
    }
}
