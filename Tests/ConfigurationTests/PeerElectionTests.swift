// The comparison's statements about weights, held against the election itself: a backup hears a master whose checks
// fail, and takes over just where nothing is complained of.

import Configuration
import Election
import Testing
import Wire

@Suite struct PeerElectionTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let weight: Int
        let lines: String
        var testDescription: String { "weight \(weight) \(lines)" }
    }

    static let cases: [Case] = [-20, -49, -50, -51, -100, 20, 50, 60].flatMap { weight in
        ["", "nopreempt", "preempt_delay 300", "preempt_delay 1"].map { Case(weight: weight, lines: $0) }
    }

    @Test(arguments: cases) func aWeightActsWhereNothingIsSaid(_ test: Case) throws {
        let master = Cluster.node(
            "track_script { chk weight \(test.weight) }", priority: test.weight > 0 ? 150 - test.weight : 150,
            before: "vrrp_script chk { script \"/bin/true\" }")
        let nodes = Cluster.nodes([master, Cluster.node(test.lines)])
        let settings = try nodes.map { try #require($0.parsed.configuration.instances.first).router }
        let findings = PeerComparison.diagnostics(nodes).map(\.code)
        #expect(findings.count < 2)
        #expect(Self.takesOver(settings[1], from: settings[0]) == findings.isEmpty, "\(findings)")
    }

    /// Half a minute after the master's check has failed.
    private static func takesOver(_ settings: VirtualRouterSettings, from master: VirtualRouterSettings)
        -> Bool
    {
        var now = Timestamp(nanoseconds: 1_000_000_000)
        var actions: [Action] = []
        var ledger = PriorityLedger(base: master.basePriority, trackers: master.trackers)
        var router = VirtualRouter(id: RouterID(slot: 0), settings: settings, at: now)
        router.handle(.ownAddress(IPAddress(v4: 0xc000_0202)), at: now, into: &actions)
        for index in settings.trackers.indices {
            router.handle(.tracker(index: index, health: .up), at: now, into: &actions)
        }
        router.handle(.startup, at: now, into: &actions)
        for step in 0..<400 {
            let health = step < 100 ? TrackerHealth.up : .down
            for index in master.trackers.indices where master.trackers[index].weight != 0 {
                ledger.set(index, health)
            }
            if step % 10 == 0 {
                let heard = HeardAdvertisement(
                    source: IPAddress(v4: 0xc000_0201), priority: ledger.effective, interval: .seconds(1))
                router.handle(.advertisement(heard), at: now, into: &actions)
            }
            now = now + .milliseconds(100)
            router.tick(at: now, into: &actions)
        }
        return router.state.name == .master
    }
}
