// `scripts/simulate`: random runs from seeds, as many at a time as there are processors, and what they came to. For
// those who work on Baton; it is not installed.

import ArgumentParser
import Election
import FoundationEssentials
import Glibc
import Simulation

@main
struct Simulate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Let simulated clusters live through random faults.",
        discussion:
            "A run that breaks a rule is printed with the command that repeats it; the exit status is 1.")

    @Option(help: "How many runs.")
    var seeds = 100

    @Option(help: "The first seed.")
    var from: UInt64 = 1

    @Option(help: "Hours for which faults are drawn in each run.")
    var hours = 1.0

    @Option(help: "Begin no run after so many minutes.")
    var minutes: Double?

    @Option(help: "Runs at a time.")
    var jobs = 2

    @Flag(help: "Print what happens in each run.")
    var trace = false

    @Flag(help: "Cut a run that breaks a rule down and print it as a scenario.")
    var shrink = false

    @Option(help: "Play this scenario instead and print its transcript.")
    var scenario: String?

    func run() async throws {
        if let scenario { return try play(scenario) }
        let start = ContinuousClock.now
        var totals = Totals()
        await withTaskGroup(of: RunReport.self) { group in
            var next = from
            let end = from + UInt64(max(seeds, 0))
            for _ in 0..<jobs where next < end {
                add(next, to: &group)
                next += 1
            }
            while let report = await group.next() {
                if next < end, !isOver(since: start) {
                    add(next, to: &group)
                    next += 1
                }
                totals.add(report.outcome)
                for line in report.lines { print(line) }
                fflush(nil)
            }
        }
        print(totals.words(elapsed: ContinuousClock.now - start))
        if totals.violations > 0 { throw ExitCode(1) }
    }

    private func isOver(since start: ContinuousClock.Instant) -> Bool {
        minutes.map { ContinuousClock.now - start >= .seconds($0 * 60) } ?? false
    }

    private func add(_ seed: UInt64, to group: inout TaskGroup<RunReport>) {
        let (length, isTraced, hours, shrinks) = (Duration.seconds(hours * 3600), trace, hours, shrink)
        group.addTask {
            var run = RandomRun(seed: seed, length: length)
            if isTraced { run.detail = .everything }
            let outcome = run.play()
            var lines = isTraced ? [run.cluster.hosts.map(\.configuration).joined(separator: "\n")] : []
            lines += outcome.trace.lines.map(\.description)
            if !outcome.violations.isEmpty {
                lines += outcome.violations.prefix(3).map { "seed \(seed): \($0)" }
                lines.append("repeat it: scripts/simulate --seeds 1 --from \(seed) --hours \(hours) --trace")
                if shrinks, let short = Shrinker.shrink(run) {
                    let paragraph = ["Seed \(seed), cut down: \(short.violation)"]
                    lines.append(Scenario(short.run, paragraph: paragraph).text)
                }
            }
            return RunReport(lines: lines, outcome: outcome)
        }
    }

    private func play(_ file: String) throws {
        guard let octets = try? Data(contentsOf: URL(filePath: file)) else {
            print("cannot read \(file)")
            throw ExitCode(6)
        }
        let text = String(decoding: octets, as: UTF8.self)
        do {
            let run = ScenarioRun.play(try ScenarioParser.parse(text, file: file), file: file)
            print(run.transcript.joined(separator: "\n"))
            for failure in run.failures { print(failure) }
            if !run.failures.isEmpty { throw ExitCode(1) }
        } catch let error as ScenarioError {
            print("\(error)")
            throw ExitCode(5)
        }
    }
}

private struct RunReport: Sendable {
    let lines: [String]
    let outcome: RandomRun.Outcome
}

private struct Totals {
    var runs = 0
    var hostSeconds = 0.0
    var faults = 0
    var violations = 0
    var occurrences = 0
    var longestOutage: Duration = .zero

    mutating func add(_ outcome: RandomRun.Outcome) {
        runs += 1
        hostSeconds += outcome.hostSeconds
        faults += outcome.faults
        violations += outcome.violations.count
        occurrences += outcome.occurrences
        longestOutage = max(longestOutage, outcome.longestOutage)
    }

    func words(elapsed: Duration) -> String {
        let seconds = max(Double(elapsed.nanoseconds) / 1e9, 0.001)
        return """
            \(runs) runs, \(Int(hostSeconds / 3600)) host-hours, \(faults) faults, \(occurrences) occurrences, \
            \(violations) violations; \(Int(seconds)) s, \(Int(hostSeconds / seconds)) host-seconds a second
            """
    }
}
