// The gratuitous ARP settings, alike in `global_defs` and in instances: what is not written is inherited,
// and the settings for losing advertisements follow those of the master.

import Election

/// Announcement settings as far as they were written.
struct AnnouncementReader {
    private var masterDelay: Duration?
    private var masterRepeat: Int?
    private var masterRefresh: Duration?
    private var masterRefreshRepeat: Int?
    private var lowerPriorityDelay: Duration?
    private var lowerPriorityRepeat: Int?

    mutating func delay(_ statement: Statement, _ findings: Findings) {
        masterDelay = Self.seconds(statement, findings)
    }

    mutating func repeats(_ statement: Statement, _ findings: Findings) {
        masterRepeat = Self.count(statement, findings).map { max($0, 1) }
    }

    mutating func refresh(_ statement: Statement, _ findings: Findings) {
        masterRefresh = Self.seconds(statement, findings)
    }

    mutating func refreshRepeats(_ statement: Statement, _ findings: Findings) {
        masterRefreshRepeat = Self.count(statement, findings).map { max($0, 1) }
    }

    mutating func lowerDelay(_ statement: Statement, _ findings: Findings) {
        lowerPriorityDelay = Self.seconds(statement, findings)
    }

    mutating func lowerRepeats(_ statement: Statement, _ findings: Findings) {
        lowerPriorityRepeat = Self.count(statement, findings)
    }

    /// `vrrp_min_garp`: one announcement, no second burst.
    mutating func minimise() {
        masterRepeat = 1
        masterDelay = .zero
    }

    /// The settings in force: what is written here, else what `outer` has, else the defaults.
    func settings(within outer: AnnouncementReader = AnnouncementReader()) -> AnnouncementSettings {
        var settings = AnnouncementSettings()
        settings.masterDelay = masterDelay ?? outer.masterDelay ?? settings.masterDelay
        settings.masterRepeat = masterRepeat ?? outer.masterRepeat ?? settings.masterRepeat
        settings.refresh = masterRefresh ?? outer.masterRefresh ?? settings.refresh
        settings.refreshRepeat = masterRefreshRepeat ?? outer.masterRefreshRepeat ?? settings.refreshRepeat
        settings.lowerPriorityDelay =
            lowerPriorityDelay ?? outer.lowerPriorityDelay ?? settings.masterDelay
        settings.lowerPriorityRepeat =
            lowerPriorityRepeat ?? outer.lowerPriorityRepeat ?? settings.masterRepeat
        return settings
    }

    private static func seconds(_ statement: Statement, _ findings: Findings) -> Duration? {
        statement.number(0...86400, otherwise: "the default is used", findings).map { .seconds($0) }
    }

    private static func count(_ statement: Statement, _ findings: Findings) -> Int? {
        statement.number(0...1000, otherwise: "the default is used", findings)
    }
}
