// The simulated world without faults: hosts elect, serve, and hand over as real ones do.

import Election
import Simulation
import Testing

@Suite struct WorldTests {
    private static func pair() -> ClusterPlan {
        var plan = ClusterPlan()
        plan.names = ["a", "b"]
        plan.behaviours = [.baton, .baton]
        plan.instances = [
            .init(
                name: "V1", segment: 0, vrid: 51, address: "192.168.50.88/24",
                priorities: [150, 100])
        ]
        return plan
    }

    @Test func theHigherPriorityBecomesMasterAndTheClientIsAnswered() {
        let world = World(WorldOptions(seed: 1, hosts: Self.pair().hosts))
        world.judge()
        world.perform(.start(host: 0))
        world.perform(.start(host: 1))
        world.run(for: .seconds(10))
        #expect(world.hosts[0].views[0].state == .master)
        #expect(world.hosts[0].views[0].holdsAll)
        #expect(world.hosts[1].views[0].state == .backup)
        #expect(!world.hosts[1].views[0].holdsAny)
        #expect(world.clients[0].unansweredSince == nil && world.clients[0].mac != nil)
        #expect(world.violations.isEmpty)
    }

    @Test func whenAllProcessesDieTheOtherHostTakesOverAndTheLeaseEnds() {
        let world = World(WorldOptions(seed: 1, hosts: Self.pair().hosts))
        world.judge()
        world.perform(.start(host: 0))
        world.perform(.start(host: 1))
        world.run(for: .seconds(10))
        world.perform(.kill(host: 0, DaemonPart.allCases))
        let takeover = world.run(for: .seconds(10)) { $0.hosts[1].views[0].holdsAll }
        #expect(takeover.map { $0 < .milliseconds(3700) } == true)
        world.run(for: .seconds(2))
        #expect(!world.hosts[0].views[0].holdsAny)
        #expect(world.violations.isEmpty)
    }

    @Test func aKilledEngineGoesOnUnnoticed() {
        let world = World(WorldOptions(seed: 1, hosts: Self.pair().hosts))
        world.judge()
        world.perform(.start(host: 0))
        world.perform(.start(host: 1))
        world.run(for: .seconds(10))
        world.perform(.kill(host: 0, [.engine]))
        let change = world.run(for: .seconds(10)) { $0.hosts[1].views[0].state != .backup }
        #expect(change == nil)
        #expect(world.hosts[0].views[0].state == .master)
        #expect(world.violations.isEmpty)
    }

    @Test(arguments: [1, 2]) func theSameSeedGivesTheSameTrace(seed: UInt64) {
        let run = RandomRun(seed: seed, length: .seconds(120))
        let (first, second) = (run.play(), run.play())
        #expect(first.trace.digest == second.trace.digest)
        #expect(first.occurrences == second.occurrences)
    }

    /// A few of the runs that `scripts/simulate` does by the thousand.
    @Test(arguments: 101...106) func aRandomRunBreaksNoRule(seed: UInt64) {
        let outcome = RandomRun(seed: seed, length: .seconds(180)).play()
        #expect(outcome.faults > 0)
        #expect(outcome.violations.isEmpty, "\(outcome.violations)")
    }
}
