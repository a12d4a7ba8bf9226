// `handover` and `vip_lease`: how addresses change hands, and what becomes of them when nobody is left to remove
// them. keepalived has neither.

import Election
import Wire

extension Handover {
    /// Nil and a finding for another word.
    static func read(_ statement: Statement, _ findings: Findings) -> Handover? {
        guard let word = statement.argument(0, findings) else { return nil }
        if let handover = Handover(rawValue: word.text) { return handover }
        findings.report(
            .error, "unknown-option", at: word,
            "handover is 'make_before_break' or 'break_before_make'; the default is used")
        return nil
    }
}

extension AddressLease {
    /// Nil and a finding for another word.
    static func read(_ statement: Statement, _ findings: Findings) -> AddressLease? {
        guard let word = statement.argument(0, findings) else { return nil }
        switch word.text {
        case "auto": return .automatic
        case "off": return .off
        default:
            guard let seconds = UInt32(word.text), (1...86400).contains(seconds) else {
                findings.report(
                    .error, "out-of-range", at: word,
                    "vip_lease is 'auto', 'off' or 1 to 86400 seconds; the default is used")
                return nil
            }
            return .seconds(seconds)
        }
    }
}
