// The handbook of scenarios with real hosts: every text that the lab can play tells the same story there as in the
// simulation. docs/simulation.md says what that means, and which texts it cannot play.

import Foundation
import Lab
import Simulation
import Testing

@Suite(.serialized) struct ScenarioLabTests {
    /// One that differs is played once more, alone: ten at a time are much for a busy machine.
    @Test(.timeLimit(.minutes(12)), arguments: HandbookScenario.chosen.map(\.file))
    func theSameStory(_ file: String) throws {
        let text = try #require(HandbookScenario.chosen.first { $0.file == file })
        let problems = problems(of: text, try ScenarioPool.shared.outcome(of: file))
        guard !problems.isEmpty else { return }
        print("\(file) is played again: \(problems)")
        let again = self.problems(of: text, try ScenarioPool.shared.playAgain(text))
        if !again.isEmpty { Issue.record("\(again)") }
    }

    /// Empty: the lab tells the same story.
    private func problems(of text: HandbookScenario, _ outcome: ScenarioPool.Outcome) -> String {
        switch outcome {
        case .failed(let problem): return "\(text.file): \(problem)"
        case .played(let run):
            let comparison = StoryComparison(
                simulation: Story(text.scenario.transcript), lab: Story(run.transcript),
                silent: text.silent)
            let greatest = comparison.greatest
            print("\(text.file): times differ by up to \(greatest.milliseconds) ms (\(greatest.change))")
            let problems = run.failures + comparison.differences
            guard !problems.isEmpty else { return "" }
            return (problems + ["--- lab"] + run.transcript + ["--- logs"] + run.logs).joined(
                separator: "\n")
        }
    }

    /// What the lab plays differs from what the simulation has written: the hosts have the other's priorities.
    @Test(.timeLimit(.minutes(2))) func anotherStoryIsNoticed() throws {
        let text = try #require(HandbookScenario.all.first { $0.file == "01-01-two-hosts.scenario" })
        var scenario = text.scenario
        scenario.cluster.instances[0].priorities = [100, 150]
        let run = try LabRun.play(scenario, file: text.file, batond: Program.baton.path)
        let comparison = StoryComparison(
            simulation: Story(text.scenario.transcript), lab: Story(run.transcript))
        #expect(
            run.failures == [
                "01-01-two-hosts.scenario:5: not so: expect a master, b backup, a holding, b empty"
            ])
        #expect(!comparison.differences.isEmpty)
    }

    @Test func whatTheLabCannotDoIsSaid() throws {
        let scenario = try ScenarioParser.parse("hosts a=1\nsleep a", file: "x")
        let error = #expect(throws: LabError.self) {
            try LabRun.play(scenario, file: "x", batond: Program.baton.path)
        }
        #expect(
            error?.description == "x: the lab cannot let a machine sleep: all hosts are one machine")
    }

    /// The table of docs/simulation.md has exactly the scenarios that the lab cannot play, and why.
    @Test func whatCannotBePlayedIsDocumented() throws {
        let url = URL(filePath: #filePath).deletingLastPathComponent().appending(
            path: "../../docs/simulation.md")
        let text = try String(contentsOf: url, encoding: .utf8)
        let documented = text.split(separator: "\n").compactMap { line -> String? in
            let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
            return cells.count == 2 && cells[1].hasPrefix("the lab cannot") ? "\(cells[0]) \(cells[1])" : nil
        }
        let found = HandbookScenario.all.compactMap { text in
            text.scenario.labObstacle.map { "`\(text.file.replacing(".scenario", with: ""))` \($0)" }
        }
        #expect(documented == found)
        #expect(HandbookScenario.all.count == HandbookScenario.playable.count + documented.count)
    }
}
