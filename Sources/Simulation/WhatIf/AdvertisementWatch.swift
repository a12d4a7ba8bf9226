// Waits until a host advertises, so that something can happen to it just then: its peers wait longest.

import Control
import Election

final class AdvertisementWatch: Checker {
    let rule = "advertisements"
    let watchesTraffic = true
    /// Whose next advertisement is waited for; nil: nobody's, or it has come.
    var expected: Int?

    func observe(_ observation: Observation, _ violations: inout [Violation]) {}

    func sent(
        _ transmission: Transmission, by host: SimulatedHost, _ violations: inout [Violation]
    ) {
        guard host.index == expected else { return }
        expected = nil
        // The world looks again after this occurrence.
        host.world.isDirty = true
    }
}
