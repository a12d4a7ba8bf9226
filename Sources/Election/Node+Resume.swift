// A node that goes on where an earlier process of the daemon stood when it died a moment ago: the peers notice nothing,
// and nobody is told of changes that did not happen.

import Wire

/// Where an earlier process of the daemon left a router, as the guard is told.
package enum FormerState: String, Sendable, Hashable {
    case backup = "BACKUP"
    case master = "MASTER"
    /// Master by name; its peers had been told that it leaves.
    case leaving = "LEAVING"
    case fault = "FAULT"

    /// It had the addresses.
    package var isHolder: Bool { self == .master || self == .leaving }
}

extension Node {
    /// Puts routers that have not been started into these states. Trackers and own addresses SHOULD have been reported
    /// before. Only a state that the trackers do not permit any more is left, in the ordinary way.
    package mutating func resume(
        _ standings: [(id: RouterID, state: FormerState)], at now: Timestamp, into actions: inout [Action]
    ) {
        for standing in standings {
            change(standing.id) { $0.resume(standing.state, at: now, into: &actions) }
        }
        for index in groups.indices {
            if let state = state(of: groups[index].members) { groups[index].state = state }
        }
        for index in groups.indices { settle(index, yielding: nil, at: now, into: &actions) }
    }
}

extension VirtualRouter {
    fileprivate mutating func resume(
        _ former: FormerState, at now: Timestamp, into actions: inout [Action]
    ) {
        guard case .initialize(let initialize) = state, !initialize.isStarting else { return }
        since = now
        switch former {
        case .master, .leaving:
            state = .master(
                MasterState(
                    advertisementDeadline: now + settings.advertisementInterval,
                    refreshDeadline: nextRefresh(after: now), nextLosingBurst: now))
            if former == .leaving {
                // Not as master: the rest of its sync group may have left already.
                append(.installAddresses, to: &actions)
                leave(.wasLeaving, lingers: true, isStopping: false, at: now, into: &actions)
            } else {
                advertise(priority, into: &actions)
                append(.installAddresses, to: &actions)
                append(.announce(copies: 1), to: &actions)
            }
            reconsiderFault(at: now, into: &actions)
        case .backup:
            // The master's interval, learned in v3, is forgotten: it is hardly longer than a second.
            let interval =
                settings.version == .v3
                ? max(settings.advertisementInterval, .seconds(1)) : settings.advertisementInterval
            state = .backup(
                BackupState(
                    masterDownDeadline: now + downInterval(interval),
                    masterInterval: settings.advertisementInterval))
            reconsiderFault(at: now, into: &actions)
        case .fault:
            state = .fault
            reconsiderFault(at: now, into: &actions)
        }
    }
}
