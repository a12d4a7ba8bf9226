// What the rules about a part of the network have in common: a condition of a router in a part, charged to one of its
// hosts, that may last for a while after the part was last disturbed.

import Election

struct PartStretches {
    private var stretches: StretchTable
    /// By router: who is charged with something.
    private var charged: [HostSet]

    init(_ world: World) {
        stretches = StretchTable(rows: world.routerCount, columns: world.hosts.count)
        charged = Array(repeating: HostSet(), count: world.routerCount)
    }

    /// `charge`: the host of the part that the condition is charged to; nil: it does not hold there. Of a stretch that
    /// is longer than its bound the host and the length are handed on, once.
    mutating func observe(
        _ observation: Observation, limit: KeyPath<Bounds, Duration>,
        charge: (_ part: HostSet, _ router: Int) -> Int?,
        exceeds: (_ part: HostSet, _ router: Int, _ host: Int, _ length: Duration) -> Void
    ) {
        for router in observation.routers.indices {
            var seen = HostSet()
            for part in observation.parts[router] {
                guard let host = charge(part, router) else { continue }
                seen[host] = true
                let length = stretches[router, host].update(
                    true, at: observation.now, from: observation.disturbed(part),
                    limit: observation.routers[router].bounds[keyPath: limit])
                if let length { exceeds(part, router, host, length) }
            }
            for host in charged[router].subtracting(seen) {
                _ = stretches[router, host].update(false, at: observation.now, limit: .zero)
            }
            charged[router] = seen
        }
    }
}
