// The members of a sync group on one host are master together, and in fault together. A member that serves until its
// successor is heard counts as neither. 100 ms are permitted.

import Election

package struct GroupsMoveAsOne: Checker {
    package let rule = "groups move as one"
    private var stretches: StretchTable
    private static let limit: Duration = .milliseconds(100)

    init(_ world: World) { stretches = StretchTable(rows: world.routerCount, columns: world.hosts.count) }

    package mutating func observe(_ observation: Observation, _ violations: inout [Violation]) {
        for router in observation.routers.indices {
            let members = observation.group(of: router)
            guard members.count > 1, members.first == router else { continue }
            for host in observation.hosts {
                let length = stretches[router, host.index].update(
                    observation.alive[host.index] && isMixed(members, host, observation), at: observation.now,
                    limit: Self.limit)
                guard let length else { continue }
                let states = members.map { observation.view(host, $0)?.state?.rawValue ?? "-" }
                violations.append(
                    observation.violation(
                        rule, "the members' states on \(host.name) are \(states) for \(length.words)"))
            }
        }
    }

    private func isMixed(_ members: [Int], _ host: SimulatedHost, _ observation: Observation) -> Bool {
        let views = members.compactMap { observation.view(host, $0) }.filter { !$0.isLeaving }
        let states = views.compactMap(\.state)
        guard !states.contains(.initialize), states.count > 1 else { return false }
        let masters = states.count { $0 == .master }
        let faults = states.count { $0 == .fault }
        return (masters > 0 && masters < states.count) || (faults > 0 && faults < states.count)
    }
}
