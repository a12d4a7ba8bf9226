// The oracle of the chaos runs on small stories: what it excuses, and what it does not.

import Testing

@Suite struct ChaosOracleTests {
    private static let second: Int64 = 1_000_000_000
    private static let settings = ChaosMode.classic.settings

    private static func spans(_ ranges: [ClosedRange<Double>]) -> Spans {
        Spans(ranges.map { Int64($0.lowerBound * 1e9)..<Int64($0.upperBound * 1e9) })
    }

    /// Healthy from the beginning, but for what the arguments say.
    private static func host(
        holds: [ClosedRange<Double>] = [], engineOff: [ClosedRange<Double>] = [],
        guardOff: [ClosedRange<Double>] = [], unplugged: [ClosedRange<Double>] = [],
        isolated: [ClosedRange<Double>] = [], reloads: [Int64] = []
    ) -> HostRecord {
        HostRecord(
            holds: spans(holds), engineRuns: spans(engineOff).inverse, guardRuns: spans(guardOff).inverse,
            guardExists: .always, isWanted: .always, isUnplugged: spans(unplugged),
            isIsolated: spans(isolated), reloads: reloads.map { $0 * second })
    }

    struct Story: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let hosts: [HostRecord]
        var separation: [ClosedRange<Double>] = []
        let verdict: [ChaosViolation.Rule]
    }

    /// The window is from 0 to 100 s. The third host is a backup all the time.
    static let stories: [Story] = [
        Story(testDescription: "one holder", hosts: [host(holds: [0...100]), host()], verdict: []),
        Story(
            testDescription: "a pause of a down interval", hosts: [host(holds: [0...10, 14...100]), host()],
            verdict: []),
        Story(
            testDescription: "a longer one, for three able hosts",
            hosts: [host(holds: [0...10, 15...100]), host()], verdict: [.none, .none, .none]),
        Story(
            testDescription: "a longer one with a reload within",
            hosts: [
                host(holds: [0...10, 15...100], reloads: [11]),
                host(engineOff: [0...12], guardOff: [0...12]),
            ], verdict: [.none]),
        Story(
            testDescription: "an isolated host does not help the others",
            hosts: [host(holds: [0...100], isolated: [10...20]), host()], verdict: [.none, .none]),
        Story(
            testDescription: "make before break", hosts: [host(holds: [0...10.04]), host(holds: [10...100])],
            verdict: []),
        Story(
            testDescription: "both for too long", hosts: [host(holds: [0...10.06]), host(holds: [10...100])],
            verdict: [.both]),
        Story(
            testDescription: "both in two parts", hosts: [host(holds: [0...100]), host(holds: [10...20.9])],
            separation: [6...20], verdict: []),
        Story(
            testDescription: "both after they have met again",
            hosts: [host(holds: [0...100]), host(holds: [10...21.3])], separation: [6...20], verdict: [.both]),
        Story(
            testDescription: "until the lease ends",
            hosts: [host(holds: [0...13.4], engineOff: [10...100]), host(holds: [12...100])], verdict: []),
        Story(
            testDescription: "beyond the lease",
            hosts: [
                host(holds: [0...14], engineOff: [10...100], guardOff: [10...100]), host(holds: [13...100]),
            ], verdict: [.stale, .both]),
    ]

    @Test(arguments: stories) func verdicts(_ story: Story) {
        let oracle = ChaosOracle(
            settings: Self.settings, hosts: story.hosts + [Self.host()],
            separations: [Self.spans(story.separation), Spans(), Spans()], window: 0..<100 * Self.second)
        #expect(oracle.violations.map(\.rule) == story.verdict, "\(oracle.violations)")
    }

    @Test func spanAlgebra() {
        let (first, second) = (Spans([0..<10, 20..<30]), Spans([5..<25]))
        #expect((first | second).ranges == [0..<30])
        #expect((first & second).ranges == [5..<10, 20..<25])
        #expect((first - second).ranges == [0..<5, 25..<30])
        #expect(first.inverse.inverse == first)
        #expect(Spans().inverse == .always)
        #expect(first.first(from: 12) == 20)
    }

    @Test func aSeedRepeatsItsPlan() {
        let plans = (1...2).map { _ in ChaosPlan(seed: 7, seconds: 600).steps.map(\.description) }
        #expect(plans[0] == plans[1])
        #expect(plans[0] != ChaosPlan(seed: 8, seconds: 600).steps.map(\.description))
    }
}
