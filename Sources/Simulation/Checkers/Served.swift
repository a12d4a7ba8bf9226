// Where a host could serve an address, some host that it hears has it: after a down interval and 0.7 s at the latest,
// counted from the last disturbance.

import Election

package struct Served: Checker {
    package let rule = "served"
    private var stretches: PartStretches

    init(_ world: World) { stretches = PartStretches(world) }

    package mutating func observe(_ observation: Observation, _ violations: inout [Violation]) {
        stretches.observe(observation, limit: \.service) { part, router in
            guard part.isDisjoint(with: observation.alive & observation.holders[router]) else { return nil }
            return observation.isRefused(part, router) ? nil : (part & observation.able(router)).first
        } exceeds: { _, router, host, length in
            let name = observation.routers[router].name
            violations.append(
                observation.violation(
                    rule,
                    "nobody serves \(name) for \(length.words), though \(observation.hosts[host].name) could")
            )
        }
    }
}
