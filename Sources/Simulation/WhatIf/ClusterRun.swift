// Random faults on the operator's cluster, from a seed: what `RandomRun` does to clusters that it has drawn itself.

import Control
import Election

package struct ClusterRun: Sendable {
    package let seed: UInt64
    package let violations: [Violation]
    /// Faults that were injected, repairs not counted.
    package let faults: Int
    /// The longest that any client was without an answer, whatever was wrong then.
    package let worstOutage: Duration

    /// Faults are drawn for so long.
    package static let length: Duration = .seconds(900)

    /// The same seed gives the same run.
    package static func play(_ cluster: ConfiguredCluster, seed: UInt64) -> ClusterRun {
        var random = SplitMix64(seed: seed)
        let world = cluster.makeWorld(seed: random.next(), detail: .digest)
        for act in FaultPlan(cluster.outline, seed: random.next(), length: length).acts {
            world.run(until: Timestamp(nanoseconds: act.time.nanoseconds))
            world.perform(act.act.withoutPriority)
        }
        world.run(for: RandomRun.epilogue)
        return ClusterRun(
            seed: seed, violations: world.violations, faults: world.faults,
            worstOutage: world.clients.map(\.longestOutage).max() ?? .zero)
    }
}

extension ConfiguredCluster {
    /// What faults are drawn from.
    fileprivate var outline: ClusterPlan {
        var plan = ClusterPlan()
        plan.names = names
        plan.segments = interfaces.map(\.count).min() ?? 0
        for check in configurations.flatMap(\.checks)
        where !plan.trackers.contains(where: { $0.name == check.name && $0.kind == "\(check.kind)" }) {
            plan.trackers.append(.init(kind: "\(check.kind)", name: check.name, weight: 0))
        }
        return plan
    }
}

extension Act {
    /// A reload takes the file as it is.
    fileprivate var withoutPriority: Act {
        guard case .reload(let host, _) = self else { return self }
        return .reload(host: host, priority: nil)
    }
}
