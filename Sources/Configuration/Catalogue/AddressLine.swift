// A line of `virtual_ipaddress`: an address and its options. A line that cannot be understood is fatal:
// an address that is silently missing is an outage. A line that keepalived leaves out is left out here.

import Wire

/// A virtual address with the word it came from.
struct AddressLine {
    let word: Word
    var address: VirtualAddress
    private let owner: EntryOwner
    private var device: Word?
    private var isUsable = true

    private init(word: Word, address: VirtualAddress, owner: EntryOwner) {
        self.word = word
        self.address = address
        self.owner = owner
    }

    /// Every line of the block, and words behind the keyword itself; a line that cannot be used was reported.
    static func read(all statement: Statement, of owner: EntryOwner, _ findings: Findings) -> [AddressLine] {
        let inline = statement.arguments.isEmpty ? [] : [statement.arguments]
        return (inline + (statement.block ?? []).map(\.words)).compactMap { read($0, owner, findings) }
    }

    private static func read(_ words: [Word], _ owner: EntryOwner, _ findings: Findings) -> AddressLine? {
        guard let first = words.first, let address = prefix(first, findings) else { return nil }
        var line = AddressLine(word: first, address: address, owner: owner)
        var rest = words.dropFirst()
        while line.isUsable, let option = rest.popFirst() { line.take(option, &rest, findings) }
        guard line.isUsable else { return nil }
        line.settle(findings)
        return line
    }

    private mutating func leaveOut(_ word: Word, _ code: String, _ message: String, _ findings: Findings) {
        isUsable = false
        findings.report(.error, code, at: word, "\(message); the address is left out")
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
                hint: Suggestion.hint(to: option.text, among: Self.options)
            )
        }
    }

    private mutating func set(_ option: Word, _ value: Word, _ findings: Findings) {
        switch option.text {
        case "dev":
            guard device == nil else {
                return leaveOut(option, "already-specified", "'dev' stands here twice", findings)
            }
            device = value
            address.interface = value.text
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
            guard address.address.family == .ipv4 else {
                return findings.report(
                    .error, "bad-label", at: value, "a label is for IPv4 only; it is ignored")
            }
            guard value.text.utf8.count <= 15 else {
                return leaveOut(value, "bad-label", "a label has at most 15 octets", findings)
            }
            address.label = value.text
        case "peer": setPeer(value, findings)
        case "preferred_lft":
            guard value.text != "forever" else { return address.preferredLifetimeSeconds = .max }
            guard let seconds = UInt32(value.text) else {
                findings.report(.error, "not-a-number", at: value, "preferred_lft is seconds or 'forever'")
                return
            }
            address.preferredLifetimeSeconds = seconds
        case "brd", "broadcast": setBroadcast(value, findings)
        case "track_group":
            guard owner.isPermanent else {
                return findings.report(
                    .error, "unknown-option", at: option,
                    "'track_group' is for static addresses; it is ignored here")
            }
            address.trackGroup = value.text
            findings.usesTrackGroup(value)
        default: break
        }
    }

    /// The other end of a point-to-point link; the length behind it cannot be had.
    private mutating func setPeer(_ value: Word, _ findings: Findings) {
        guard address.peer == nil else {
            return findings.report(
                .error, "already-specified", at: value, "there is a peer already; '\(value.text)' is ignored")
        }
        guard let peer = IPAddress(value.text), peer.family == address.address.family else {
            return findings.report(
                .error, "bad-peer", at: value,
                "a peer is an address of the same family, without a length; '\(value.text)' is ignored")
        }
        address.peer = peer
        let longest = UInt8(address.address.family.maximumPrefixLength)
        guard address.prefixLength != longest else { return }
        findings.report(
            .error, "length-with-peer", at: word,
            "an address with a peer has no prefix length; /\(address.prefixLength) is ignored")
        address.prefixLength = longest
    }

    /// `+`: the network's last address; `-`: its first.
    private mutating func setBroadcast(_ value: Word, _ findings: Findings) {
        guard address.address.family == .ipv4 else {
            return leaveOut(value, "bad-broadcast", "IPv6 has no broadcast address", findings)
        }
        guard value.text == "+" || value.text == "-" else {
            guard let broadcast = IPAddress(value.text), broadcast.family == .ipv4 else {
                return leaveOut(
                    value, "bad-broadcast", "'\(value.text)' is no IPv4 address for broadcasts", findings)
            }
            return address.broadcast = broadcast
        }
        guard address.prefixLength <= 30 else {
            return findings.report(
                .error, "bad-broadcast", at: value,
                "a network of /\(address.prefixLength) has no room for a broadcast address; it is ignored")
        }
        let mask = UInt32.max >> UInt32(address.prefixLength)
        address.broadcast = IPAddress(
            v4: value.text == "+" ? address.address.v4Value | mask : address.address.v4Value & ~mask)
    }

    /// An IPv6 /128 is deprecated unless said otherwise, so that it is not chosen as a source address.
    private mutating func settle(_ findings: Findings) {
        if let device { findings.uses(device, owner) }
        if address.preferredLifetimeSeconds == .max {
            address.preferredLifetimeSeconds = nil
        } else if address.preferredLifetimeSeconds == nil, address.address.family == .ipv6,
            address.prefixLength == 128
        {
            address.preferredLifetimeSeconds = 0
        }
    }
}
