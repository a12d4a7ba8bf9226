// Time as the protocol sees it: nanoseconds of some monotonic clock, handed in by the caller.

/// A moment on a monotonic clock, in nanoseconds since an epoch that only the clock knows.
package struct Timestamp: Sendable, Hashable, Comparable {
    package var nanoseconds: Int64

    package init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

    package static func < (left: Timestamp, right: Timestamp) -> Bool { left.nanoseconds < right.nanoseconds }

    package static func + (moment: Timestamp, span: Duration) -> Timestamp {
        Timestamp(nanoseconds: moment.nanoseconds + span.nanoseconds)
    }

    package static func - (left: Timestamp, right: Timestamp) -> Duration {
        Duration(
            attoseconds: Int128(left.nanoseconds - right.nanoseconds) * Duration.attosecondsPerNanosecond)
    }

    /// The earliest of those that there are; nil: there is none.
    package static func earliest<let count: Int>(_ moments: InlineArray<count, Timestamp?>) -> Timestamp? {
        var earliest: Timestamp?
        for place in moments.indices {
            guard let moment = moments[place] else { continue }
            earliest = earliest.map { min($0, moment) } ?? moment
        }
        return earliest
    }
}

extension Duration {
    /// The whole nanoseconds of this duration, truncated towards zero.
    package var nanoseconds: Int64 { Int64(attoseconds / Self.attosecondsPerNanosecond) }

    fileprivate static let attosecondsPerNanosecond: Int128 = 1_000_000_000

    /// `count` hundredths of a second, VRRPv3's unit (RFC 9568 5.2.7).
    package static func centiseconds(_ count: Int) -> Duration { .milliseconds(count * 10) }

    /// The whole centiseconds of this duration, truncated.
    package var centiseconds: Int { Int(nanoseconds / 10_000_000) }
}
