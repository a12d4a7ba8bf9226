// What the checkers need to know of an instance, taken from the configuration once: they ask many times a second.

import Configuration
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
    func makeProfiles() -> [InstanceProfile] {
        configuration.instances.enumerated().map { place, instance in
            InstanceProfile(
                name: instance.name, vrid: instance.router.vrid, family: instance.router.family,
                interval: instance.router.advertisementInterval, preempts: instance.router.preempts,
                trackers: instance.router.trackers, segment: segment(of: instance.interface) ?? 0,
                addresses: (instance.addresses + instance.excludedAddresses).map(\.address),
                destinations: instance.transport.destinations.count, bounds: Bounds([self], place))
        }
    }
}
