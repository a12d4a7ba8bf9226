// The handbook of scenarios: each text is played, its expectations hold, no rule is broken, and the transcript is the
// one that stands below it. BATON_REGENERATE=1 writes the transcripts anew.

import Foundation
import Simulation
import Testing

@Suite struct ScenarioTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(
        path: "Scenarios")

    private static let files: [String] = {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return names.filter { $0.hasSuffix(".scenario") }.sorted()
    }()

    @Test func thereAreScenarios() { #expect(Self.files.count >= 60) }

    @Test(arguments: files) func scenario(_ file: String) throws {
        let url = Self.folder.appending(path: file)
        let text = try String(contentsOf: url, encoding: .utf8)
        let scenario = try ScenarioParser.parse(text, file: file)
        #expect(!scenario.paragraph.isEmpty, "a scenario says what it shows")
        let run = ScenarioRun.play(scenario, file: file)
        if ProcessInfo.processInfo.environment["BATON_REGENERATE"] != nil {
            let story = text.components(separatedBy: "\n---\n")[0].trimmingCharacters(in: .newlines)
            try (story + "\n---\n" + run.transcript.joined(separator: "\n") + "\n").write(
                to: url, atomically: true, encoding: .utf8)
        } else {
            #expect(scenario.transcript == run.transcript)
        }
        #expect(run.failures == [])
    }

    @Test(arguments: [
        ("run 5s", "x:1: 'hosts' comes first"),
        ("hosts a=1 b=300", "x:1: 'b=300' is no host and its priority"),
        ("hosts a=1:quagga", "x:1: 'quagga' is none of [\"baton\", \"keepalived\", \"frr\"]"),
        ("hosts a=1\nrun 5", "x:2: '5' is no duration like 2s, 250ms or 1.5s"),
        ("hosts a=1\nkill -9 c", "x:2: 'kill -9 c' is not understood"),
        ("hosts a=1\nexpect a king", "x:2: 'king' is none of master, backup, fault, stopped, holding, empty"),
        ("hosts a=1\nrun 5s\nvip 10.0.0.1", "x:3: 'vip' comes before all steps"),
        ("hosts a=1\nthaw a b", "x:2: 'b' is too much"),
        ("hosts a=1\nvip 10.0.0.1 priorities a=1 b=2", "x:2: 'b=2' is no host and its priority"),
        (
            "hosts a=1\nvip 10.0.0.1\nexpect a V2 master",
            "x:3: 'V2' is none of master, backup, fault, stopped, holding, empty"
        ),
        ("", "x:1: there are no hosts"),
    ])
    func whatIsWrongIsSaidWithItsPlace(_ text: String, _ message: String) {
        do {
            _ = try ScenarioParser.parse(text, file: "x")
            Issue.record("it was understood")
        } catch {
            #expect("\(error)" == message)
        }
    }

    /// What a random run prints can be read and does the same.
    @Test(arguments: 1...10) func aRandomRunIsAScenario(seed: UInt64) throws {
        let run = RandomRun(seed: seed, length: .seconds(300))
        let scenario = Scenario(run, paragraph: ["Seed \(seed)."])
        let read = try ScenarioParser.parse(scenario.text, file: "x")
        #expect(read.text == scenario.text)
        #expect(read.cluster.hosts.map(\.configuration) == run.cluster.hosts.map(\.configuration))
    }

    /// What random runs do not have.
    @Test func prioritiesOfOneInstanceArePrinted() throws {
        let text = """
            hosts a=255 b=100
            vip 10.0.0.1 vip 10.0.0.2 on eth1 priorities a=90 b=110
            track script check -60 reverse
            expect a V1 master, b V2 holding
            """
        let scenario = try ScenarioParser.parse(text, file: "x")
        #expect(scenario.cluster.instances.map(\.priorities) == [[255, 100], [90, 110]])
        let read = try ScenarioParser.parse(scenario.text, file: "x")
        #expect(read.text == scenario.text)
        #expect(read.cluster == scenario.cluster)
    }

    @Test func aFailureIsCutDownToItsCause() throws {
        var run = RandomRun(seed: 3, length: .seconds(200))
        run.sabotage = [.leasesAreForever]
        run.cluster.lease = "auto"
        // One cause among many acts that are none.
        let end = run.acts.map(\.time).max() ?? .zero
        for host in run.cluster.names.indices {
            run.acts.append(
                PlannedAct(time: end + .seconds(10), act: .kill(host: host, DaemonPart.allCases)))
        }
        let short = try #require(Shrinker.shrink(run))
        #expect(short.violation.rule == "lease")
        #expect(short.run.acts.count <= 3)
        #expect(short.run.cluster.instances.count == 1)
    }
}
