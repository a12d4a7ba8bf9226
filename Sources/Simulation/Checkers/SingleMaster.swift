// In a part of the network whose hosts hear each other there is at most one master, a bounded time after the last
// disturbance: three intervals and a second.

import Election

package struct SingleMaster: Checker {
    package let rule = "single master"
    private var stretches: PartStretches

    init(_ world: World) { stretches = PartStretches(world) }

    package mutating func observe(_ observation: Observation, _ violations: inout [Violation]) {
        stretches.observe(observation, limit: \.reunion) { part, router in
            let masters = part & observation.sound & observation.masters[router]
            return masters.count > 1 ? masters.first : nil
        } exceeds: { part, router, _, length in
            let names = observation.names(part & observation.sound & observation.masters[router])
            violations.append(
                observation.violation(
                    rule,
                    "\(names) are both master of \(observation.routers[router].name) for \(length.words)"))
        }
    }
}
