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

    /// By instance; one that had not begun, or of which something unknown was told, has none.
    fileprivate var states: [String: FormerState] {
        Dictionary(standings.map { ($0.instance, FormerState(rawValue: $0.state)) }) { $1 }.compactMapValues(
            \.self)
    }
}

extension Engine {
    /// Instances that a former engine was master of go on as master; the others as what they were.
    func resume() {
        guard resumption.isRespawn else { return }
        let states = resumption.states
        let willed = Set(resumption.wills.map(\.instance))
        var standings: [(id: RouterID, state: FormerState)] = []
        for instance in instances {
            let will = formerWill(of: instance)
            if let will {
                removeLost(will, instance)
            } else if willed.contains(instance.name), !hasRemnant(of: instance.name) {
                host.report(.revokeWill(instance: instance.name))
            }
            // Whoever had the addresses and has no will begins anew.
            let told = states[instance.name]
            let state = will != nil ? told ?? .master : told?.isHolder == true ? nil : told
            guard let state else { continue }
            standings.append((instance.router, state))
            host.log(.notice, "(\(instance.name)) goes on as \(state.words)")
        }
        perform { node.resume(standings, at: host.now, into: &$0) }
        settleSoon()
    }

    /// The wills of masters. That of a backup is of what the kernel has not removed: leftovers.
    func heldWills(_ former: Resumption) -> [LastWill] {
        let states = former.states
        return former.wills.filter { states[$0.instance]?.isHolder ?? true }
    }

    /// A former engine was master of it, and it is still the same virtual router: what it held is not a leftover.
    func formerWill(of instance: Instance) -> LastWill? {
        guard let will = formerWills[instance.name] else { return nil }
        let isSame =
            will.farewells.isEmpty || will.farewells.contains { $0.interfaceIndex == instance.sendingIndex }
        return isSame && will.vrid == instance.configuration.router.vrid ? will : nil
    }

    /// The configuration was changed before the crash: what it does not hold any more goes.
    private func removeLost(_ will: LastWill, _ instance: Instance) {
        let wanted = Set(held(of: instance))
        let lost = will.addresses.filter { !wanted.contains($0) }
        remove(
            lost.map {
                AddressProgram(
                    operation: .remove, interfaceIndex: $0.interfaceIndex, address: $0.address,
                    prefixLength: $0.prefixLength, scope: 0, flags: 0)
            }, instance.name)
        let removals = Set(routingRemovals(of: instance))
        host.undo(will.requests.filter { !removals.contains($0) })
    }

    // MARK: Heartbeat

    /// How long the peers wait for an advertisement, but for their skew.
    func patience(of instance: Instance) -> Duration {
        let router = instance.configuration.router
        return router.advertisementInterval * router.downTimerAdvertisements
    }

    /// Half the shortest interval, within bounds: due whenever an instance or its interval has changed.
    func setHeartbeat() {
        let shortest = instances.map(\.configuration.router.advertisementInterval).min() ?? .seconds(1)
        heartbeat = min(max(shortest / 2, .milliseconds(50)), .milliseconds(500))
    }

    func sendHeartbeat() {
        guard options.sendsHeartbeat, hasStarted, (heartbeatDue ?? host.now) <= host.now else { return }
        let now = host.now
        heartbeatDue = now + heartbeat
        host.report(
            .alive(
                moment: now.nanoseconds, beat: heartbeat.nanoseconds, headerSequence: headerSequence,
                stamp: lastStamp))
    }
}

extension FormerState {
    fileprivate var words: String { self == .leaving ? "MASTER that leaves" : rawValue }
}
