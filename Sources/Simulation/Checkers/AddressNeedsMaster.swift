// A host whose engine runs has an address while it is master, and not otherwise. 50 ms are permitted; after the kernel
// has refused changes, a lease and a second; without a lease the pause until the next try and a second.

import Election

package struct AddressNeedsMaster: Checker {
    package let rule = "address needs master"
    private var without: StretchTable
    private var stray: StretchTable
    private static let limit: Duration = .milliseconds(50)
    /// The longest pause until a removal is tried again.
    private static let retry: Duration = .seconds(10)

    init(_ world: World) {
        without = StretchTable(rows: world.routerCount, columns: world.hosts.count)
        stray = without
    }

    package mutating func observe(_ observation: Observation, _ violations: inout [Violation]) {
        for router in observation.routers.indices {
            let bounds = observation.routers[router].bounds
            for host in observation.hosts {
                guard let view = observation.view(host, router) else { continue }
                let isAlive = observation.alive[host.index] && view.state != nil
                let settled = host.lastRefusal.map { $0 + (bounds.lease ?? Self.retry) + .seconds(1) }
                let begin = settled ?? Timestamp(nanoseconds: .min)
                let strayed = stray[router, host.index].update(
                    isAlive && view.holdsAny && view.state != .master && !host.refusesAddresses,
                    at: observation.now, from: begin, limit: Self.limit)
                if let strayed {
                    violations.append(
                        observation.violation(
                            rule,
                            "\(host.name) has the address of \(view.name) for \(strayed.words) and is"
                                + " \(view.state?.rawValue ?? "nothing")"))
                }
                // What was lost or refused is put back with the next advertisement.
                let missed = without[router, host.index].update(
                    observation.sound[host.index] && view.isMaster && !view.holdsAll, at: observation.now,
                    from: max(begin, observation.world.disturbed[host.index]),
                    limit: bounds.interval + .milliseconds(200))
                guard let missed else { continue }
                violations.append(
                    observation.violation(
                        rule, "\(host.name) is master of \(view.name) without its address for \(missed.words)"
                    )
                )
            }
        }
    }
}
