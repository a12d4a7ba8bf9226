// From what sync groups say to what they mean: members looked up, trackers spread, what cannot work said.

import Election
import Wire

struct GroupAssembler {
    let global: GlobalReader
    let tracked: TrackedObjects
    let findings: Findings

    /// Adds the groups to a configuration whose instances are all there.
    func assemble(_ readers: [GroupReader], into configuration: inout Configuration) {
        var groupOf: [String: String] = [:]
        var known: [String: SourceLocation] = [:]
        let instances = Dictionary(
            configuration.instances.enumerated().map { ($1.name, [$0]) }, uniquingKeysWith: +)
        for reader in readers {
            var group = SyncGroupConfiguration(name: reader.name.text, location: reader.name.location)
            if let place = known[group.name] {
                findings.report(
                    .error, "duplicate-name", at: reader.name,
                    "the group '\(group.name)' is already defined at \(place); this one is not used")
                continue
            }
            group.members = members(reader, instances, &groupOf)
            guard !group.members.isEmpty else {
                findings.report(
                    .error, "no-member", at: reader.name,
                    "vrrp_sync_group \(group.name) has no member; it is not used",
                    hint: "name its instances in group { ... }")
                continue
            }
            if group.members.count == 1 {
                findings.report(
                    .note, "single-member", at: reader.name,
                    "vrrp_sync_group \(group.name) has one member only: there is nothing to synchronise")
            }
            group.notify = reader.notify
            group.sendsMail =
                reader.sendsMail ?? global.defaults.smtpAlertVRRP ?? global.defaults.smtpAlert ?? false
            group.reportsPriorityChanges =
                reader.reportsPriorityChanges ?? global.defaults.reportsPriorityChanges
            group.allowsMemberWeights = reader.allowsMemberWeights
            group.inert = reader.inert
            for tracked in reader.tracks.all where tracked.kind == .trackedInterface {
                findings.uses(tracked.word, .group(group.name))
            }
            group.trackers = tracked.resolve(reader.tracks, for: group.name, findings)
            for place in group.members.flatMap({ instances[$0] ?? [] }) {
                spread(group, into: &configuration.instances[place])
            }
            known[group.name] = group.location
            configuration.groups.append(group)
        }
    }

    private func members(
        _ reader: GroupReader, _ instances: [String: [Int]], _ groupOf: inout [String: String]
    ) -> [String] {
        var members: [String] = []
        for word in reader.members {
            if instances[word.text] == nil {
                findings.report(
                    .error, "not-defined", at: word,
                    "there is no vrrp_instance '\(word.text)'; the group goes on without it",
                    hint: Suggestion.hint(to: word.text, among: instances.keys))
            } else if let other = groupOf[word.text] {
                findings.report(
                    .error, "several-groups", at: word,
                    "\(word.text) is already a member of \(other); it stays there")
            } else {
                groupOf[word.text] = reader.name.text
                members.append(word.text)
            }
        }
        return members
    }

    /// The group's trackers are every member's.
    private func spread(_ group: SyncGroupConfiguration, into instance: inout InstanceConfiguration) {
        dropWeights(&instance, group)
        let own = Dictionary(grouping: instance.router.trackers, by: \.kind).mapValues {
            Set($0.map(\.name))
        }
        let added = group.trackers.filter { own[$0.kind]?.contains($0.name) != true }
        instance.router.trackers += added
        instance.groupTrackerCount = added.count
    }

    /// Members whose priorities move apart could not be master together.
    private func dropWeights(_ instance: inout InstanceConfiguration, _ group: SyncGroupConfiguration) {
        guard !group.allowsMemberWeights else { return }
        let weighted = instance.router.trackers.filter { $0.weight != 0 }
        guard !weighted.isEmpty else { return }
        instance.router.trackers.removeAll { $0.weight != 0 }
        findings.add([
            Diagnostic(
                code: "weight-in-group", severity: .warning, location: instance.location,
                length: instance.name.count,
                message: "(\(instance.name)) a member of a sync group cannot have a priority of its own:"
                    + " not tracked: \(weighted.map(\.name).joined(separator: ", "))",
                hint: "track it in vrrp_sync_group \(group.name), where it counts for all members")
        ])
    }
}
