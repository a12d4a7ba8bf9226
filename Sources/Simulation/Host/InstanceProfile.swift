// What the checkers need to know of an instance, taken from the configuration once: they ask many times a second.

import Configuration
import Control
import Election
import Wire

struct InstanceProfile {
    let name: String
    let vrid: UInt8
    let family: AddressFamily
    let interval: Duration
    let preempts: Bool
    let trackers: [TrackerSettings]
    let segment: Int
    /// All that goes with the state.
    let addresses: [IPAddress]
    /// Packets of one advertisement.
    let destinations: Int
    /// Of this host alone.
    let bounds: Bounds
}

extension SimulatedHost {
    /// Which instance sends an advertisement, and with which priority; nil: it is none.
    func sender(of transmission: Transmission) -> (instance: Int, priority: UInt8)? {
        guard transmission.message.count > 2 else { return nil }
        let (vrid, family) = (transmission.message[1], transmission.destination.family)
        let place = profiles.firstIndex { $0.vrid == vrid && $0.family == family }
        return place.map { ($0, transmission.message[2]) }
    }

    func makeProfiles() -> [InstanceProfile] {
        configuration.instances.enumerated().map { place, instance in
            InstanceProfile(
                name: instance.name, vrid: instance.router.vrid, family: instance.router.family,
                interval: instance.router.advertisementInterval, preempts: instance.router.preempts,
                trackers: instance.router.trackers, segment: segment(of: instance.interface) ?? 0,
                addresses: instance.allAddresses.map(\.address),
                destinations: instance.transport.destinations.count, bounds: Bounds([self], place))
        }
    }
}
