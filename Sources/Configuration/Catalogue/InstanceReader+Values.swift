// Lines of `vrrp_instance` that say more than one value: the VRID, the addresses, the peers.

import Wire

extension InstanceReader {
    var owner: EntryOwner { .instance(name.text) }

    /// Without a VRID there is no instance, so a wrong one is fatal by itself.
    mutating func takeVRID(_ statement: Statement, _ findings: Findings) {
        guard let word = statement.argument(0, findings) else { return hasWrongVRID = true }
        statement.expectArguments(atMost: 1, findings)
        guard let number = word.integer, (1...255).contains(number) else {
            hasWrongVRID = true
            return findings.report(
                .fatal, "no-vrid", at: word, "virtual_router_id must be 1 to 255, not '\(word.text)'",
                hint: "write the same number on all hosts")
        }
        vrid = number
    }

    mutating func takeAddresses(_ statement: Statement, _ findings: Findings) {
        let lines = AddressLine.read(all: statement, of: owner, findings)
        let count = (statement.block?.count ?? 0) + (statement.arguments.isEmpty ? 0 : 1)
        lostAddress = lostAddress || lines.count < count
        addresses += lines
    }

    mutating func takePeers(_ statement: Statement, _ findings: Findings) {
        if let word = statement.arguments.first {
            findings.report(
                .error, "extra-argument", at: word,
                "peers stand in braces behind 'unicast_peer'; '\(word.text)' is ignored",
                hint: "write unicast_peer { \(word.text) }")
        }
        let lines = (statement.block ?? []).map(\.words)
        unicastPeers = (unicastPeers ?? []) + lines.compactMap { PeerLine.read($0, findings) }
        unicastWord = statement.keyword
    }
}

/// An address with the word it came from.
struct PlacedAddress {
    let address: IPAddress
    let word: Word

    init?(_ statement: Statement, _ findings: Findings) {
        guard let address = statement.address(findings), let word = statement.arguments.first else {
            return nil
        }
        self.address = address
        self.word = word
    }
}
