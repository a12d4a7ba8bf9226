// The sums behind the table of docs/failover.md: how long two hosts held an address, and how long none did.

import Lab
import Testing

@Suite struct HoldingTests {
    private static let millisecond: Int64 = 1_000_000

    private static func stretch(_ begin: Int64?, _ end: Int64?) -> Range<Int64> {
        (begin.map { $0 * millisecond } ?? .min)..<(end.map { $0 * millisecond } ?? .max)
    }

    struct Story: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let first: [Range<Int64>]
        let second: [Range<Int64>]
        let both: Double
        let none: Double
    }

    /// The window is from 0 to 100 ms.
    static let stories: [Story] = [
        Story(testDescription: "nothing", first: [stretch(nil, nil)], second: [], both: 0, none: 0),
        Story(
            testDescription: "gap", first: [stretch(nil, 20)], second: [stretch(50, nil)], both: 0, none: 30),
        Story(
            testDescription: "overlap", first: [stretch(nil, 50)], second: [stretch(20, nil)], both: 30,
            none: 0),
        Story(
            testDescription: "for ever", first: [stretch(nil, nil)], second: [stretch(90, nil)], both: 10,
            none: 0),
        Story(
            testDescription: "there and back", first: [stretch(nil, 10), stretch(60, nil)],
            second: [stretch(15, 62)], both: 2, none: 5),
        Story(
            testDescription: "before and after", first: [stretch(nil, -5), stretch(110, nil)],
            second: [stretch(-10, 105)], both: 0, none: 0),
        Story(testDescription: "nobody", first: [], second: [], both: 0, none: 100),
    ]

    @Test(arguments: stories) func sums(_ story: Story) {
        let holding = Holding([story.first, story.second])
        let window = 0..<100 * Self.millisecond
        #expect(holding.milliseconds(in: window) { $0 > 1 } == story.both)
        #expect(holding.milliseconds(in: window) { $0 == 0 } == story.none)
    }
}
