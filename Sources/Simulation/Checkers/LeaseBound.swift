// An address does not outlive its engine for longer than its lease and half a second, whatever else of the daemon is
// alive. Without a lease the guard has to see to it while it is there.

import Election

package struct LeaseBound: Checker {
    package let rule = "lease"
    private var stretches: StretchTable
    private static let slack: Duration = .milliseconds(500)

    init(_ world: World) { stretches = StretchTable(rows: world.routerCount, columns: world.hosts.count) }

    package mutating func observe(_ observation: Observation, _ violations: inout [Violation]) {
        for router in observation.routers.indices {
            for host in observation.hosts {
                guard host.profiles.indices.contains(router), let limit = limit(host, router) else {
                    // Nobody has to see to it; what is there later begins then.
                    _ = stretches[router, host.index].update(false, at: observation.now, limit: .zero)
                    continue
                }
                let isOrphan =
                    observation.keepers[router][host.index] && !observation.alive[host.index]
                    && !host.clock.isAsleep
                let length = stretches[router, host.index].update(
                    isOrphan, at: observation.now, limit: limit + Self.slack)
                guard let length else { continue }
                violations.append(
                    observation.violation(
                        rule,
                        "\(host.name) has the address of \(host.profiles[router].name) for \(length.words) without an engine"
                    ))
            }
        }
    }

    /// Without a lease the guard has to see to it, as long as it is there: within the time that the peers wait.
    private func limit(_ host: SimulatedHost, _ router: Int) -> Duration? {
        let bounds = host.profiles[router].bounds
        if let lease = bounds.lease { return lease }
        let isGuarded = host.plan.behaviour.remembers && host.supervisor?.isFrozen == false
        return isGuarded && !host.refusesAddresses ? bounds.patience : nil
    }
}
