// Where a host could serve an address, some host that it hears has it: after a down interval and 0.7 s at the latest,
// counted from the last disturbance.

import Election

package struct Served: Checker {
    package let rule = "served"
    private var stretches: StretchTable

    init(_ world: World) { stretches = StretchTable(rows: world.routerCount, columns: world.hosts.count) }

    package mutating func observe(_ observation: Observation, _ violations: inout [Violation]) {
        for (router, plan) in observation.routers.enumerated() {
            var seen = Array(repeating: false, count: observation.hosts.count)
            for part in observation.parts(of: router, observation.routers) {
                guard let able = part.first(where: { observation.isAble($0, router) }) else { continue }
                let isServed = part.contains {
                    observation.isAlive($0) && observation.view($0, router)?.holdsAll == true
                }
                guard !isServed, !observation.isRefused(part, router) else { continue }
                seen[able.index] = true
                let length = stretches[router, able.index].update(
                    true, at: observation.now, from: observation.disturbed(part),
                    limit: observation.routers[router].bounds.service)
                guard let length else { continue }
                violations.append(
                    observation.violation(
                        rule, "nobody serves \(plan.name) for \(length.words), though \(able.name) could"))
            }
            for host in seen.indices where !seen[host] {
                _ = stretches[router, host].update(false, at: observation.now, limit: .zero)
            }
        }
    }
}
