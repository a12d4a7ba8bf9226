// `use_vmac`, `use_ipvlan`, `garp_extra_if`: words in an order of their own.

import Wire

/// What an instance says of the interface that it makes.
struct VirtualInterfaceReader {
    private enum Kind { case macvlan, ipvlan }
    private var kind: Kind?
    private(set) var word: Word?
    private(set) var name: Word?
    /// Six octets, or five: the VRID is the sixth.
    private var mac: [UInt8]?
    private var address: IPAddress?
    private var mode = "bridge"
    private var group: UInt32?
    private var notifiesNetlink = false
    private var baseWord: Word?
    /// `use_vmac_addr`: as if each address on another interface had `use_vmac`.
    var coversOtherInterfaces = false

    /// `use_vmac [[name] IFNAME] [MAC] [netlink_notify_msg] [group G]`
    mutating func macvlan(_ statement: Statement, _ findings: Findings) {
        kind = .macvlan
        word = statement.keyword
        var rest = statement.arguments[...]
        while let word = rest.popFirst() {
            if word.text == "netlink_notify_msg" {
                notifiesNetlink = true
            } else if word.text == "group" {
                takeGroup(&rest, word, findings)
            } else if word.text == "name" {
                takeName(rest.popFirst(), findings)
            } else if let octets = MACAddress.octets(word.text), octets.count >= 5 {
                takeMAC(octets, word, findings)
            } else {
                takeName(word, findings)
            }
        }
    }

    /// `use_ipvlan [[name] IFNAME] [IP] [bridge|private|vepa] [group G]`
    mutating func ipvlan(_ statement: Statement, _ findings: Findings) {
        kind = .ipvlan
        word = statement.keyword
        var rest = statement.arguments[...]
        while let word = rest.popFirst() {
            if ["bridge", "private", "vepa"].contains(word.text) {
                mode = word.text
            } else if word.text == "group" {
                takeGroup(&rest, word, findings)
            } else if word.text == "name" {
                takeName(rest.popFirst(), findings)
            } else if let address = IPAddress(word.text.split(separator: "/").first ?? "") {
                self.address = address
            } else {
                takeName(word, findings)
            }
        }
    }

    mutating func transmitOnBase(_ statement: Statement, _ findings: Findings) {
        if statement.isThere(findings) { baseWord = statement.keyword }
    }

    private mutating func takeMAC(_ octets: [UInt8], _ word: Word, _ findings: Findings) {
        guard octets[0] & 1 == 0 else {
            return findings.report(
                .error, "bad-mac", at: word, "'\(word.text)' is a multicast MAC address; it is ignored")
        }
        mac = octets
    }

    private mutating func takeName(_ word: Word?, _ findings: Findings) {
        guard let word else { return }
        if let name {
            findings.report(
                .error, "already-specified", at: word,
                "the interface is called '\(name.text)' already; '\(word.text)' is ignored")
        } else if word.text.utf8.count <= 15, !word.text.contains("/") {
            name = word
        } else {
            findings.report(
                .error, "bad-name", at: word, "'\(word.text)' is no name of an interface (at most 15 octets)")
        }
    }

    /// A name that another instance has: the usual one is used.
    mutating func dropName(of other: String, _ findings: Findings) {
        guard let word = name else { return }
        findings.report(
            .error, "duplicate-name", at: word,
            "vrrp_instance \(other) uses an interface '\(word.text)' already; the name is ignored")
        name = nil
    }

    /// `vmac_xmit_base` speaks of an interface that is not made.
    func reportBaseAlone(_ findings: Findings) {
        guard kind == nil, let word = baseWord else { return }
        findings.report(
            .error, "no-vmac", at: word, "'\(word.text)' is for 'use_vmac', which is not here; it is ignored")
    }

    private mutating func takeGroup(_ rest: inout ArraySlice<Word>, _ word: Word, _ findings: Findings) {
        guard let value = rest.popFirst(), let number = UInt32(value.text) else {
            return findings.report(.error, "not-a-number", at: word, "a link's group is a number here")
        }
        group = number
    }

    /// Nil: the instance uses its interface as it is.
    func result(vrid: Int, family: AddressFamily, prefix: String) -> VirtualInterface? {
        guard let kind else { return nil }
        let suffix = family == .ipv4 ? "" : "6"
        let usual = "\(prefix)\(suffix).\(vrid)"
        var result = VirtualInterface(
            kind: kind == .macvlan
                ? .macvlan(mac.flatMap { MACAddress(octets: ($0 + [UInt8(clamping: vrid)]).prefix(6)) })
                : .ipvlan(mode: mode, address: address),
            name: name?.text ?? String(usual.prefix(15)))
        result.transmitsOnBase = baseWord != nil
        result.notifiesNetlink = notifiesNetlink
        result.group = group
        return result
    }
}

extension ExtraAnnouncement {
    /// `[all] SECONDS`, at least so many. `.some(nil)`: none; nil: the line says nothing that can be used.
    static func read(
        _ statement: Statement, from lowest: Int, _ findings: Findings
    ) -> ExtraAnnouncement?? {
        let isAll = statement.arguments.first?.text == "all"
        let seconds = statement.number(
            lowest...86400, otherwise: "it is ignored", findings, index: isAll ? 1 : 0, ifMissing: .error)
        guard let seconds else { return nil }
        guard seconds > 0 else { return .some(nil) }
        return ExtraAnnouncement(interval: .seconds(seconds), includesAll: isAll)
    }
}
