// With preemption the router with the highest effective priority of a part is its master; a backup does not preempt its
// equal. It may take the preemption delay, a down interval, and three intervals and a second more.

import Configuration
import Election
import Wire

package struct PriorityWins: Checker {
    package let rule = "priority wins"
    private var stretches: StretchTable

    init(_ world: World) { stretches = StretchTable(rows: world.routerCount, columns: world.hosts.count) }

    package mutating func observe(_ observation: Observation, _ violations: inout [Violation]) {
        for (router, plan) in observation.routers.enumerated() {
            var seen = Array(repeating: false, count: observation.hosts.count)
            for part in observation.parts(of: router, observation.routers) {
                guard let (best, master) = usurped(part, router, observation) else { continue }
                seen[best.index] = true
                let length = stretches[router, best.index].update(
                    true, at: observation.now, from: observation.disturbed(part),
                    limit: observation.routers[router].bounds.preemption)
                guard let length else { continue }
                violations.append(
                    observation.violation(
                        rule, "\(master.name) is master of \(plan.name) for \(length.words), not \(best.name)"
                    ))
            }
            for host in seen.indices where !seen[host] {
                _ = stretches[router, host].update(false, at: observation.now, limit: .zero)
            }
        }
    }

    /// The host that ought to be master, and the one that is in its place.
    private func usurped(
        _ part: [SimulatedHost], _ router: Int, _ observation: Observation
    ) -> (best: SimulatedHost, master: SimulatedHost)? {
        let able = part.filter { observation.isAble($0, router) }
        guard let first = able.first else { return nil }
        let best = able.dropFirst().reduce(first) { best, host in
            observation.isBetter(host, than: best, router) ? host : best
        }
        let members = observation.group(of: router)
        let isClear = able.allSatisfy { host in
            host === best || members.allSatisfy { observation.isBetter(best, than: host, $0) }
        }
        // Members whose priorities cross leave their group without a best host.
        guard isClear, members.allSatisfy({ best.profiles[$0].preempts }) else {
            return nil
        }
        guard let view = observation.view(best, router), !view.isMaster,
            let master = part.first(where: { observation.view($0, router)?.isMaster == true }),
            // A host that is not well may be master, too.
            members.allSatisfy({ observation.outranks(best, master, $0) })
        else { return nil }
        return (best, master)
    }
}

extension Observation {
    func outranks(_ host: SimulatedHost, _ other: SimulatedHost, _ router: Int) -> Bool {
        guard let one = view(host, router), let two = view(other, router) else { return false }
        return one.priority > two.priority
    }

    func isBetter(_ host: SimulatedHost, than other: SimulatedHost, _ router: Int) -> Bool {
        guard let one = view(host, router), let two = view(other, router) else { return false }
        if one.priority != two.priority { return one.priority > two.priority }
        guard let source = one.source, let rival = two.source else { return one.source != nil }
        return source > rival
    }
}
