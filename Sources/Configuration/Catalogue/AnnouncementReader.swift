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
        masterDelay = Self.seconds(statement, atMost: 4294, findings) ?? masterDelay
    }

    mutating func repeats(_ statement: Statement, _ findings: Findings) {
        masterRepeat = Self.count(statement, atLeast: 1, findings) ?? masterRepeat
    }

    mutating func refresh(_ statement: Statement, _ findings: Findings) {
        masterRefresh = Self.seconds(statement, atMost: Int(UInt32.max), findings) ?? masterRefresh
    }

    mutating func refreshRepeats(_ statement: Statement, _ findings: Findings) {
        masterRefreshRepeat = Self.count(statement, atLeast: 1, findings) ?? masterRefreshRepeat
    }

    mutating func lowerDelay(_ statement: Statement, _ findings: Findings) {
        lowerPriorityDelay = Self.seconds(statement, atMost: 4294, findings) ?? lowerPriorityDelay
    }

    mutating func lowerRepeats(_ statement: Statement, _ findings: Findings) {
        lowerPriorityRepeat = Self.count(statement, atLeast: 0, findings) ?? lowerPriorityRepeat
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

    private static func seconds(
        _ statement: Statement, atMost limit: Int, _ findings: Findings
    ) -> Duration? {
        statement.number(0...limit, otherwise: "it is ignored", findings).map { .seconds($0) }
    }

    /// More than a burst may have would keep the engine from its timers.
    private static let largestBurst = 1000

    private static func count(
        _ statement: Statement, atLeast least: Int, _ findings: Findings
    ) -> Int? {
        guard let count = statement.number(0...Int(UInt32.max), otherwise: "it is ignored", findings) else {
            return nil
        }
        guard count >= least else {
            findings.report(
                .error, "out-of-range", at: statement.arguments[0],
                "\(statement.keyword.text) must be at least \(least); \(least) is used")
            return least
        }
        guard count <= largestBurst else {
            findings.report(
                .warning, "burst-too-large", at: statement.arguments[0],
                "\(statement.keyword.text): at most \(largestBurst) are sent at once; that is used")
            return largestBurst
        }
        return count
    }
}
