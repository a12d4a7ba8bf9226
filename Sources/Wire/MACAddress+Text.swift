// MAC addresses in text: octets in hexadecimal, separated by colons.

extension MACAddress {
    /// Six octets; nil: the text is something else.
    package init?(_ text: some StringProtocol) {
        guard let octets = Self.octets(text), octets.count == 6 else { return nil }
        self.init(octets: octets)
    }

    /// The octets of a text of one to six of them.
    package static func octets(_ text: some StringProtocol) -> [UInt8]? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard (1...6).contains(parts.count) else { return nil }
        var octets: [UInt8] = []
        for part in parts {
            guard (1...2).contains(part.utf8.count), part.utf8.first != UInt8(ascii: "+"),
                let octet = UInt8(part, radix: 16)
            else { return nil }
            octets.append(octet)
        }
        return octets
    }
}
