// Nobody storms: within an interval a router sends no more advertisements than ten for each host of the cluster,
// whatever happens. In quiet times it is one.

import Configuration
import Control
import Election
import Wire

package struct AdvertisementRate: Checker {
    package let rule = "advertisement rate"
    private struct Window {
        let host: Int
        let vrid: UInt8
        let isIPv6: Bool
        var start: Timestamp
        var count = 0
    }
    private var windows: [Window] = []
    private static let perHost = 10

    package mutating func observe(_ observation: Observation, _ violations: inout [Violation]) {}

    package mutating func sent(
        _ transmission: Transmission, by host: SimulatedHost, _ violations: inout [Violation]
    ) {
        guard transmission.message.count > 2 else { return }
        let (vrid, isIPv6) = (transmission.message[1], transmission.destination.family == .ipv6)
        let now = host.world.now
        let place = windows.firstIndex {
            $0.host == host.index && $0.vrid == vrid && $0.isIPv6 == isIPv6
        }
        guard let place else {
            windows.append(Window(host: host.index, vrid: vrid, isIPv6: isIPv6, start: now, count: 1))
            return
        }
        let instance = host.configuration.instances.first {
            $0.router.vrid == vrid && ($0.router.family == .ipv6) == isIPv6
        }
        let interval = instance?.router.advertisementInterval ?? .seconds(1)
        if now - windows[place].start >= interval {
            windows[place].start = now
            windows[place].count = 0
        }
        windows[place].count += 1
        let copies = instance?.transport.destinations.count ?? 1
        let limit = Self.perHost * host.world.hosts.count * max(copies, 1)
        guard windows[place].count == limit + 1 else { return }
        violations.append(
            Violation(
                rule: rule, time: now,
                words:
                    "\(host.name) sends more than \(limit) advertisements of VRID \(vrid) in \(interval.words)"
            ))
    }
}
