// Cuts a failing random run down: leaves acts out, hosts and settings too, as long as the same rule is broken, and
// ends where it is. What is left is short enough to be understood.

import Election

package struct Shrinker {
    private let rule: String
    /// Runs that were tried.
    package private(set) var attempts = 0
    private static let limit = 400

    /// Nil: the run breaks no rule.
    package static func shrink(_ run: RandomRun) -> (run: RandomRun, violation: Violation, attempts: Int)? {
        guard let violation = run.play(stopsAtViolation: true).violations.first else { return nil }
        var shrinker = Shrinker(rule: violation.rule)
        var short = run
        short.acts = run.acts.filter { $0.time.nanoseconds <= violation.time.nanoseconds }
        if shrinker.fails(short) == nil { short = run }
        short = shrinker.leaveOutActs(short)
        short = shrinker.simplify(short)
        short = shrinker.leaveOutActs(short)
        return (short, shrinker.fails(short) ?? violation, shrinker.attempts)
    }

    private init(rule: String) { self.rule = rule }

    private mutating func fails(_ run: RandomRun) -> Violation? {
        guard attempts < Self.limit else { return nil }
        attempts += 1
        return run.play(stopsAtViolation: true).violations.first { $0.rule == rule }
    }

    /// Halves first, then ever smaller pieces.
    private mutating func leaveOutActs(_ run: RandomRun) -> RandomRun {
        var best = run
        var size = max(best.acts.count / 2, 1)
        while true {
            var start = 0
            while start < best.acts.count {
                var shorter = best
                shorter.acts.removeSubrange(start..<min(start + size, best.acts.count))
                if fails(shorter) != nil { best = shorter } else { start += size }
            }
            guard size > 1 else { return best }
            size /= 2
        }
    }

    private mutating func simplify(_ run: RandomRun) -> RandomRun {
        var best = run
        let changes: [(inout ClusterPlan) -> Void] = [
            { $0.extras = [] }, { $0.trackers = [] }, { $0.isUnicast = false }, { $0.preemptDelay = 0 },
            { $0.preempts = true }, { $0.lease = "auto" }, { $0.handover = "make_before_break" },
            { $0.isGrouped = false }, { $0.instances.removeLast($0.instances.count - 1) },
            { $0.behaviours = $0.behaviours.map { _ in .baton } },
            { $0.interval = .seconds(1) },
        ]
        for change in changes {
            var simpler = best
            change(&simpler.cluster)
            guard simpler.cluster != best.cluster, fails(simpler) != nil else { continue }
            best = simpler
        }
        return best
    }
}
