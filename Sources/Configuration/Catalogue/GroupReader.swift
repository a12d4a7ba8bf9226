// `vrrp_sync_group`: its keywords and what they set. Members are looked up when all instances are known.

import Election

/// One group as it was written.
struct GroupReader {
    let name: Word
    var members: [Word] = []
    var tracks = TrackReferences()
    var notify = NotifyScripts()
    var sendsMail: Bool?
    var reportsPriorityChanges: Bool?
    var allowsMemberWeights = false
    /// Statements that have no effect in this release.
    var inert: [InertStatement] = []

    init(name: Word) { self.name = name }

    static let keywords: KeywordTable<GroupReader> = [
        "group": { reader, statement, _ in
            reader.members += statement.arguments + (statement.block ?? []).flatMap(\.words)
        },
        "track_interface": { $0.tracks.take(.trackedInterface, $1, $2) },
        "track_script": { $0.tracks.take(.script, $1, $2) },
        "track_file": { $0.tracks.take(.file, $1, $2) },
        "track_process": { $0.tracks.take(.process, $1, $2) },
        "track_bfd": { $0.inert.append($2.readInert($1, .trackedBFD)) },
        "notify": { $0.notify.generic = $1.script(after: $0.notify.generic, $2) },
        "notify_master": { $0.notify.master = $1.script(after: $0.notify.master, $2) },
        "notify_backup": { $0.notify.backup = $1.script(after: $0.notify.backup, $2) },
        "notify_fault": { $0.notify.fault = $1.script(after: $0.notify.fault, $2) },
        "notify_stop": { $0.notify.stop = $1.script(after: $0.notify.stop, $2) },
        "smtp_alert": { $0.sendsMail = $1.flag($2) },
        "notify_priority_changes": { $0.reportsPriorityChanges = $1.flag($2) },
        "sync_group_tracking_weight": { $0.allowsMemberWeights = $1.isThere($2) },
        "global_tracking": { reader, statement, findings in
            reader.allowsMemberWeights = true
            findings.report(
                .warning, "deprecated", at: statement.keyword, "'global_tracking' is a former name",
                hint: "write 'sync_group_tracking_weight'")
        },
    ]
}
