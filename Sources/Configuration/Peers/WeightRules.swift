// Whether checks with weights can bring about a failover at all: another node must be better than the failed one, and
// willing to take over from a running master. A backup follows an equal priority, with nopreempt any priority, and any
// while its preempt_delay runs (`VirtualRouter+Backup.swift`).

import Election
import Wire

enum WeightRules {
    static func check(_ router: SharedRouter) -> [Diagnostic] {
        router.members.compactMap { member in
            guard !member.weightedTrackers.isEmpty, !member.hasOpenPriority else { return nil }
            return unheard(member, router) ?? slow(member, router)
        }
    }

    /// With every check failed, would anybody take over?
    private static func unheard(_ member: Member, _ router: SharedRouter) -> Diagnostic? {
        let others = router.members.filter { $0.index != member.index }
        guard !others.contains(where: \.hasOpenPriority) else {
            return others.contains(where: \.takesOver) ? nil : unwilling(member, others, router)
        }
        let worst = member.worstPriority
        let better = others.filter { $0.bestPriority > worst }
        if better.isEmpty { return tooSmall(member, others, router) }
        return better.contains(where: \.takesOver) ? nil : unwilling(member, better, router)
    }

    private static func tooSmall(_ member: Member, _ others: [Member], _ router: SharedRouter) -> Diagnostic?
    {
        guard let next = others.max(by: { $0.bestPriority < $1.bestPriority }) else { return nil }
        let (best, worst, second) = (member.bestPriority, member.worstPriority, next.bestPriority)
        let sign = worst == second ? "=" : ">"
        // At a limit the difference is not the weights'.
        let isLimited = best == 254 || worst == 1
        let sum = isLimited ? "\(best) falls to \(worst)" : "\(best) - \(best - worst) = \(worst)"
        return router.diagnostic(
            .warning, "peers-weight-too-small",
            at: [member.place(of: member.trackBlock, "priority"), next.place(of: "priority")],
            "with every check failed \(member.name) is still not worse than \(next.name): \(sum) \(sign) \(second);"
                + " it stays master whatever becomes of \(member.checks)",
            hint: isLimited
                ? "priorities and weights that stay below 254, or a weight of 0, which is a fault"
                : "weights that take more than \(Int(best) - Int(second)) away, or a weight of 0, which is a fault"
        )
    }

    private static func unwilling(_ member: Member, _ others: [Member], _ router: SharedRouter) -> Diagnostic
    {
        router.diagnostic(
            .warning, "peers-weight-nopreempt",
            at: [member.place(of: member.trackBlock, "priority")] + others.map { $0.place(of: "nopreempt") },
            "\(nodeNames(others)) with nopreempt will not take over from \(member.name) while it runs, whatever"
                + " becomes of \(member.checks) there",
            hint: "a weight of 0 makes a failure a fault, and the other node takes over; or no 'nopreempt'")
    }

    /// The delay is meant for the return of a better node, and delays the flight from a failed one as well.
    private static func slow(_ member: Member, _ router: SharedRouter) -> Diagnostic? {
        let others = router.members.filter { $0.index != member.index }
        guard others.allSatisfy({ $0.bestPriority < member.bestPriority && !$0.hasOpenPriority }) else {
            return nil
        }
        let takers = others.filter { $0.takesOver && $0.bestPriority > member.worstPriority }
        guard let first = takers.min(by: { $0.router.preemptDelay < $1.router.preemptDelay }),
            first.router.preemptDelay > first.patience
        else { return nil }
        return router.diagnostic(
            .warning, "peers-preempt-delay",
            at: [first.place(of: "preempt_delay"), member.place(of: member.trackBlock, "priority")],
            "after a failure of \(member.checks) on \(member.name), \(first.name) takes over only when its preempt_delay"
                + " of \(first.router.preemptDelay.seconds) s has passed",
            hint: "preempt_delay on the better node only, or a weight of 0, which is a fault")
    }
}

extension Member {
    /// It displaces a running master that is worse. The owner does whatever the preemption mode says.
    fileprivate var takesOver: Bool { router.preempts || router.isOwner }

    /// How long it would wait for a dead master.
    fileprivate var patience: Duration {
        Timers.masterDown(
            version: router.version, priority: bestPriority, interval: router.advertisementInterval,
            advertisements: router.downTimerAdvertisements)
    }

    /// `'chk' and 'eth1'`
    fileprivate var checks: String { wordList(weightedTrackers.map { "'\($0.name)'" }) }

    /// The block that names the first tracker with a weight.
    fileprivate var trackBlock: String {
        switch weightedTrackers.first?.kind {
        case .trackedInterface: "track_interface"
        case .process: "track_process"
        case .file: "track_file"
        case .script, .interface, .staticEntries, nil: "track_script"
        }
    }
}
