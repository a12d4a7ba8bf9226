// Random faults on three hosts, and an oracle that follows who holds the address. docs/failover.md says how to repeat a run.

import Foundation
import Glibc
import Lab
import Linux
import Testing

/// `BATON_CHAOS_SECONDS` of faults for each mode, drawn from `BATON_SEED`; `BATON_CHAOS_MODES`, a list of `classic` and
/// `fast`, for some of the modes.
enum ChaosSettings {
    static let seconds = max(10, Environment["BATON_CHAOS_SECONDS"].flatMap { Int($0) } ?? 30)
    static let seed = Environment["BATON_SEED"].flatMap { UInt64($0) } ?? 1
    static let modes: [ChaosMode] = {
        guard let words = Environment["BATON_CHAOS_MODES"]?.split(separator: ",") else {
            return ChaosMode.allCases
        }
        return ChaosMode.allCases.filter { mode in words.contains { $0 == mode.rawValue } }
    }()
}

@Suite(.serialized) struct ChaosTests {
    @Test(.timeLimit(.minutes(ChaosSettings.seconds / 60 + 3)), arguments: ChaosSettings.modes)
    func someoneHoldsTheAddressAndNobodyElse(_ mode: ChaosMode) throws {
        let run = try ChaosRun(mode)
        defer { run.stage.close() }
        try run.perform()
        let oracle = run.judge()
        run.report(oracle)
        for violation in oracle.violations.prefix(20) {
            Issue.record("\(violation)\n\(run.circumstances(of: violation))")
        }
        #expect(run.end == [true, false, false], "10 s after everything was healed\n\(run.tails)")
    }
}

/// One run, from the start of the daemons until all is well again.
final class ChaosRun {
    let stage: ChaosStage
    private let mode: ChaosMode
    private let plan: ChaosPlan
    private var begin: Int64 = 0
    private var finish: Int64 = 0
    /// Milliseconds until the highest priority held the address alone after everything was healed.
    private var healing = 0.0
    private(set) var end: [Bool] = []

    init(_ mode: ChaosMode) throws {
        self.mode = mode
        plan = ChaosPlan(seed: ChaosSettings.seed, seconds: Double(ChaosSettings.seconds))
        stage = try ChaosStage(mode)
        print("chaos \(mode): \(command)")
        for step in plan.steps { print("  \(step)") }
        fflush(nil)
    }

    private var command: String {
        "BATON_CHAOS_MODES=\(mode) BATON_CHAOS_SECONDS=\(ChaosSettings.seconds) BATON_SEED=\(ChaosSettings.seed)"
            + " swift test --no-parallel --filter ChaosTests"
    }

    private static let wanted = [true, false, false]

    func perform() throws {
        try stage.startAll()
        try Wait.until(seconds: 10, "lb1 should hold the address alone\n\(tails)") {
            stage.holders == Self.wanted
        }
        begin = RealtimeClock.nanoseconds
        for step in plan.steps {
            try advance(to: step.moment)
            try stage.perform(step)
        }
        try advance(to: Double(ChaosSettings.seconds))
        try stage.heal()
        let healed = RealtimeClock.nanoseconds
        try? Wait.until(seconds: 10, "") { stage.holders == Self.wanted }
        healing = Double(RealtimeClock.nanoseconds - healed) / 1e6
        end = stage.holders
        finish = RealtimeClock.nanoseconds
    }

    private func advance(to moment: Double) throws {
        let due = begin + Int64(moment * 1e9)
        repeat {
            try stage.attend()
            usleep(UInt32(clamping: min(10_000, max(0, (due - RealtimeClock.nanoseconds) / 1000))))
        } while RealtimeClock.nanoseconds < due
    }

    func judge() -> ChaosOracle {
        ChaosOracle(
            settings: mode.settings, hosts: stage.records, separations: stage.separated,
            window: begin..<finish)
    }

    // MARK: Reports

    /// One line for docs/failover.md.
    func report(_ oracle: ChaosOracle) {
        func text(_ value: Double) -> String { String(format: "%.1f", value) }
        let figures = oracle.figures
        let faults = plan.steps.count { $0.isFault }
        let changes = oracle.hosts.map { $0.holds.ranges.count }.reduce(0, +)
        let words = [
            "\(mode)", "seed \(ChaosSettings.seed)", "\(ChaosSettings.seconds) s", "\(faults) faults",
            "\(changes) times held", "none \(text(figures.none))", "handover \(text(figures.handover))",
            "reunion \(text(figures.reunion))", "overdue \(text(figures.overdue))",
            "stale \(text(figures.stale))", "healed \(text(healing))",
            "\(oracle.violations.count) violations",
        ]
        print(words.joined(separator: " | "))
        fflush(nil)
    }

    private func seconds(_ moment: Int64) -> Double { (Double(moment - begin) / 1e7).rounded() / 100 }

    /// The schedule, the records and the logs around a violation.
    func circumstances(of violation: ChaosViolation) -> String {
        let span = seconds(violation.span.lowerBound)...seconds(violation.span.upperBound)
        let around = (span.lowerBound - 15)...(span.upperBound + 5)
        let steps = plan.steps.filter { around.contains($0.moment) }.map { "  \($0)" }
        let logs = stage.records.indices.map { index in
            "--- lb\(index + 1) holds: \(held(index, around))\n\(log(index, violation.span).joined(separator: "\n"))"
        }
        return ([command, "from \(span.lowerBound) to \(span.upperBound) s"] + steps + logs)
            .joined(separator: "\n")
    }

    private func held(_ index: Int, _ around: ClosedRange<Double>) -> String {
        let record = stage.records[index]
        let window =
            (begin + Int64(around.lowerBound * 1e9))..<(begin + Int64(around.upperBound * 1e9))
        func text(_ spans: Spans) -> String {
            spans.clamped(to: window).ranges.map { "\(seconds($0.lowerBound))–\(seconds($0.upperBound))" }
                .joined(separator: ", ")
        }
        return "\(text(record.holds)); engine: \(text(record.engineRuns)); guard: \(text(record.guardRuns))"
    }

    /// The lines have the local time in whole seconds.
    private func log(_ index: Int, _ span: Range<Int64>) -> [Substring] {
        func clock(_ moment: Int64) -> String {
            var (seconds, parts) = (time_t(moment / 1_000_000_000), tm())
            localtime_r(&seconds, &parts)
            return String(format: "%02d:%02d:%02d", parts.tm_hour, parts.tm_min, parts.tm_sec)
        }
        let begin = clock(span.lowerBound - 10_000_000_000)
        let end = clock(span.upperBound + 2_000_000_000)
        return stage.logLines(index).filter { line in
            guard let time = line.firstMatch(of: /\d\d:\d\d:\d\d/)?.output else { return false }
            return String(time) >= begin && String(time) <= end
        }.suffix(60)
    }

    var tails: String {
        (0..<ChaosPlan.hosts).map {
            "--- lb\($0 + 1)\n" + stage.logLines($0).suffix(25).joined(separator: "\n")
        }
        .joined(separator: "\n")
    }
}
