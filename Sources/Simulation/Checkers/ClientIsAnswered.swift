// A client is answered again: a down interval, two intervals and three seconds and a half after the last disturbance
// at the latest. Among hosts that do not announce themselves again it may have to ask everybody first: 26 seconds.

import Configuration
import Election

package struct ClientIsAnswered: Checker {
    package let rule = "client is answered"
    private var stretches: [Stretch]

    init(_ world: World) { stretches = Array(repeating: Stretch(), count: world.clients.count) }

    package mutating func observe(_ observation: Observation, _ violations: inout [Violation]) {
        for (place, client) in observation.world.clients.enumerated() {
            guard let router = client.router else { continue }
            // The client hears everybody, so the network must be in one piece.
            let parts = observation.parts(of: router, observation.routers)
            let powered = observation.hosts.filter { $0.workingLink(on: client.segment) != nil }
            let isWhole =
                parts.count == 1 && parts.first?.count == powered.count
                && !powered.contains { observation.world.network.isolated[$0.index] }
            let isServed = observation.hosts.contains { observation.isAble($0, router) }
            let isRefused = observation.isRefused(observation.hosts, router)
            let length = stretches[place].update(
                isWhole && isServed && !isRefused && client.unansweredSince != nil, at: observation.now,
                from: max(
                    observation.disturbed(observation.hosts), client.unansweredSince ?? observation.now),
                limit: observation.routers[router].bounds.answer)
            guard let length else { continue }
            violations.append(
                observation.violation(
                    rule, "the client of \(client.address) has had no answer for \(length.words)"))
        }
    }
}
