// With preemption the router with the highest effective priority of a part is its master; a backup does not preempt its
// equal. It may take the preemption delay, a down interval, and three intervals and a second more.

import Configuration
import Election
import Wire

package struct PriorityWins: Checker {
    package let rule = "priority wins"
    private var stretches: PartStretches

    init(_ world: World) { stretches = PartStretches(world) }

    package mutating func observe(_ observation: Observation, _ violations: inout [Violation]) {
        stretches.observe(observation, limit: \.preemption) { part, router in
            Self.usurped(part, router, observation)
        } exceeds: { part, router, host, length in
            guard let master = (part & observation.alive & observation.masters[router]).first else { return }
            let names = observation.hosts.map(\.name)
            violations.append(
                observation.violation(
                    rule,
                    "\(names[master]) is master of \(observation.routers[router].name) for \(length.words),"
                        + " not \(names[host])"))
        }
    }

    /// The host that ought to be master, if another one is in its place.
    private static func usurped(_ part: HostSet, _ router: Int, _ observation: Observation) -> Int? {
        // A host that is not well may be master, too; one whose engine is stopped is none.
        let masters = part & observation.alive & observation.masters[router]
        guard let master = masters.first else { return nil }
        let members = observation.group(of: router)
        let rivals = (part & observation.sound).subtracting(masters)
        guard rivals.contains(where: { observation.outranks($0, master, router) }) else { return nil }
        let able = part & observation.able(router)
        guard let first = able.first else { return nil }
        let best = able.reduce(first) { best, host in
            observation.isBetter(host, than: best, router) ? host : best
        }
        let isClear = able.allSatisfy { host in
            host == best || members.allSatisfy { observation.isBetter(best, than: host, $0) }
        }
        // Members whose priorities cross leave their group without a best host.
        guard isClear, !masters[best],
            members.allSatisfy({ observation.hosts[best].profiles[$0].preempts }),
            members.allSatisfy({ member in masters.allSatisfy { observation.outranks(best, $0, member) } })
        else { return nil }
        return best
    }
}

extension Observation {
    fileprivate func outranks(_ host: Int, _ other: Int, _ router: Int) -> Bool {
        guard let one = view(host, router), let two = view(other, router) else { return false }
        return one.priority > two.priority
    }

    fileprivate func isBetter(_ host: Int, than other: Int, _ router: Int) -> Bool {
        guard let one = view(host, router), let two = view(other, router) else { return false }
        if one.priority != two.priority { return one.priority > two.priority }
        guard let source = one.source, let rival = two.source else { return one.source != nil }
        return source > rival
    }
}
