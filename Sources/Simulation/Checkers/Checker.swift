// What every checker is: a rule about the cluster that looks at observations, and never at how they came about.

import Control
import Election

/// A rule was broken.
package struct Violation: Sendable, CustomStringConvertible {
    package let rule: String
    package let time: Timestamp
    package let words: String

    package var description: String { "\(time.seconds)  \(rule): \(words)" }
}

/// One rule. It is asked whenever something has changed, and once a second.
package protocol Checker {
    var rule: String { get }
    /// `sent` is called.
    var watchesTraffic: Bool { get }
    mutating func observe(_ observation: Observation, _ violations: inout [Violation])
    /// A notify script begins.
    mutating func ran(_ notice: Notice, on host: SimulatedHost, _ violations: inout [Violation])
    /// An advertisement is sent.
    mutating func sent(
        _ transmission: Transmission, by host: SimulatedHost, _ violations: inout [Violation])
}

extension Checker {
    package var watchesTraffic: Bool { false }

    package mutating func ran(
        _ notice: Notice, on host: SimulatedHost, _ violations: inout [Violation]
    ) {}

    package mutating func sent(
        _ transmission: Transmission, by host: SimulatedHost, _ violations: inout [Violation]
    ) {}
}

/// A condition that may last for a while, but not for longer.
struct Stretch {
    private(set) var since: Timestamp?
    private var isReported = false

    /// The stretch that ends now, or goes on: its length if it is longer than `limit` and was not said before. It does
    /// not begin before `earliest`.
    mutating func update(
        _ holds: Bool, at now: Timestamp, from earliest: Timestamp = Timestamp(nanoseconds: .min),
        limit: Duration
    ) -> Duration? {
        let begin = since.map { max($0, earliest) }
        if holds { since = since ?? now } else { since = nil }
        defer { if !holds { isReported = false } }
        guard let begin, !isReported, now - begin > limit else { return nil }
        isReported = true
        return now - begin
    }
}

/// Stretches by host and instance.
struct StretchTable {
    private let columns: Int
    private var stretches: [Stretch]

    init(rows: Int, columns: Int) {
        self.columns = columns
        stretches = Array(repeating: Stretch(), count: rows * columns)
    }

    subscript(row: Int, column: Int) -> Stretch {
        get { stretches[row * columns + column] }
        set { stretches[row * columns + column] = newValue }
    }
}
