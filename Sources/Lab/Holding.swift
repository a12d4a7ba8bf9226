// Who of several hosts held an address when: for how long it was on two of them, and on none.

/// The stretches of time in which each host held an address. Moments are nanoseconds since 1970.
package struct Holding: Sendable {
    private let stretches: [Range<Int64>]

    package init(_ hosts: [[Range<Int64>]]) { stretches = hosts.flatMap { $0 } }

    private func holders(at moment: Int64) -> Int { stretches.count { $0.contains(moment) } }

    /// Milliseconds of a window in which a number of hosts held the address.
    package func milliseconds(in window: Range<Int64>, where matches: (_ holders: Int) -> Bool) -> Double {
        let edges = stretches.flatMap { [$0.lowerBound, $0.upperBound] }.filter(window.contains)
        let moments = ([window.lowerBound] + edges + [window.upperBound]).sorted()
        let nanoseconds = zip(moments, moments.dropFirst()).reduce(Int64(0)) { sum, segment in
            matches(holders(at: segment.0)) ? sum + segment.1 - segment.0 : sum
        }
        return Double(nanoseconds) / 1e6
    }
}
