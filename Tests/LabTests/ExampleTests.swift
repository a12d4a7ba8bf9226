// The examples: examples/run brings a whole site up, breaks each part of it, and prints a verdict each time.

import Foundation
import Lab
import Linux
import Testing

@Suite(.serialized) struct ExampleTests {
    private static let script = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appending(path: "examples/run").path

    /// Debian's packages that are not installed here; empty: all are there.
    private static let missing: String = {
        let answer = try? Command.run([script, "--missing"])
        return (answer?.output ?? "examples/run does not start").replacing("\n", with: " ")
    }()

    /// `verdicts`: how many at least; a run that shows less has lost some of its acts.
    @Test(
        .timeLimit(.minutes(8)),
        .enabled(if: missing.isEmpty, "the examples need these packages: \(missing)"),
        arguments: [("nginx-tomcat-redis", 38), ("nginx-tomcat-memcached", 48)])
    func theSessionSurvivesTheLossOfEachPart(_ name: String, verdicts: Int) throws {
        // Outages are measured strictly where they are asked for; here a busy machine is no failure.
        let result = try Command.run(
            [Self.script, name, "--batond", Program.baton.path, "--slack", "3"], seconds: 420)
        let lines = result.output.split(separator: "\n")
        print(result.output)
        for line in lines where line.hasPrefix("FAIL") { Issue.record("\(name): \(line)") }
        #expect(result.status.isSuccess, "\(result.status)")
        #expect(lines.count { $0.hasPrefix("PASS") } >= verdicts)
    }
}
