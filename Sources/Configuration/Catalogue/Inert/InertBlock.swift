// Keywords that are known, read and checked, but do not act in this release: load balancing, checkers, BFD, SNMP,
// D-Bus, and settings of processes that do not exist here. This is how the tables describe them.

/// Looks at a statement's words and reports what is wrong with them.
typealias InertCheck = @Sendable (Statement, Findings) -> Void

/// What may stand behind a keyword.
indirect enum InertValue: Sendable {
    case flag
    /// `on|off|...`, or nothing.
    case boolean
    case number(ClosedRange<Int>)
    case optionalNumber(ClosedRange<Int>)
    /// One number or more.
    case numbers(ClosedRange<Int>)
    /// Decimal seconds, or another unit of time with a range of its own.
    case seconds(ClosedRange<Double>)
    case milliseconds(ClosedRange<Double>)
    /// So many words.
    case words(ClosedRange<Int>)
    case oneOf([String])
    /// One of these, in upper or lower case.
    case oneOfAnyCase([String])
    case address
    /// An address, and a port from 0 to 65535 or nothing.
    case addressAndPort
    case script
    /// One word that is not shown to everybody.
    case secret
    /// Anything, unchecked.
    case anything
    /// Words with rules of their own.
    case checked(InertCheck)
    case block(InertBlock)
    /// A value, then a block of keywords.
    case headed(InertValue, InertBlock)
    /// A block of lines that are values.
    case lines
    /// Words, then such lines, each with the same rules.
    case checkedLines(ClosedRange<Int>, InertCheck)
    /// A former name of another keyword; `within`: where that one stands, if it is another place.
    case deprecated(by: String, within: String? = nil, InertValue)

    /// Words, then a block.
    static func named(_ range: ClosedRange<Int>, _ block: InertBlock) -> InertValue {
        .headed(.words(range), block)
    }
}

/// The keywords of one inert block.
struct InertBlock: Sendable {
    let name: String
    let keywords: [String: InertValue]
}
