// Nobody storms: within an interval a router sends no more advertisements than ten for each host of the cluster,
// whatever happens. In quiet times it is one.

import Configuration
import Control
import Election
import Wire

package struct AdvertisementRate: Checker {
    package let rule = "advertisement rate"
    package let watchesTraffic = true
    /// By host and instance.
    private struct Window {
        var start = Timestamp(nanoseconds: .min / 2)
        var count = 0
    }
    private let columns: Int
    private var windows: [Window]
    private static let perHost = 10

    init(_ world: World) {
        columns = world.hosts.count
        windows = Array(repeating: Window(), count: world.routerCount * columns)
    }

    package mutating func observe(_ observation: Observation, _ violations: inout [Violation]) {}

    package mutating func sent(
        _ transmission: Transmission, by host: SimulatedHost, _ violations: inout [Violation]
    ) {
        guard let (router, _) = host.sender(of: transmission) else { return }
        let now = host.world.now
        let (profile, place) = (host.profiles[router], router * columns + host.index)
        if now - windows[place].start >= profile.interval { windows[place] = Window(start: now) }
        windows[place].count += 1
        let limit = Self.perHost * columns * max(profile.destinations, 1)
        guard windows[place].count == limit + 1 else { return }
        let words =
            "\(host.name) sends more than \(limit) advertisements of \(profile.name) in \(profile.interval.words)"
        violations.append(Violation(rule: rule, time: now, words: words))
    }
}
