// Lines of `track_interface`, `track_script`, `track_file`, `track_process` and `unicast_peer`: a name or
// address with options behind it.

import Election
import Wire

/// What is tracked, by name: looked up when every definition is known, so their order does not matter.
struct TrackReferences {
    struct Reference {
        let kind: TrackerSettings.Kind
        let word: Word
        let weight: WeightReader
    }
    private(set) var all: [Reference] = []
    /// Where each name of a kind stands in `all`.
    private var places: [TrackerSettings.Kind: [String: Int]] = [:]

    /// The lines of a track block, and words behind its keyword.
    mutating func take(_ kind: TrackerSettings.Kind, _ statement: Statement, _ findings: Findings) {
        let inline = statement.arguments.isEmpty ? [] : [statement.arguments]
        for words in inline + (statement.block ?? []).map(\.words) { read(kind, words, findings) }
    }

    /// `NAME [weight N [reverse|noreverse]]`
    private mutating func read(_ kind: TrackerSettings.Kind, _ words: [Word], _ findings: Findings) {
        guard let name = words.first, !name.text.isEmpty else { return }
        var weight = WeightReader()
        if words.count > 1 {
            if words[1].text == "weight" {
                let limit = kind == .file || kind == .process ? 254 : 253
                weight = WeightReader.read(words[2...], limit: limit, at: words[1], findings)
            } else {
                findings.report(
                    .warning, "unknown-option", at: words[1],
                    "'\(words[1].text)' is no option here: only 'weight' may follow '\(name.text)'")
            }
        }
        if let place = places[kind]?[name.text] {
            let twin = all[place]
            findings.report(
                .warning, "duplicate-tracker", at: name,
                "'\(name.text)' is tracked twice; the line at \(twin.word.location) counts")
        } else {
            places[kind, default: [:]][name.text] = all.count
            all.append(Reference(kind: kind, word: name, weight: weight))
        }
    }
}

/// Everything that can be tracked, by name.
struct TrackedObjects {
    let scripts: [String: CheckScript]
    let files: [String: TrackedFile]
    let processes: [String: TrackedProcess]

    init(_ configuration: Configuration) {
        scripts = Dictionary(configuration.scripts.map { ($0.name, $0) }) { first, _ in first }
        files = Dictionary(configuration.files.map { ($0.name, $0) }) { first, _ in first }
        processes = Dictionary(configuration.processes.map { ($0.name, $0) }) { first, _ in first }
    }

    /// The trackers that references come to. One that is not defined is reported and left out.
    func resolve(_ references: TrackReferences, for owner: String, _ findings: Findings) -> [TrackerSettings]
    {
        references.all.compactMap { reference in
            let name = reference.word.text
            let found: (weight: Int, isReversed: Bool)? =
                switch reference.kind {
                case .interface, .trackedInterface, .staticEntries: (0, false)
                case .script: scripts[name].map { ($0.weight, $0.isReversed) }
                case .file: files[name].map { ($0.weight, $0.isReversed) }
                case .process: processes[name].map { ($0.weight, $0.isReversed) }
                }
            guard let found else {
                if findings.unusableDefinitions.contains(name) { return nil }
                reportMissing(reference, owner, findings)
                return nil
            }
            return TrackerSettings(
                kind: reference.kind, name: name, weight: reference.weight.value ?? found.weight,
                isReversed: reference.weight.isReversed ?? found.isReversed)
        }
    }

    private func reportMissing(
        _ reference: TrackReferences.Reference, _ owner: String, _ findings: Findings
    ) {
        let keyword =
            switch reference.kind {
            case .interface, .trackedInterface, .staticEntries: "interface"
            case .script: "vrrp_script"
            case .file: "track_file"
            case .process: "vrrp_track_process"
            }
        let name = reference.word.text
        findings.report(
            .error, "not-defined", at: reference.word,
            "(\(owner)) there is no \(keyword) '\(name)'; it is not tracked",
            hint: Suggestion.hint(to: name, among: names(reference.kind)))
    }

    private func names(_ kind: TrackerSettings.Kind) -> [String] {
        switch kind {
        case .interface, .trackedInterface, .staticEntries: []
        case .script: Array(scripts.keys)
        case .file: Array(files.keys)
        case .process: Array(processes.keys)
        }
    }
}

/// A line of `unicast_peer` with the word it came from.
struct PeerLine {
    let peer: UnicastPeer
    let word: Word

    /// `ADDR [min_ttl 0..255] [max_ttl 0..255]`
    static func read(_ words: [Word], _ findings: Findings) -> PeerLine? {
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
        let from = lowest ?? 0
        let to = highest ?? 255
        guard from <= to else {
            findings.report(
                .error, "out-of-range", at: first,
                "min_ttl \(from) is above max_ttl \(to): no packet could have such a TTL; both are ignored")
            return PeerLine(peer: UnicastPeer(address: address), word: first)
        }
        let isLimited = lowest != nil || highest != nil
        return PeerLine(
            peer: UnicastPeer(address: address, ttlRange: isLimited ? from...to : nil), word: first)
    }
}
