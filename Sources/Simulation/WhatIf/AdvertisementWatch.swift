// Knows when each host has advertised last, so that something can happen to it just then: its peers wait longest.

import Control
import Election

final class AdvertisementWatch: Checker {
    let rule = "advertisements"
    private(set) var last: [Timestamp?]

    init(_ world: World) { last = world.hosts.map { _ in nil } }

    func observe(_ observation: Observation, _ violations: inout [Violation]) {}

    func sent(
        _ transmission: Transmission, by host: SimulatedHost, _ violations: inout [Violation]
    ) {
        last[host.index] = host.world.now
    }
}
