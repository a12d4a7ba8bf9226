// A line of `virtual_rules` or `static_rules`: selectors and an action in any order.

import Wire

struct RuleLine {
    private var line: OptionLine
    private var result: ConfiguredRule
    private var family: AddressFamily?
    private var actionWord: Word?
    private let owner: EntryOwner

    /// Every line of the block. One that cannot be understood is fatal; one with values that cannot be meant is
    /// an error. Both are left out.
    static func read(
        all statement: Statement, of owner: EntryOwner, _ findings: Findings
    ) -> [ConfiguredRule] {
        let inline = statement.arguments.isEmpty ? [] : [statement.arguments]
        return (inline + (statement.block ?? []).map(\.words)).compactMap { words in
            guard let line = OptionLine(words, kind: "rule", code: "bad-rule", findings) else { return nil }
            var reader = RuleLine(
                line: line, result: ConfiguredRule(PolicyRule(family: .ipv4)), owner: owner)
            return reader.read(words[0], findings)
        }
    }

    private mutating func read(_ first: Word, _ findings: Findings) -> ConfiguredRule? {
        while line.isUsable, let word = line.next() { take(word) }
        guard line.isUsable else { return nil }
        let found = [family, result.rule.source?.address.family, result.rule.destination?.address.family]
        result.rule.family = found.compactMap { $0 }.first ?? .ipv4
        guard !found.contains(where: { $0 != nil && $0 != result.rule.family }) else {
            line.fail(first, "a rule cannot be of IPv4 and IPv6 at once")
            return nil
        }
        guard actionWord != nil else {
            line.fail(first, "the rule does not say what to do", hint: "add 'table' with the table's number")
            return nil
        }
        guard leadsForward() else { return nil }
        if result.rule.priority == nil {
            findings.report(
                .warning, "rule-preference", at: first, "the rule has no preference; the kernel chooses one",
                hint: "add 'preference' with a number, so that its place among the others is known")
        }
        return result
    }

    /// A rule jumps to a later one only, so both places must be known.
    private mutating func leadsForward() -> Bool {
        guard case .goTo(let target) = result.rule.action, let word = actionWord else { return true }
        guard let priority = result.rule.priority else {
            line.refuse(word, "'goto \(target)' needs a preference below \(target)")
            return false
        }
        guard priority < target else {
            line.refuse(word, "'goto \(target)' must lead behind the rule's own preference \(priority)")
            return false
        }
        return true
    }

    private static let options = [
        "inet", "inet6", "not", "from", "to", "table", "lookup", "preference", "order", "priority", "tos",
        "dsfield", "fwmark", "realms", "suppress_prefixlength", "sup_pl", "suppress_ifgroup", "sup_group",
        "dev", "iif", "oif", "tunnel-id", "uidrange", "l3mdev", "protocol", "ipproto", "sport", "dport",
        "no_track", "track_group", "type", "goto", "nop", "blackhole", "unreachable", "prohibit",
    ]

    private mutating func take(_ word: Word) {
        switch word.text {
        case "inet": family = .ipv4
        case "inet6": family = .ipv6
        case "not": result.rule.isInverted = true
        case "from", "to":
            guard let value = line.value() else { return }
            let prefix = line.prefix(value)
            if word.text == "from" { result.rule.source = prefix } else { result.rule.destination = prefix }
        case "table", "lookup": lookUp(word)
        case "preference", "order", "priority": result.rule.priority = line.number(0...UInt32.max)
        case "tos", "dsfield": result.rule.typeOfService = line.number(0...255) ?? 0
        case "fwmark": takeMark()
        case "realms": result.rule.realms = line.realms()
        case "suppress_prefixlength", "sup_pl": result.rule.suppressedPrefixLength = line.number(0...128)
        case "suppress_ifgroup", "sup_group": result.rule.suppressedGroup = line.number(0...Int32.max)
        case "dev", "iif": result.rule.inputInterface = line.interface(of: owner)
        case "oif": result.rule.outputInterface = line.interface(of: owner)
        case "tunnel-id": result.rule.tunnelID = line.number(0...UInt64.max)
        case "uidrange": result.rule.users = line.range(UInt32.self)
        case "l3mdev":
            guard isOnlyAction(word) else { return }
            actionWord = word
            result.rule.usesMasterDevice = true
        case "protocol": result.rule.protocolNumber = line.routingProtocol() ?? 18
        case "ipproto": takeIPProtocol()
        case "sport": result.rule.sourcePorts = line.range(UInt16.self)
        case "dport": result.rule.destinationPorts = line.range(UInt16.self)
        case "no_track": result.isTracked = false
        case "type": break
        case "goto": act(word, line.number(0...UInt32.max).map { .goTo(priority: $0) })
        case "nop": act(word, .nop)
        case "blackhole": act(word, .blackhole)
        case "unreachable": act(word, .unreachable)
        case "prohibit": act(word, .prohibit)
        case "track_group": result.trackGroup = line.trackGroup(of: owner)
        default: line.unknown(word, Self.options)
        }
    }

    private mutating func lookUp(_ word: Word) {
        guard let table = line.table() else { return }
        guard table != 0 else { return line.refuse(word, "a rule cannot look into table 0") }
        act(word, .lookUp(table: table))
    }

    /// A rule does one thing.
    private mutating func isOnlyAction(_ word: Word) -> Bool {
        guard actionWord != nil else { return true }
        line.refuse(word, "a rule has one of table, goto, nop, blackhole, unreachable, prohibit and l3mdev")
        return false
    }

    private mutating func act(_ word: Word, _ action: PolicyRule.Action?) {
        guard let action, isOnlyAction(word) else { return }
        actionWord = word
        result.rule.action = action
    }

    /// `MARK[/MASK]`
    private mutating func takeMark() {
        guard let word = line.value() else { return }
        let parts = word.text.split(separator: "/", maxSplits: 1).map { part -> UInt32? in
            part.hasPrefix("0x") ? UInt32(part.dropFirst(2), radix: 16) : UInt32(part)
        }
        guard let mark = parts.first ?? nil, parts.count == 1 || parts[1] != nil else {
            return line.fail(word, "'\(word.text)' is no mark: MARK or MARK/MASK")
        }
        result.rule.mark = mark
        result.rule.markMask = parts.count == 2 ? parts[1] : nil
    }

    private mutating func takeIPProtocol() {
        let names: [String: UInt8] = [
            "icmp": 1, "tcp": 6, "udp": 17, "gre": 47, "esp": 50, "ah": 51, "ipv6-icmp": 58, "vrrp": 112,
            "sctp": 132,
        ]
        guard let word = line.value() else { return }
        guard let number = names[word.text] ?? UInt8(word.text) else {
            return line.fail(word, "'\(word.text)' is no IP protocol that is known here")
        }
        result.rule.ipProtocol = number
    }
}
