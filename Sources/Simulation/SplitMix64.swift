// The only source of chance in a simulation: Steele, Lea and Flood's SplitMix64. Its numbers are the same on every
// machine, and so is what is drawn with it: nothing of the standard library's own drawing is used.

import Election

/// A sequence of numbers that a seed determines.
package struct SplitMix64: Sendable {
    private var state: UInt64

    package init(seed: UInt64) { state = seed }

    package mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }

    /// 0..<bound; zero if `bound` is zero.
    package mutating func number(below bound: Int) -> Int {
        Int(next().multipliedFullWidth(by: UInt64(clamping: bound)).high)
    }

    package mutating func number(in range: ClosedRange<Int>) -> Int {
        range.lowerBound + number(below: range.upperBound - range.lowerBound + 1)
    }

    package mutating func duration(in range: ClosedRange<Duration>) -> Duration {
        let (low, high) = (range.lowerBound.nanoseconds, range.upperBound.nanoseconds)
        return .nanoseconds(low + Int64(number(below: Int(high - low) + 1)))
    }

    /// True so many times in a thousand.
    package mutating func happens(_ permille: Int) -> Bool { number(below: 1000) < permille }

    /// Nil: there is none.
    package mutating func element<Element>(of list: [Element]) -> Element? {
        list.isEmpty ? nil : list[number(below: list.count)]
    }

    /// A generator of its own, so that what is drawn from it does not move what is drawn from this one.
    package mutating func fork() -> SplitMix64 { SplitMix64(seed: next()) }
}
