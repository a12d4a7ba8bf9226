// Looks at the services while a world runs: who has each address, since when nobody answers, for how long two hosts have
// it. What changes is seen at its moment; that a client has learned of a new host, to 10 ms.

import Election

/// One service at a moment.
struct ServiceState: Equatable {
    var holders: [Int] = []
    /// A client's frames reach a host that has the address.
    var isAnswered = false
}

/// What became of a service in a part of a run.
package struct Spell: Sendable, Hashable {
    /// The longest time without an answer, as a client sees it.
    package internal(set) var outage: Duration = .zero
    /// The longest time in which no host had it.
    package internal(set) var unheld: Duration = .zero
    /// All the time in which two hosts or more had it.
    package internal(set) var doubled: Duration = .zero
}

struct ServiceWatch {
    private let services: [Service]
    /// The client's place in the world, by service; nil: there is none.
    private let clients: [Int?]
    private(set) var states: [ServiceState]
    private(set) var spells: [Spell]
    private var last: Timestamp
    private var unansweredSince: [Timestamp?]
    private var unheldSince: [Timestamp?]
    private static let resolution: Duration = .milliseconds(10)

    init(_ cluster: ConfiguredCluster, _ world: World) {
        services = cluster.services
        clients = services.map { service in
            world.clients.firstIndex { $0.address == service.addresses.first }
        }
        states = services.map { _ in ServiceState() }
        spells = services.map { _ in Spell() }
        last = world.now
        unansweredSince = services.map { _ in world.now }
        unheldSince = unansweredSince
    }

    /// Somebody has an address, and its client does not know.
    private var isUnsettled: Bool { states.contains { !$0.isAnswered && !$0.holders.isEmpty } }

    /// What was measured so far is forgotten.
    mutating func begin(at now: Timestamp) {
        spells = services.map { _ in Spell() }
        last = now
        for place in services.indices {
            unansweredSince[place] = states[place].isAnswered ? nil : now
            unheldSince[place] = states[place].holders.isEmpty ? now : nil
        }
    }

    /// Lets the world run and looks on.
    mutating func run(_ world: World, for span: Duration) {
        let end = world.now + span
        look(world)
        while world.now < end {
            let isFine = isUnsettled
            let step = min(end - world.now, isFine ? Self.resolution : .seconds(1))
            _ = world.run(for: step) { world in
                look(world)
                return isUnsettled && !isFine
            }
            look(world)
        }
    }

    private mutating func look(_ world: World) {
        let span = world.now - last
        last = world.now
        for place in services.indices {
            if states[place].holders.count > 1 { spells[place].doubled += span }
            let holders = services[place].holders(world)
            let isAnswered =
                clients[place].map { world.isAnswered($0) } ?? !holders.isEmpty
            states[place] = ServiceState(holders: holders, isAnswered: isAnswered)
            spells[place].outage = max(
                spells[place].outage, Self.length(&unansweredSince[place], !isAnswered, world.now))
            spells[place].unheld = max(
                spells[place].unheld, Self.length(&unheldSince[place], holders.isEmpty, world.now))
        }
    }

    /// How long it has lasted; it begins now, or ends.
    private static func length(_ since: inout Timestamp?, _ holds: Bool, _ now: Timestamp) -> Duration {
        let length = since.map { now - $0 } ?? .zero
        since = holds ? since ?? now : nil
        return length
    }
}

extension World {
    /// A question of this client would be answered now.
    fileprivate func isAnswered(_ place: Int) -> Bool {
        clients[place].mac.map { answers(clients[place], $0) } ?? false
    }
}
