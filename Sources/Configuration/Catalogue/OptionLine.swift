// A line of words that name options and carry their values: what routes and rules have in common.

import Wire

/// Takes words from a line; a value that is missing or wrong makes the line unusable, which is reported once.
struct OptionLine {
    private var rest: ArraySlice<Word>
    /// `route` or `rule`.
    private let kind: String
    /// Of what is wrong with it.
    private let code: String
    let findings: Findings
    private(set) var isUsable = true
    private(set) var current: Word

    init?(_ words: [Word], kind: String, code: String, _ findings: Findings) {
        guard let first = words.first else { return nil }
        rest = words[...]
        current = first
        self.kind = kind
        self.code = code
        self.findings = findings
    }

    mutating func next() -> Word? {
        guard let word = rest.popFirst() else { return nil }
        current = word
        return word
    }

    var peek: Word? { rest.first }

    /// The word behind the current option.
    mutating func value() -> Word? {
        guard let word = rest.popFirst() else {
            fail(current, "'\(current.text)' needs a value behind it")
            return nil
        }
        return word
    }

    mutating func fail(_ word: Word, _ message: String, hint: String? = nil) {
        isUsable = false
        findings.report(.fatal, code, at: word, message, hint: hint)
    }

    /// An option that is understood and cannot be had: the line is left out, and everything else goes on.
    mutating func leaveOut(_ word: Word) {
        isUsable = false
        findings.report(
            .error, "not-yet-supported", at: word,
            "'\(word.text)' of a \(kind) is not supported in this release; the \(kind) is left out"
        )
    }

    /// What is understood and cannot be meant: keepalived leaves the line out and goes on.
    mutating func refuse(_ word: Word, _ message: String) {
        isUsable = false
        findings.report(.error, code, at: word, "\(message); the \(kind) is left out")
    }

    /// `track_group NAME`, which only permanent entries may have.
    mutating func trackGroup(of owner: EntryOwner) -> String? {
        let option = current
        guard owner.isPermanent else {
            refuse(option, "'track_group' is for static entries")
            return nil
        }
        guard let word = value() else { return nil }
        findings.usesTrackGroup(word)
        return word.text
    }

    /// An interface, which the host must have.
    mutating func interface(of owner: EntryOwner) -> String? {
        guard let word = value() else { return nil }
        findings.uses(word, owner)
        return word.text
    }

    mutating func unknown(_ word: Word, _ known: [String]) {
        fail(
            word, "'\(word.text)' is no option of a \(kind)",
            hint: Suggestion.hint(to: word.text, among: known))
    }

    mutating func number<Value: FixedWidthInteger>(_ range: ClosedRange<Value>) -> Value? {
        let option = current
        guard let word = value() else { return nil }
        let isHexadecimal = word.text.hasPrefix("0x")
        let number = Value(
            isHexadecimal ? word.text.dropFirst(2) : word.text[...], radix: isHexadecimal ? 16 : 10)
        guard let number, range.contains(number) else {
            let message =
                "\(option.text) must be \(range.lowerBound) to \(range.upperBound), not '\(word.text)'"
            if word.isDecimal { refuse(word, message) } else { fail(word, message) }
            return nil
        }
        return number
    }

    mutating func address() -> IPAddress? {
        guard let word = value() else { return nil }
        guard let address = IPAddress(word.text) else {
            fail(word, "'\(word.text)' is not an IP address")
            return nil
        }
        return address
    }

    /// `ADDRESS[/LENGTH]`, or `default`/`any`/`all` for everything, which is nil.
    mutating func prefix(_ word: Word) -> NetworkPrefix? {
        if ["default", "any", "all"].contains(word.text) { return nil }
        let parts = word.text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let address = parts.first.flatMap({ IPAddress($0) }) else {
            fail(word, "'\(word.text)' is not a network")
            return nil
        }
        let longest = address.family.maximumPrefixLength
        guard parts.count == 2 else { return NetworkPrefix(address, UInt8(longest)) }
        guard let length = UInt8(parts[1]), Int(length) <= longest else {
            fail(word, "'/\(parts[1])' is no prefix length from 0 to \(longest)")
            return nil
        }
        return NetworkPrefix(address, length)
    }

    private static let tables: [String: UInt32] = ["unspec": 0, "default": 253, "main": 254, "local": 255]

    mutating func table() -> UInt32? {
        guard let word = value() else { return nil }
        if let table = Self.tables[word.text] ?? UInt32(word.text) { return table }
        fail(
            word, "'\(word.text)' is no table that is known here",
            hint: "write its number from /etc/iproute2/rt_tables")
        return nil
    }

    private static let protocols: [String: UInt8] = [
        "redirect": 1, "kernel": 2, "boot": 3, "static": 4, "ra": 9, "dhcp": 16, "keepalived": 18,
    ]

    mutating func routingProtocol() -> UInt8? {
        guard let word = value() else { return nil }
        if let number = Self.protocols[word.text] ?? UInt8(word.text) { return number }
        fail(word, "'\(word.text)' is no routing protocol that is known here", hint: "write its number")
        return nil
    }

    /// `[SOURCE/]DESTINATION` as RTA_FLOW holds it.
    mutating func realms() -> UInt32? {
        guard let word = value() else { return nil }
        let parts = word.text.split(separator: "/").map { UInt16($0) }
        guard (1...2).contains(parts.count), !parts.contains(nil) else {
            fail(word, "realms are numbers: [SOURCE/]DESTINATION")
            return nil
        }
        let numbers = parts.compactMap { $0.map { UInt32($0) } }
        return numbers.count == 1 ? numbers[0] : numbers[0] << 16 | numbers[1]
    }

    private static let scopes: [String: UInt8] = [
        "global": 0, "site": 200, "link": 253, "host": 254, "nowhere": 255,
    ]

    mutating func scope() -> UInt8? {
        guard let word = value() else { return nil }
        if let scope = Self.scopes[word.text] ?? UInt8(word.text) { return scope }
        fail(word, "'\(word.text)' is no scope")
        return nil
    }

    /// `A-B`, or `A` alone.
    mutating func range<Value: FixedWidthInteger>(_: Value.Type) -> ClosedRange<Value>? {
        guard let word = value() else { return nil }
        let parts = word.text.split(separator: "-", maxSplits: 1).map { Value($0) }
        guard let low = parts.first ?? nil, let high = parts.last ?? nil, low <= high else {
            fail(word, "'\(word.text)' is no range of numbers")
            return nil
        }
        return low...high
    }
}
