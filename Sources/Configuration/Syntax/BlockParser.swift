// From tokens to statements with blocks. Braces that do not match make the configuration unusable: what
// stands in which block would be a guess.

/// Builds the syntax tree of one text.
struct BlockParser {
    private(set) var diagnostics: [Diagnostic] = []
    /// Finished statements of each open block; the first is the file itself.
    private var levels: [[Statement]] = [[]]
    private var openings: [SourceLocation] = []
    private var words: [Word] = []
    /// Blocks that are nested deeper than any keyword allows.
    private static let depthLimit = 64

    static func parse(_ lines: [SourceLine]) -> (statements: [Statement], diagnostics: [Diagnostic]) {
        var parser = BlockParser()
        for line in lines {
            let (tokens, found) = Lexer.tokens(line)
            parser.diagnostics += found
            for token in tokens { parser.take(token) }
        }
        parser.finish()
        return (parser.levels[0], parser.diagnostics)
    }

    private mutating func take(_ token: Token) {
        switch token {
        case .word(let word): words.append(word)
        case .lineEnd(let rest): endStatement(rest)
        case .open(let location): open(location)
        case .close(let location): close(location)
        }
    }

    private mutating func endStatement(_ rest: String) {
        guard let keyword = words.first else { return }
        levels[levels.count - 1].append(
            Statement(keyword: keyword, arguments: Array(words.dropFirst()), rest: rest))
        words.removeAll()
    }

    private mutating func open(_ location: SourceLocation) {
        let owner = levels[levels.count - 1].last
        if owner == nil || owner?.block != nil {
            report("stray-brace", location, "this { belongs to no keyword", "put a keyword in front of it")
            levels[levels.count - 1].append(.placeholder(location))
        }
        if levels.count > Self.depthLimit {
            report("nesting", location, "blocks are nested more than \(Self.depthLimit) deep", nil)
        }
        openings.append(location)
        levels.append([])
    }

    private mutating func close(_ location: SourceLocation) {
        guard openings.popLast() != nil, let block = levels.popLast() else {
            report(
                "unbalanced-brace", location, "this } closes nothing: a { is missing, or it is too much", nil)
            return
        }
        levels[levels.count - 1][levels[levels.count - 1].count - 1].block = block
    }

    private mutating func finish() {
        while let opening = openings.popLast(), let block = levels.popLast() {
            let last = levels[levels.count - 1].count - 1
            let name = levels[levels.count - 1][last].keyword.text
            report(
                "unbalanced-brace", opening, "the block of '\(name)' that begins here is never closed",
                "add the missing }")
            levels[levels.count - 1][last].block = block
        }
    }

    private mutating func report(
        _ code: String, _ location: SourceLocation, _ message: String, _ hint: String?
    ) {
        diagnostics.append(
            Diagnostic(code: code, severity: .fatal, location: location, message: message, hint: hint))
    }
}

extension Statement {
    /// Holds a block that has no keyword.
    fileprivate static func placeholder(_ location: SourceLocation) -> Statement {
        let word = Word(text: "", location: location, length: 1, isQuoted: false)
        return Statement(keyword: word, arguments: [], rest: "")
    }
}
