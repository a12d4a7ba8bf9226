// No address is on two hosts that hear each other, whichever instances they have it from: three intervals and a second
// after the last disturbance at the latest.

import Election

struct SplitBrain: Checker {
    let rule = "split brain"
    private let services: [Service]
    private var stretches: [Stretch]

    init(_ services: [Service]) {
        self.services = services
        stretches = services.map { _ in Stretch() }
    }

    mutating func observe(_ observation: Observation, _ violations: inout [Violation]) {
        for (place, service) in services.enumerated() where service.members.count > 1 {
            let holders = service.holders(observation.world).filter { observation.sound[$0] }
            let pair = observation.connected(holders, service)
            let since = pair.map { pair in
                max(observation.world.disturbed[pair.0], observation.world.disturbed[pair.1])
            }
            let length = stretches[place].update(
                pair != nil, at: observation.now, from: since ?? observation.now,
                limit: service.bounds.reunion)
            guard length != nil, let (one, other) = pair else { continue }
            let names = "\(observation.hosts[one].name) and \(observation.hosts[other].name)"
            violations.append(
                observation.violation(
                    rule,
                    "\(names) both hold \(service.subject) for more than \(service.bounds.reunion.words), and are"
                        + " connected"))
        }
    }
}

extension Service {
    /// The hosts that have it now, in order.
    func holders(_ world: World) -> [Int] {
        var hosts: [Int] = []
        for member in members where hosts.last != member.host {
            let host = world.hosts[member.host]
            let isHeld =
                if let address = addresses.first {
                    host.kernel.has(address)
                } else {
                    host.views.indices.contains(member.instance) && host.views[member.instance].isMaster
                }
            if isHeld { hosts.append(member.host) }
        }
        return hosts
    }
}

extension Observation {
    /// The first two of these hosts whose instances could hear each other; nil: none.
    fileprivate func connected(_ holders: [Int], _ service: Service) -> (Int, Int)? {
        for (place, one) in holders.enumerated() {
            for other in holders.dropFirst(place + 1) where isConnected(one, other, service) {
                return (one, other)
            }
        }
        return nil
    }

    private func isConnected(_ one: Int, _ other: Int, _ service: Service) -> Bool {
        let network = world.network
        guard network.carries(from: one, to: other), network.carries(from: other, to: one) else {
            return false
        }
        return [one, other].allSatisfy { host in
            guard let member = service.member(of: host) else { return false }
            return hosts[host].workingLink(on: hosts[host].profiles[member.instance].segment) != nil
        }
    }
}
