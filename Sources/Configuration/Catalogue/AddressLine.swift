// A line of `virtual_ipaddress`: an address and its options. A line that cannot be understood is fatal:
// an address that is silently missing is an outage.

import Wire

/// A virtual address with the word it came from.
struct AddressLine {
    let word: Word
    var address: VirtualAddress

    /// Every line of the block, and words behind the keyword itself.
    static func read(all statement: Statement, _ findings: Findings) -> [AddressLine] {
        let inline = statement.arguments.isEmpty ? [] : [statement.arguments]
        return (inline + (statement.block ?? []).map(\.words)).compactMap { read($0, findings) }
    }

    private static func read(_ words: [Word], _ findings: Findings) -> AddressLine? {
        guard let first = words.first, let address = prefix(first, findings) else { return nil }
        var line = AddressLine(word: first, address: address)
        var rest = words.dropFirst()
        while let option = rest.popFirst() { line.take(option, &rest, findings) }
        line.settle()
        return line
    }

    /// `ADDR[/PREFIX]`
    private static func prefix(_ word: Word, _ findings: Findings) -> VirtualAddress? {
        let parts = word.text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let address = parts.first.flatMap({ IPAddress($0) }) else {
            findings.report(
                .fatal, "bad-address", at: word, "'\(word.text)' is not an IP address",
                hint: "a virtual address is written ADDRESS or ADDRESS/PREFIX")
            return nil
        }
        let longest = address.family.maximumPrefixLength
        guard parts.count == 2 else { return VirtualAddress(address: address, prefixLength: UInt8(longest)) }
        guard let length = UInt8(parts[1]), Int(length) <= longest else {
            findings.report(
                .fatal, "bad-address", at: word, "'/\(parts[1])' is no prefix length from 0 to \(longest)")
            return nil
        }
        return VirtualAddress(address: address, prefixLength: length)
    }

    private static let scopes: [String: UInt8] = [
        "global": 0, "site": 200, "link": 253, "host": 254, "nowhere": 255,
    ]
    /// Options that are one IFA_F_* bit.
    private static let flags: [String: UInt32] = [
        "home": 0x10, "mngtmpaddr": 0x100, "noprefixroute": 0x200, "autojoin": 0x400,
    ]
    private static let options =
        Array(flags.keys) + [
            "brd", "broadcast", "dev", "scope", "label", "peer", "-nodad", "no_track", "preferred_lft",
            "use_vmac", "track_group",
        ]

    private mutating func take(_ option: Word, _ rest: inout ArraySlice<Word>, _ findings: Findings) {
        if let flag = Self.flags[option.text] {
            address.flags |= flag
            return
        }
        switch option.text {
        case "-nodad": address.detectsDuplicates = true
        case "no_track": address.isTracked = false
        case "use_vmac": address.usesVirtualMAC = true
        case "brd", "broadcast", "dev", "scope", "label", "peer", "preferred_lft", "track_group":
            guard let value = rest.popFirst() else {
                findings.report(
                    .fatal, "missing-argument", at: option, "'\(option.text)' needs a value behind it")
                return
            }
            set(option, value, findings)
        default:
            findings.report(
                .warning, "unknown-option", at: option,
                "'\(option.text)' is no option of a virtual address",
                hint: Suggestion.nearest(to: option.text, among: Self.options).map { "did you mean '\($0)'?" }
            )
        }
    }

    private mutating func set(_ option: Word, _ value: Word, _ findings: Findings) {
        switch option.text {
        case "dev": address.interface = value.text
        case "scope":
            guard let scope = Self.scopes[value.text] ?? UInt8(value.text) else {
                findings.report(
                    .error, "unknown-scope", at: value, "'\(value.text)' is no scope; global is used")
                return
            }
            guard address.address.family == .ipv4 else {
                return findings.report(
                    .warning, "scope-of-ipv6", at: value,
                    "IPv6 addresses have the scope that they have; it is ignored")
            }
            address.scope = scope
        case "label":
            guard address.address.family == .ipv4, value.text.utf8.count <= 15 else {
                findings.report(
                    .error, "bad-label", at: value,
                    "a label is for IPv4 and has at most 15 octets; it is ignored")
                return
            }
            address.label = value.text
        case "peer": address.peer = value.address(findings)
        case "preferred_lft":
            guard value.text != "forever" else { return address.preferredLifetimeSeconds = .max }
            guard let seconds = UInt32(value.text) else {
                findings.report(.error, "not-a-number", at: value, "preferred_lft is seconds or 'forever'")
                return
            }
            address.preferredLifetimeSeconds = seconds
        case "brd", "broadcast": setBroadcast(value, findings)
        case "track_group": address.trackGroup = value.text
        default: break
        }
    }

    /// `+`: the network's last address; `-`: its first.
    private mutating func setBroadcast(_ value: Word, _ findings: Findings) {
        guard address.address.family == .ipv4 else { return }
        let hostBits = UInt32.max >> UInt32(address.prefixLength)
        let mask = address.prefixLength >= 32 ? 0 : hostBits
        switch value.text {
        case "+": address.broadcast = IPAddress(v4: address.address.v4Value | mask)
        case "-": address.broadcast = IPAddress(v4: address.address.v4Value & ~mask)
        default: address.broadcast = value.address(findings)
        }
    }

    /// An IPv6 /128 is deprecated unless said otherwise, so that it is not chosen as a source address.
    private mutating func settle() {
        if address.preferredLifetimeSeconds == .max {
            address.preferredLifetimeSeconds = nil
        } else if address.preferredLifetimeSeconds == nil, address.address.family == .ipv6,
            address.prefixLength == 128
        {
            address.preferredLifetimeSeconds = 0
        }
    }
}
