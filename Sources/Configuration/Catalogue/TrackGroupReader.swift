// `track_group`: instances that depend on permanent addresses, routes and rules.

import Election

/// One group as it was written.
struct TrackGroupReader {
    let name: Word
    var members: [Word] = []

    static let keywords: KeywordTable<TrackGroupReader> = [
        "group": { group, statement, _ in
            group.members += statement.arguments + (statement.block ?? []).flatMap(\.words)
        }
    ]
}

/// Gives the members a tracker for what their group is about.
struct TrackGroupAssembler {
    let findings: Findings

    /// MUST come before sync groups add their trackers, which stand at the end.
    func assemble(_ readers: [TrackGroupReader], into configuration: inout Configuration) {
        let instances = Dictionary(configuration.instances.enumerated().map { ($1.name, $0) }) { first, _ in
            first
        }
        let usedNames = Set(findings.trackGroupUses.map(\.text))
        var known: Set<String> = []
        for reader in readers {
            guard known.insert(reader.name.text).inserted else {
                findings.report(
                    .error, "duplicate-name", at: reader.name,
                    "there is already a track_group '\(reader.name.text)'; this one is not used")
                continue
            }
            let members = reader.members.filter { isMember($0, of: reader, instances, &configuration) }
            configuration.trackGroups.append(
                TrackGroup(name: reader.name.text, members: members.map(\.text)))
            if !usedNames.contains(reader.name.text) {
                findings.report(
                    .warning, "nothing-tracked", at: reader.name,
                    "nothing static belongs to the track_group '\(reader.name.text)'",
                    hint: "write 'track_group \(reader.name.text)' behind a static address, route or rule")
            }
        }
        for word in findings.trackGroupUses where known.insert(word.text).inserted {
            findings.report(
                .error, "not-defined", at: word,
                "there is no track_group '\(word.text)': nothing depends on what belongs to it")
        }
    }

    private func isMember(
        _ word: Word, of reader: TrackGroupReader, _ instances: [String: Int],
        _ configuration: inout Configuration
    ) -> Bool {
        guard let place = instances[word.text] else {
            findings.report(
                .error, "not-defined", at: word,
                "there is no vrrp_instance '\(word.text)'; the group goes on without it",
                hint: Suggestion.hint(to: word.text, among: instances.keys)
            )
            return false
        }
        let tracker = TrackerSettings(kind: .staticEntries, name: reader.name.text)
        if !configuration.instances[place].router.trackers.contains(tracker) {
            configuration.instances[place].router.trackers.append(tracker)
        }
        return true
    }
}
