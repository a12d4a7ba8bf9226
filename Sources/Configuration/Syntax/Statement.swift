// The syntax tree of a configuration: statements of words, some with a block.

/// A word with its place. Quotes have been taken off.
struct Word: Sendable, Hashable {
    let text: String
    let location: SourceLocation
    /// Characters in the source, quotes included.
    let length: Int
    let isQuoted: Bool
}

/// A line's words, and the block behind them.
struct Statement: Sendable {
    /// The first word; what the statement is about.
    let keyword: Word
    let arguments: [Word]
    /// The text behind the keyword as written, for values that have rules of their own (scripts).
    let rest: String
    var block: [Statement]?

    /// All words: for lines that are values, such as addresses.
    var words: [Word] { [keyword] + arguments }
}
