// Keywords that are known, read and checked, but do not act in this release: load balancing, checkers, BFD, SNMP,
// D-Bus, and settings of processes that do not exist here. What was read is kept for printing.

import Wire

/// What may stand behind a keyword.
indirect enum InertValue: Sendable {
    case flag
    /// `on|off|...`, or nothing.
    case boolean
    case number(ClosedRange<Int>)
    case optionalNumber(ClosedRange<Int>)
    case seconds(ClosedRange<Double>)
    /// So many words.
    case words(ClosedRange<Int>)
    case oneOf([String])
    case address
    case script
    /// Anything, unchecked.
    case anything
    case block(InertBlock)
    /// Words, then a block.
    case named(ClosedRange<Int>, InertBlock)
    /// A block of lines that are values.
    case lines
    /// A former name of another keyword.
    case deprecated(by: String, InertValue)
}

/// The keywords of one inert block.
struct InertBlock: Sendable {
    let name: String
    let keywords: [String: InertValue]
}

/// Reads statements of inert blocks. Nothing in them stops the daemon: what is fatal elsewhere is an error.
enum InertReader {
    static func read(_ statement: Statement, _ value: InertValue, _ findings: Findings) {
        switch value {
        case .flag: statement.expectArguments(atMost: 0, findings)
        case .boolean: _ = statement.flag(findings)
        case .number(let range): _ = statement.number(range, otherwise: "it is ignored", findings)
        case .optionalNumber(let range):
            if !statement.arguments.isEmpty {
                _ = statement.number(range, otherwise: "it is ignored", findings)
            }
        case .seconds(let range): _ = statement.seconds(range, otherwise: "it is ignored", findings)
        case .words(let range):
            if range.lowerBound > 0, statement.argument(range.lowerBound - 1, findings) == nil { return }
            statement.expectArguments(atMost: range.upperBound, findings)
        case .oneOf(let words):
            guard let word = statement.argument(0, findings), !words.contains(word.text) else { return }
            findings.report(
                .error, "unknown-value", at: word,
                "'\(word.text)' is no value of '\(statement.keyword.text)'",
                hint: Suggestion.nearest(to: word.text, among: words).map { "did you mean '\($0)'?" }
                    ?? "there are \(words.sorted().joined(separator: ", "))")
        case .address: _ = statement.argument(0, findings)?.address(findings)
        case .script: _ = statement.script(findings)
        case .anything, .lines: break
        case .block(let block): read(statement.block ?? [], in: block, findings)
        case .named(let range, let block):
            read(statement, .words(range), findings)
            read(statement.block ?? [], in: block, findings)
        case .deprecated(let successor, let inner):
            findings.report(
                .warning, "deprecated", at: statement.keyword,
                "'\(statement.keyword.text)' is a former name", hint: "write '\(successor)'")
            read(statement, inner, findings)
        }
    }

    private static func read(_ statements: [Statement], in block: InertBlock, _ findings: Findings) {
        for statement in statements {
            if let value = block.keywords[statement.keyword.text] {
                read(statement, value, findings)
            } else {
                BlockReader.reportUnknown(statement, Array(block.keywords.keys), block.name, findings)
            }
        }
    }
}

/// A statement that was read and has no effect, as it is to be printed again.
package struct InertStatement: Sendable, Equatable {
    /// The keyword and what stood behind it, quotes included.
    package var text: String
    /// Nil: there is no block.
    package var block: [InertStatement]?

    init(_ statement: Statement) {
        text = (statement.keyword.text + statement.rest).trimmed
        block = statement.block?.map(InertStatement.init)
    }
}
