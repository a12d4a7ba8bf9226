// What a report says of its probes.

import Lab
import Testing

@Suite struct ProbeReportTests {
    private static func report(_ probes: [(Int64, Bool)]) -> ProbeReport {
        ProbeReport(
            probes: probes.map { (sent: $0.0 * 1_000_000, isAnswered: $0.1) }, period: 1_000_000)
    }

    /// A prober that was held up says nothing of the time in which it did not ask.
    @Test(
        arguments: [
            ([(0, true), (1, true)], []), ([(0, true), (1, false), (2, true)], [1]),
            ([(0, true), (1, false), (2, false), (3, true), (4, false), (5, true)], [2, 1]),
            ([(0, true), (1, false), (23, true)], [1]),
            ([(0, true), (1, false), (23, false), (24, true)], [23]),
            ([(0, true), (1, false)], []), ([(0, false), (3, false), (4, true)], [4]), ([], []),
        ] as [([(Int64, Bool)], [Double])])
    func gaps(_ probes: [(Int64, Bool)], _ milliseconds: [Double]) {
        let report = Self.report(probes)
        #expect(report.gaps.map(\.milliseconds) == milliseconds)
        #expect(report.longestOutage() == milliseconds.max() ?? 0)
    }

    @Test func pause() {
        #expect(Self.report([(0, true), (1, false), (23, true)]).longestPause == 22)
        #expect(Self.report([(5, true)]).longestPause == 0)
    }
}
