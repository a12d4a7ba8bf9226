// How long what may last, from the configurations: the longest that the protocol needs when nothing is in its way.

import Configuration
import Election
import Wire

/// The bounds of one virtual router of the cluster.
struct Bounds: Sendable {
    /// The longest interval that any host has.
    let interval: Duration
    /// A backup hears nobody for that long before it is master.
    let patience: Duration
    let preemptDelay: Duration
    /// The kernel keeps an address for that long without a renewal; nil: for ever, on some host.
    let lease: Duration?
    /// Hosts that are no Baton, or told not to, announce less.
    let isSlowToAnnounce: Bool

    /// Processes start, scripts are believed, reports are late.
    private static let slack: Duration = .milliseconds(600)

    init(_ hosts: [SimulatedHost], _ router: Int) {
        let instances = hosts.compactMap { host in
            host.configuration.instances.indices.contains(router) ? host.configuration.instances[router] : nil
        }
        self.init(
            instances, announcesInBurstsOnly: hosts.contains { $0.plan.behaviour.announcesInBurstsOnly })
    }

    /// `instances`: one for each host that has the router.
    init(_ instances: [InstanceConfiguration], announcesInBurstsOnly: Bool = false) {
        interval = instances.map(\.router.advertisementInterval).max() ?? .seconds(1)
        let longest = interval
        let waits = instances.map { instance in
            Timers.masterDown(
                version: instance.router.version, priority: 1,
                interval: instance.router.version == .v3
                    ? max(longest, .milliseconds(10)) : instance.router.advertisementInterval,
                advertisements: instance.router.downTimerAdvertisements)
        }
        patience = (waits.max() ?? .seconds(4)) + Self.slack
        preemptDelay = instances.map(\.router.preemptDelay).max() ?? .zero
        isSlowToAnnounce =
            instances.contains { $0.router.announcement.lowerPriorityRepeat == 0 }
            || announcesInBurstsOnly
        lease = instances.reduce(Duration?.some(.zero)) { longest, instance in
            guard let longest else { return nil }
            switch instance.lease {
            case .off: return nil
            case .seconds(let seconds): return max(longest, .seconds(Int(seconds)))
            case .automatic:
                let wait =
                    instance.router.advertisementInterval * max(instance.router.downTimerAdvertisements, 2)
                return max(longest, .seconds(max(1, (wait.nanoseconds + 999_999_999) / 1_000_000_000)))
            }
        }
    }

    /// Two masters that hear each other: an advertisement, its answer, and once more if the answer is not sent.
    var reunion: Duration { interval * 3 + .seconds(1) }
    var service: Duration { patience + .milliseconds(100) }
    var preemption: Duration { preemptDelay + patience + interval * 3 + .seconds(1) }
    /// A master is there, and announces itself behind its advertisement.
    var answer: Duration {
        let belief = isSlowToAnnounce ? Client.interval * (Client.patience + 2) : .zero
        return patience + interval * 2 + .seconds(3) + belief
    }
}
