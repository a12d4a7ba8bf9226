// Random faults, and scenarios, on clusters that are configured.

import Configuration
import Election
import Simulation
import Testing

@Suite struct ClusterRunTests {
    private static func pair(_ lines: String = "") throws -> ConfiguredCluster {
        try Pairs.cluster(
            Pairs.file(150, "notify /etc/notify\n" + lines), Pairs.file(100, "notify /etc/notify\n" + lines))
    }

    @Test(arguments: 1...4) func aSoundPairBreaksNoRule(seed: UInt64) throws {
        let run = ClusterRun.play(try Self.pair(), seed: seed)
        #expect(run.faults > 0)
        #expect(run.violations.isEmpty, "\(run.violations)")
        #expect(run.worstOutage > .zero)
    }

    @Test func theSameSeedGivesTheSameRun() throws {
        let cluster = try Pairs.cluster(Pairs.file(150), Pairs.file(100, vrid: 52))
        let runs = (0...1).map { _ in ClusterRun.play(cluster, seed: 7) }
        #expect(runs[0].violations.map(\.description) == runs[1].violations.map(\.description))
        #expect(runs[0].violations.contains { $0.rule == "split brain" })
        #expect(runs[0].worstOutage == runs[1].worstOutage)
    }

    // MARK: Scenarios

    private static let story = """
        run 10s
        expect lb1 master, lb2 backup
        at 12s unplug lb1 ens3
        expect lb2 master within 4s
        expect lb1 holding
        """

    @Test func aScenarioIsPlayedWithTheHostsOfTheFiles() throws {
        let files = [150, 100].map { Pairs.file($0).replacing("eth0", with: "ens3") }
        let cluster = try ConfiguredCluster(Pairs.nodes(files))
        let scenario = try cluster.scenario(Self.story, file: "x")
        let run = cluster.play(scenario, file: "x", seed: scenario.seed)
        #expect(run.failures == ["x:5: not so: expect lb1 holding"])
        #expect(run.transcript.contains { $0.contains("unplug lb1 ens3") })
    }

    @Test(arguments: [
        (
            "# A story\nhosts lb1=1",
            "x:2: 'hosts' is said by the configuration files: a scenario for them has steps only"
        ),
        (
            "run 5s\nvip 10.0.0.1",
            "x:2: 'vip' is said by the configuration files: a scenario for them has steps only"
        ),
        ("run 5s\nkill -9 lb3", "x:2: 'kill -9 lb3' is not understood"),
        ("unplug lb1 eth7", "x:1: lb1 names no interface 'eth7': eth0"),
    ])
    func whatDoesNotFitIsRefused(_ text: String, _ message: String) throws {
        let cluster = try Self.pair()
        do {
            _ = try cluster.scenario(text, file: "x")
            Issue.record("it was understood")
        } catch {
            #expect("\(error)" == message)
        }
    }
}
