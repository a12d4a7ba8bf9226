// From tokens to statements with blocks. Braces that do not match make the configuration unusable: what
// stands in which block would be a guess.

/// What may stand outside every block, and what of it needs a block.
struct RootKeywords {
    let all: Set<String>
    let withBlock: Set<String>
}

/// Builds the syntax tree of one text.
struct BlockParser {
    private var diagnostics = DiagnosticList()
    /// Finished statements of each open block; the first is the file itself.
    private var levels: [[Statement]] = [[]]
    private var openings: [SourceLocation] = []
    private var words: [Word] = []
    /// Braces that are open beyond the limit: nothing between them is kept, since what walks the tree recurses.
    private var skippedDepth = 0
    private let keywords: RootKeywords
    /// Blocks that are nested deeper than any keyword allows.
    private static let depthLimit = 64

    private init(_ keywords: RootKeywords) { self.keywords = keywords }

    static func parse(
        _ lines: [SourceLine], _ keywords: RootKeywords
    ) -> (statements: [Statement], diagnostics: [Diagnostic]) {
        var parser = BlockParser(keywords)
        var columns = ColumnCounter()
        for line in lines {
            let (tokens, found) = Lexer.tokens(line, &columns)
            parser.diagnostics.add(found)
            for token in tokens { parser.take(token) }
        }
        parser.finish()
        return (parser.levels[0], parser.diagnostics.all)
    }

    private mutating func take(_ token: Token) {
        guard skippedDepth == 0 else { return skip(token) }
        switch token {
        case .word(let word): words.append(word)
        case .lineEnd(let rest): endStatement(rest)
        case .open(let location): open(location)
        case .close(let location): close(location)
        }
    }

    private mutating func skip(_ token: Token) {
        switch token {
        case .open: skippedDepth += 1
        case .close: skippedDepth -= 1
        case .word, .lineEnd: break
        }
    }

    private mutating func endStatement(_ rest: String) {
        guard let keyword = words.first else { return }
        openMissing(before: keyword)
        levels[levels.count - 1].append(
            Statement(keyword: keyword, arguments: Array(words.dropFirst()), rest: rest))
        words.removeAll()
    }

    /// A keyword outside every block that needs one, and is followed by something that cannot stand there: its
    /// brace was forgotten. What follows is read as its block, so that the rest of the file means what it should.
    private mutating func openMissing(before next: Word) {
        guard levels.count == 1, let owner = levels[0].last, owner.block == nil,
            keywords.withBlock.contains(owner.keyword.text), !keywords.all.contains(next.text)
        else { return }
        let text = owner.words.map(\.text).joined(separator: " ")
        let location = owner.keyword.location
        report("missing-brace", location, "the { behind '\(text)' is missing", "write '\(text) {'")
        openings.append(location)
        levels.append([])
    }

    private mutating func open(_ location: SourceLocation) {
        guard levels.count <= Self.depthLimit else {
            report("nesting", location, "blocks are nested more than \(Self.depthLimit) deep", nil)
            skippedDepth = 1
            return
        }
        let owner = levels[levels.count - 1].last
        if owner == nil || owner?.block != nil {
            report("stray-brace", location, "this { belongs to no keyword", "put a keyword in front of it")
            levels[levels.count - 1].append(.placeholder(location))
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
        diagnostics.add(
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
