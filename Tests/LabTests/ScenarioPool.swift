// Plays the handbook's scenarios with real hosts, several at the same time, each in networks of its own: most of the time all
// of them wait.

import Foundation
import Lab
import Linux
import Simulation
import Synchronization

/// `BATON_SCENARIOS`: those are played whose number begins with one of these words, or whose name has it. `BATON_SCENARIOS_AT_ONCE`: how many at a time.
enum ScenarioSettings {
    static let words = (Environment["BATON_SCENARIOS"] ?? "all").split(separator: ",").map(String.init)
    static let atOnce = max(1, Environment["BATON_SCENARIOS_AT_ONCE"].flatMap { Int($0) } ?? 10)
}

/// A text of the handbook.
struct HandbookScenario: Sendable {
    let file: String
    let scenario: Scenario

    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(
        path: "../SimulationTests/Scenarios")

    static let all: [HandbookScenario] = {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return names.filter { $0.hasSuffix(".scenario") }.sorted().compactMap { file in
            guard let text = try? String(contentsOf: folder.appending(path: file), encoding: .utf8),
                let scenario = try? ScenarioParser.parse(text, file: file)
            else { return nil }
            return HandbookScenario(file: file, scenario: scenario)
        }
    }()

    /// Those that the lab can play.
    static let playable = all.filter { $0.scenario.labObstacle == nil }

    /// `08-10-`.
    private static let numberLength = 6

    static let chosen = playable.filter { text in
        ScenarioSettings.words.contains {
            $0 == "all" || text.file.hasPrefix($0) || text.file.dropFirst(numberLength).contains($0)
        }
    }

    /// Hosts whose last words in the log say nothing of their instances.
    var silent: Set<String> {
        let pairs = zip(scenario.cluster.names, scenario.cluster.behaviours)
        return Set(pairs.filter { $0.1 != .baton }.map(\.0))
    }

    /// Whole seconds that it takes.
    var seconds: Int {
        Int(scenario.transcript.last?.prefix { $0 != "." } ?? "") ?? 0
    }
}

final class ScenarioPool: Sendable {
    enum Outcome: Sendable {
        case played(LabRun)
        case failed(String)
    }
    private struct Record {
        var waiting: [HandbookScenario]
        var outcomes: [String: Outcome] = [:]
    }
    private let record: Mutex<Record>
    private let count: Int

    /// Begins with those that take longest.
    static let shared = ScenarioPool(HandbookScenario.chosen.sorted { $0.seconds < $1.seconds })

    private init(_ scenarios: [HandbookScenario]) {
        record = Mutex(Record(waiting: scenarios))
        count = scenarios.count
        for _ in 0..<min(ScenarioSettings.atOnce, scenarios.count) { startPlaying() }
    }

    private func startPlaying() { try? WorkerThread.start(stackBytes: 8 << 20) { [self] in playNext() } }

    private func playNext() {
        // What is started from this thread inherits it: a host of its own would not share its processors with other work.
        try? Scheduling.setNiceness(-15)
        while let next = record.withLock({ $0.waiting.popLast() }) {
            let outcome: Outcome
            do {
                outcome = .played(
                    try LabRun.play(next.scenario, file: next.file, batond: Program.baton.path))
            } catch {
                outcome = .failed("\(error)")
            }
            record.withLock { $0.outcomes[next.file] = outcome }
        }
    }

    /// Plays it when all others have ended.
    func playAgain(_ scenario: HandbookScenario) throws -> Outcome {
        try Wait.until(seconds: 600, "the others do not end") {
            record.withLock { $0.outcomes.count == count }
        }
        record.withLock {
            $0.outcomes[scenario.file] = nil
            $0.waiting.append(scenario)
        }
        startPlaying()
        return try outcome(of: scenario.file)
    }

    /// Waits for it.
    func outcome(of file: String) throws -> Outcome {
        try Wait.value(seconds: 600, "\(file) is not played") { record.withLock { $0.outcomes[file] } }
    }
}
