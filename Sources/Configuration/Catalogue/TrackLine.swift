// Lines of `track_interface` and `unicast_peer`: a name or address with options behind it.

import Election
import Wire

enum TrackLine {
    /// `IF [weight -253..253 [reverse]]`
    static func read(_ words: [Word], _ findings: Findings) -> TrackerSettings? {
        guard let name = words.first else { return nil }
        var tracker = TrackerSettings(kind: .trackedInterface, name: name.text)
        var rest = words.dropFirst()
        while let word = rest.popFirst() {
            switch word.text {
            case "weight":
                guard let value = rest.popFirst() else {
                    findings.report(.fatal, "missing-argument", at: word, "'weight' needs a value behind it")
                    return tracker
                }
                guard let weight = value.integer, (-253...253).contains(weight) else {
                    findings.report(
                        .error, "out-of-range", at: value, "weight must be -253 to 253; 0 is used")
                    continue
                }
                tracker.weight = weight
            case "reverse": tracker.isReversed = true
            case "noreverse": tracker.isReversed = false
            default:
                findings.report(
                    .warning, "unknown-option", at: word, "'\(word.text)' is no option of track_interface",
                    hint: Suggestion.nearest(to: word.text, among: ["weight", "reverse", "noreverse"])
                        .map { "did you mean '\($0)'?" })
            }
        }
        return tracker
    }
}

enum PeerLine {
    /// `ADDR [min_ttl 0..255] [max_ttl 0..255]`
    static func read(_ words: [Word], _ findings: Findings) -> UnicastPeer? {
        guard let first = words.first, let address = first.address(findings) else { return nil }
        var lowest: UInt8?
        var highest: UInt8?
        var rest = words.dropFirst()
        while let word = rest.popFirst() {
            guard word.text == "min_ttl" || word.text == "max_ttl" else {
                findings.report(
                    .warning, "unknown-option", at: word, "'\(word.text)' is no option of unicast_peer")
                continue
            }
            guard let value = rest.popFirst(), let ttl = UInt8(value.text) else {
                findings.report(.error, "out-of-range", at: word, "\(word.text) needs 0 to 255")
                continue
            }
            if word.text == "min_ttl" { lowest = ttl } else { highest = ttl }
        }
        guard lowest != nil || highest != nil else { return UnicastPeer(address: address) }
        let from = lowest ?? 0
        return UnicastPeer(address: address, ttlRange: from...max(from, highest ?? 255))
    }
}
