// Who ought to be able to serve, from what is true of the hosts and not from what their engines believe.

import Configuration
import Control
import Election
import Engine
import Wire

extension Observation {
    /// Nothing that the instance or its group depends on is down. A verdict needs its time; that the ledger learns of it
    /// is another rule's to see.
    func isFree(_ host: SimulatedHost, _ router: Int) -> Bool {
        group(of: router).allSatisfy { member in
            guard host.profiles.indices.contains(member) else { return false }
            return isFree(host, host.profiles[member]) && view(host, member)?.ledger?.fault == nil
                && !isWaiting(host, member)
        }
    }

    /// It waits for the first result of a check, and whoever runs the checks hangs.
    private func isWaiting(_ host: SimulatedHost, _ router: Int) -> Bool {
        view(host, router)?.state == .initialize && host.runner?.isFrozen == true
    }

    private func isFree(_ host: SimulatedHost, _ instance: InstanceProfile) -> Bool {
        guard let link = host.workingLink(on: instance.segment) else { return false }
        // Duplicate address detection of its own address is over.
        let hasSource = host.kernel.addresses.contains {
            $0.isOwn && $0.assigned.interfaceIndex == link.index && !$0.assigned.isTentative
                && $0.assigned.address.family == instance.family
        }
        guard hasSource else { return false }
        return instance.trackers.allSatisfy { tracker in
            tracker.weight != 0 || truth(of: tracker, on: host) != .down
        }
    }

    /// A master whose kernel refuses its address stays master, and nobody serves.
    func isRefused(_ part: HostSet, _ router: Int) -> Bool {
        part.contains { world.hosts[$0].refusesAddresses && view($0, router)?.state == .master }
    }

    /// What a tracker ought to say; nil: it is not looked at here.
    func truth(of tracker: TrackerSettings, on host: SimulatedHost) -> TrackerHealth? {
        func watched(_ kind: WatchKind) -> Int32? {
            host.watched.verdict(kind, tracker.name)?.value
        }
        return switch tracker.kind {
        case .interface, .trackedInterface:
            host.kernel.links.first { $0.name == tracker.name }.map { host.isUp($0) ? .up : .down }
        case .script: watched(.script).map { $0 == 0 ? .down : .up }
        case .process: watched(.process).map { $0 == 0 ? .down : .up }
        case .file: watched(.file).map { .value($0) }
        case .staticEntries: nil
        }
    }
}
