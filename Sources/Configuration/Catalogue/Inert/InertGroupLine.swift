// A line of `virtual_server_group`: an address, a range of them or a network, with a port; or a mark of the firewall.

import Wire

enum InertGroupLine {
    /// `ADDRESS [PORT]`, `FROM-TO [PORT]`, `NETWORK/LENGTH [PORT]`, `fwmark NUMBER [inet|inet6]`
    static let check: InertCheck = { line, findings in
        guard line.keyword.text != "fwmark" else { return mark(line, findings) }
        if !isRange(line.keyword.text) {
            findings.report(
                .error, "bad-address", at: line.keyword,
                "'\(line.keyword.text)' is neither an address nor a range of addresses")
        }
        if let port = line.arguments.first { port.expectPort(findings) }
        line.expectArguments(atMost: 1, findings)
    }

    private static func mark(_ line: Statement, _ findings: Findings) {
        guard let number = line.argument(0, findings) else { return }
        number.expectNumber(0...Int(UInt32.max), of: line, findings)
        if line.arguments.count > 1 {
            line.arguments[1].expectOne(of: ["inet", "inet6"], for: "fwmark", findings)
        }
        line.expectArguments(atMost: 2, findings)
    }

    /// The end of a range is an address, or the last part of one: decimal for IPv4, hexadecimal for IPv6.
    static func isRange(_ text: String) -> Bool {
        let network = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        if network.count == 2 {
            guard let address = IPAddress(network[0]), let length = UInt8(network[1]) else { return false }
            return Int(length) <= address.family.maximumPrefixLength
        }
        let ends = text.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        guard let first = ends.first.flatMap({ IPAddress($0) }) else { return false }
        guard ends.count == 2 else { return true }
        if let last = IPAddress(ends[1]) {
            return last.family == first.family && first < last
        }
        let isIPv4 = first.family == .ipv4
        guard let last = UInt64(ends[1], radix: isIPv4 ? 10 : 16) else { return false }
        let mask: UInt64 = isIPv4 ? 0xff : 0xffff
        return last <= mask && first.low & mask < last
    }
}
