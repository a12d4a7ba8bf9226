// The handbook of scenarios with real hosts: every text that the lab can play tells the same story there as in the
// simulation. docs/simulation.md says what that means, and which texts it cannot play.

import Foundation
import Lab
import Simulation
import Testing

@Suite(.serialized) struct ScenarioLabTests {
    @Test(.timeLimit(.minutes(12)), arguments: HandbookScenario.chosen.map(\.file))
    func theSameStory(_ file: String) throws {
        let text = try #require(HandbookScenario.chosen.first { $0.file == file })
        switch try ScenarioPool.shared.outcome(of: file) {
        case .failed(let problem): Issue.record("\(file): \(problem)")
        case .played(let run):
            let comparison = StoryComparison(
                simulation: Story(text.scenario.transcript), lab: Story(run.transcript),
                silent: text.silent)
            let greatest = comparison.greatest
            print("\(file): times differ by up to \(greatest.milliseconds) ms (\(greatest.change))")
            let problems = run.failures + comparison.differences
            let circumstances = (["--- lab"] + run.transcript + ["--- logs"] + run.logs).joined(
                separator: "\n")
            if !problems.isEmpty {
                Issue.record("\(problems.joined(separator: "\n"))\n\(circumstances)")
            }
        }
    }
}
