// Every rule can be broken: one part of the simulation is broken on purpose, and just that rule has to notice. Without
// sabotage the same story breaks none.

import Control
import Election
import Simulation
import Testing

@Suite struct CheckerTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let sabotage: Sabotage
        let rule: String
        let acts: [PlannedAct]
        var lease = "auto"
        var testDescription: String { "\(sabotage) breaks '\(rule)'" }
    }

    /// Two hosts with all that the cases need.
    static func cluster(isGrouped: Bool) -> ClusterPlan {
        var plan = ClusterPlan()
        plan.names = ["a", "b"]
        plan.behaviours = [.baton, .baton]
        plan.segments = 2
        plan.isGrouped = isGrouped
        plan.instances = (0...1).map { place in
            .init(
                name: "V\(place + 1)", segment: place, vrid: 51 + place,
                address: "192.168.\(50 + place).88/24", priorities: [150, 100])
        }
        if !isGrouped { plan.trackers = [.init(kind: "script", name: "check", weight: -20)] }
        return plan
    }

    static func at(_ seconds: Int, _ act: Act) -> PlannedAct { PlannedAct(time: .seconds(seconds), act: act) }

    static let start = [at(0, .start(host: 0)), at(0, .start(host: 1))]
    static let crash = start + [at(20, .kill(host: 0, DaemonPart.allCases)), at(60, .heal)]
    static let comeback = start + [at(20, .stop(host: 0)), at(40, .start(host: 0)), at(80, .heal)]
    static let hang = start + [at(20, .crashLoop(host: 0, deaths: 6)), at(60, .heal)]

    static let flapping =
        start
        + (0..<10).map { flap in
            PlannedAct(
                time: .seconds(20) + .milliseconds(5 * flap),
                act: .plug(host: 0, interface: 0, !flap.isMultiple(of: 2)))
        } + [at(60, .heal)]

    static let cases = [
        Case(sabotage: .advertisementsAreLost, rule: "single master", acts: start + [at(30, .heal)]),
        Case(sabotage: .additionsAreLies, rule: "served", acts: crash),
        Case(sabotage: .betterMastersAreNotHeard, rule: "single master", acts: comeback),
        Case(sabotage: .nobodyPreempts, rule: "priority wins", acts: comeback),
        Case(sabotage: .advertisementsEcho, rule: "advertisement rate", acts: comeback),
        Case(
            sabotage: .groupsAreIgnored, rule: "groups move as one",
            acts: start + [at(20, .plug(host: 0, interface: 1, false)), at(40, .heal)]),
        Case(sabotage: .leasesAreForever, rule: "lease", acts: crash),
        Case(sabotage: .willsAreIgnored, rule: "lease", acts: hang, lease: "off"),
        Case(sabotage: .removalsAreLies, rule: "address needs master", acts: comeback),
        Case(sabotage: .announcementsAreLost, rule: "client is answered", acts: crash),
        Case(sabotage: .scriptsOvertake, rule: "notifications", acts: flapping),
        Case(sabotage: .scriptsAreLost, rule: "notifications", acts: crash),
        Case(sabotage: .verdictsAreReversed, rule: "ledger", acts: start + [at(30, .heal)]),
        Case(sabotage: .prioritiesAreForged, rule: "ledger", acts: start + [at(30, .heal)]),
    ]

    @Test(arguments: cases) func aBrokenPartIsNoticed(_ broken: Case) {
        let isGrouped = broken.sabotage == .groupsAreIgnored
        var run = RandomRun(seed: 7, cluster: Self.cluster(isGrouped: isGrouped), acts: broken.acts)
        run.cluster.lease = broken.lease
        let sound = run.play()
        #expect(sound.violations.isEmpty, "\(sound.violations)")
        run.sabotage = [broken.sabotage]
        let rules = run.play().violations.map(\.rule)
        #expect(rules.contains(broken.rule), "\(rules)")
    }

    /// Without a lease nobody ends an address while the guard is dead. A host that is started then, and loses its power
    /// before its engine runs, is not charged with the time that it was off.
    @Test(arguments: 1...5) func timeWithoutAGuardDoesNotCount(_ seed: UInt64) {
        let milliseconds = [
            (20_000, Act.kill(host: 0, DaemonPart.allCases)), (40_000, .start(host: 0)),
            // Something happens elsewhere, so that it is looked.
            (40_005, .deleteAddresses(host: 1)), (40_015, .power(host: 0, false)),
            (50_000, .power(host: 0, true)), (90_000, .heal),
        ]
        let acts = milliseconds.map { PlannedAct(time: .milliseconds($0.0), act: $0.1) }
        var run = RandomRun(seed: seed, cluster: Self.cluster(isGrouped: false), acts: Self.start + acts)
        run.cluster.lease = "off"
        let outcome = run.play()
        #expect(outcome.violations.isEmpty, "\(outcome.violations)")
    }
}
