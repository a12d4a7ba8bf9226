// The effective priority as a sum that can be explained: the configured base, what each tracker adds
// or takes, and the clamp. Advertisements, logs and status read the same ledger.

/// How something tracked is.
package enum TrackerHealth: Sendable, Hashable {
    /// It has not reported yet.
    case unknown
    case up, down
    /// A file's number.
    case value(Int32)
}

/// Base priority, each tracker's health and contribution, and the faults that follow.
package struct PriorityLedger: Sendable, Hashable {
    package let base: UInt8
    package private(set) var entries: [Entry]
    /// What is advertised: base plus contributions, clamped to 1...254; an owner's is always 255.
    package private(set) var effective: UInt8

    package struct Entry: Sendable, Hashable {
        package let tracker: TrackerSettings
        package fileprivate(set) var health: TrackerHealth

        /// What the tracker adds to the priority now; zero for a tracker of weight zero, and before the tracker's
        /// first report.
        package var contribution: Int {
            switch health {
            case .unknown: return 0
            case .value(let value):
                // Bounded, so that a wild number cannot overflow the sum.
                let product = min(max(Int(value), -100_000), 100_000) * tracker.weight
                return tracker.isReversed ? -product : product
            case .up, .down:
                let counts = (health == .up) != tracker.isReversed
                return tracker.weight > 0 ? (counts ? tracker.weight : 0) : (counts ? 0 : tracker.weight)
            }
        }

        /// A tracker of weight zero that is down faults the router, and a number that takes 254 or more away.
        package var isFault: Bool {
            switch health {
            case .unknown: false
            case .up: tracker.weight == 0 && tracker.isReversed
            case .down: tracker.weight == 0 && !tracker.isReversed
            case .value(let value):
                tracker.weight == 0 ? (value != 0) != tracker.isReversed : contribution <= -254
            }
        }

        /// A first report decides whether the router may take part at all.
        package var isAwaited: Bool { tracker.weight == 0 && health == .unknown }
    }

    package init(base: UInt8, trackers: [TrackerSettings]) {
        self.base = base
        entries = trackers.map { Entry(tracker: $0, health: .unknown) }
        effective = base
        effective = computed
    }

    /// The ledger of new settings, with the health that trackers of the same kind and name had. A new tracker
    /// counts for nothing until it reports: a reload must not fault a healthy router in between.
    package func renewed(base: UInt8, trackers: [TrackerSettings]) -> PriorityLedger {
        var ledger = PriorityLedger(base: base, trackers: trackers)
        for index in ledger.entries.indices {
            let tracker = ledger.entries[index].tracker
            let known = entries.first { $0.tracker.kind == tracker.kind && $0.tracker.name == tracker.name }
            ledger.entries[index].health = known?.health ?? .unknown
        }
        ledger.effective = ledger.computed
        return ledger
    }

    /// Records a tracker's health. `index` MUST be one of `entries`.
    package mutating func set(_ index: Int, _ health: TrackerHealth) {
        precondition(entries.indices.contains(index), "tracker \(index) of \(entries.count): \(self)")
        entries[index].health = health
        effective = computed
    }

    /// The first tracker that faults the router, in the order of the configuration.
    package var fault: TrackerSettings? { entries.first(where: \.isFault)?.tracker }

    /// The first tracker whose report must come before the router takes part.
    package var awaited: TrackerSettings? { entries.first(where: \.isAwaited)?.tracker }

    private var computed: UInt8 {
        guard base != 255 else { return 255 }
        let sum = entries.reduce(Int(base)) { $0 + $1.contribution }
        return UInt8(min(max(sum, 1), 254))
    }
}
