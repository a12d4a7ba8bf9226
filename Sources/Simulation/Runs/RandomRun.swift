// One random run: a cluster, its faults, and what the checkers found. The seed says everything.

import Election

package struct RandomRun: Sendable {
    package let seed: UInt64
    package var cluster: ClusterPlan
    package var acts: [PlannedAct]
    package var sabotage: [Sabotage] = []
    package var detail = Trace.Detail.digest

    /// After the last repair everything is left alone for so long.
    package static let epilogue: Duration = .seconds(60)

    package init(seed: UInt64, length: Duration) {
        self.seed = seed
        var random = SplitMix64(seed: seed)
        cluster = ClusterPlan.draw(&random)
        acts = FaultPlan(cluster, seed: random.next(), length: length).acts
    }

    /// A run that was written down, or cut down.
    package init(seed: UInt64, cluster: ClusterPlan, acts: [PlannedAct]) {
        self.seed = seed
        self.cluster = cluster
        self.acts = acts
    }

    package struct Outcome: Sendable {
        package let violations: [Violation]
        package let faults: Int
        package let hostSeconds: Double
        package let occurrences: Int
        package let trace: Trace
        package let longestOutage: Duration
    }

    /// `stopsAtViolation`: the rest is not run.
    package func play(stopsAtViolation: Bool = false) -> Outcome {
        var options = WorldOptions(seed: seed, hosts: cluster.hosts, segments: cluster.segments)
        options.detail = detail
        options.sabotage = sabotage
        let world = World(options)
        world.judge()
        for act in acts {
            world.run(until: Timestamp(nanoseconds: act.time.nanoseconds))
            if stopsAtViolation, !world.violations.isEmpty { break }
            world.perform(act.act)
        }
        if !stopsAtViolation || world.violations.isEmpty { world.run(for: Self.epilogue) }
        let seconds = Double(world.now.nanoseconds) / 1e9
        return Outcome(
            violations: world.violations, faults: world.faults,
            hostSeconds: seconds * Double(world.hosts.count), occurrences: world.occurrences,
            trace: world.trace, longestOutage: world.clients.map(\.longestOutage).max() ?? .zero)
    }
}
