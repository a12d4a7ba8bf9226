// The effective priority as a sum that can be explained: the configured base, what each tracker adds
// or takes, and the clamp. Advertisements, logs and status read the same ledger.

/// Base priority, each tracker's health and contribution, and the faults that follow.
package struct PriorityLedger: Sendable, Hashable {
    package let base: UInt8
    package private(set) var entries: [Entry]
    /// What is advertised: base plus contributions, clamped to 1...254; an owner's is always 255.
    package private(set) var effective: UInt8

    package struct Entry: Sendable, Hashable {
        package let tracker: TrackerSettings
        /// False until the tracker has reported.
        package fileprivate(set) var isUp: Bool

        /// What the tracker adds to the priority now; zero for a tracker of weight zero.
        package var contribution: Int {
            let counts = isUp != tracker.isReversed
            return tracker.weight > 0 ? (counts ? tracker.weight : 0) : (counts ? 0 : tracker.weight)
        }

        /// A tracker of weight zero that is down faults the router.
        package var isFault: Bool { tracker.weight == 0 && isUp == tracker.isReversed }
    }

    package init(base: UInt8, trackers: [TrackerSettings]) {
        self.base = base
        entries = trackers.map { Entry(tracker: $0, isUp: false) }
        effective = base
        effective = computed
    }

    /// The ledger of new settings, with the health that trackers of the same kind and name had. A new tracker
    /// counts as up until it reports, at once: a reload must not fault a healthy router in between.
    package func renewed(base: UInt8, trackers: [TrackerSettings]) -> PriorityLedger {
        var ledger = PriorityLedger(base: base, trackers: trackers)
        for index in ledger.entries.indices {
            let tracker = ledger.entries[index].tracker
            let known = entries.first { $0.tracker.kind == tracker.kind && $0.tracker.name == tracker.name }
            ledger.entries[index].isUp = known?.isUp ?? true
        }
        ledger.effective = ledger.computed
        return ledger
    }

    /// Records a tracker's health. `index` MUST be one of `entries`.
    package mutating func set(_ index: Int, isUp: Bool) {
        precondition(entries.indices.contains(index), "tracker \(index) of \(entries.count): \(self)")
        entries[index].isUp = isUp
        effective = computed
    }

    /// The first tracker that faults the router, in the order of the configuration.
    package var fault: TrackerSettings? { entries.first(where: \.isFault)?.tracker }

    private var computed: UInt8 {
        guard base != 255 else { return 255 }
        let sum = entries.reduce(Int(base)) { $0 + $1.contribution }
        return UInt8(min(max(sum, 1), 254))
    }
}
