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
            let length = stretches[place].update(
                client.unansweredSince != nil && oughtToBeAnswered(client, router, observation),
                at: observation.now,
                from: max(observation.world.lastDisturbance, client.unansweredSince ?? observation.now),
                limit: observation.routers[router].bounds.answer)
            guard let length else { continue }
            violations.append(
                observation.violation(
                    rule, "the client of \(client.address) has had no answer for \(length.words)"))
        }
    }

    /// The client hears everybody, so the network must be in one piece; and somebody in it could serve.
    private func oughtToBeAnswered(_ client: Client, _ router: Int, _ observation: Observation) -> Bool {
        let powered = observation.working[client.segment]
        return observation.parts[router] == [powered]
            && !powered.contains { observation.world.network.isolated[$0] }
            && !observation.able(router).isEmpty
            && !observation.isRefused(powered, router)
    }
}
