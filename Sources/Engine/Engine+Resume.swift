// Going on after a crash: what the guard remembers of a former engine, and the heartbeat that tells a crash from a
// hang.

import Configuration
import Control
import Election

/// What a former engine left when it died.
package struct Resumption: Sendable {
    package var isRespawn = false
    /// What it held.
    package var wills: [LastWill] = []
    package var standings: [Standing] = []
    package var results: [WatchResult] = []
    package var headerSequence: UInt32 = 0
    package var stamp: UInt64 = 0

    package init() {}
}

extension Engine {
    /// Instances that a former engine was master of go on as master; the others as what they were.
    func resume() {
        guard resumption.isRespawn else { return }
        var standings: [(id: RouterID, state: StateName)] = []
        for instance in instances {
            if isResumed(instance) {
                standings.append((instance.router, .master))
            } else if let standing = resumption.standings.first(where: { $0.instance == instance.name }),
                let state = StateName(rawValue: standing.state), state == .backup || state == .fault
            {
                standings.append((instance.router, state))
            }
        }
        for (id, state) in standings {
            guard let place = place(of: id) else { continue }
            host.log(.notice, "(\(instances[place].name)) goes on as \(state.rawValue)")
        }
        perform { node.resume(standings, at: host.now, into: &$0) }
        settleFirewall()
        followClaims()
    }

    /// A former engine was master of it: what it held is not a leftover.
    func isResumed(_ instance: Instance) -> Bool { formerWill(of: instance) != nil }

    func formerWill(of instance: Instance) -> LastWill? {
        resumption.wills.first { $0.instance == instance.name }
    }

    // MARK: Heartbeat

    /// How long the peers wait for an advertisement, but for their skew.
    func patience(of instance: Instance) -> Duration {
        let router = instance.configuration.router
        return router.advertisementInterval * router.downTimerAdvertisements
    }

    /// Half the shortest interval, within bounds.
    private var heartbeat: Duration {
        let shortest = instances.map(\.configuration.router.advertisementInterval).min() ?? .seconds(1)
        return min(max(shortest / 2, .milliseconds(50)), .milliseconds(500))
    }

    func sendHeartbeat() {
        guard options.sendsHeartbeat, hasStarted, (heartbeatDue ?? host.now) <= host.now else { return }
        let beat = heartbeat
        heartbeatDue = host.now + beat
        host.report(.alive(beat: beat.nanoseconds, headerSequence: headerSequence, stamp: lastStamp))
    }
}
