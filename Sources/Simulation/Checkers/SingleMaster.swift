// In a part of the network whose hosts hear each other there is at most one master, a bounded time after the last
// disturbance: three intervals and a second.

import Election

package struct SingleMaster: Checker {
    package let rule = "single master"
    private var stretches: StretchTable

    init(_ world: World) { stretches = StretchTable(rows: world.routerCount, columns: world.hosts.count) }

    package mutating func observe(_ observation: Observation, _ violations: inout [Violation]) {
        for (router, plan) in observation.routers.enumerated() {
            var seen = Array(repeating: false, count: observation.hosts.count)
            for part in observation.parts(of: router, observation.routers) {
                let masters = part.filter {
                    observation.isSound($0) && observation.view($0, router)?.isMaster == true
                }
                guard masters.count > 1, let first = masters.first else { continue }
                seen[first.index] = true
                let length = stretches[router, first.index].update(
                    true, at: observation.now, from: observation.disturbed(part),
                    limit: observation.routers[router].bounds.reunion)
                guard let length else { continue }
                let names = masters.map(\.name).joined(separator: " and ")
                violations.append(
                    observation.violation(
                        rule, "\(names) are both master of \(plan.name) for \(length.words)"))
            }
            for host in seen.indices where !seen[host] {
                _ = stretches[router, host].update(false, at: observation.now, limit: .zero)
            }
        }
    }
}

extension Observation {
    func violation(_ rule: String, _ words: String) -> Violation {
        Violation(rule: rule, time: now, words: words)
    }
}
