// A virtual router under test, with a clock that the test moves.

import Election
import Testing
import Wire

/// One router in a node; collects what it wants done.
struct Rig {
    var node = Node()
    let id: RouterID
    var now = Timestamp(nanoseconds: 1_000_000_000)
    var actions: [Action] = []

    static let own = address("192.0.2.2")
    static let lower = address("192.0.2.1")
    static let higher = address("192.0.2.9")

    init(_ change: (inout VirtualRouterSettings) -> Void = { _ in }) {
        var settings = VirtualRouterSettings(name: "VI_1", vrid: 51, family: .ipv4, version: .v2)
        settings.trackers = [TrackerSettings(kind: .interface, name: "eth0")]
        change(&settings)
        id = node.add(settings, at: now)
    }

    static func address(_ text: String) -> IPAddress {
        IPAddress(text) ?? .unspecified(.ipv4)
    }

    /// A router whose interface is up, in the wanted state.
    static func inState(
        _ state: StateName, _ change: (inout VirtualRouterSettings) -> Void = { _ in }
    ) -> Rig {
        var rig = Rig(change)
        rig.send(.ownAddress(own))
        switch state {
        case .initialize:
            rig.send(.tracker(index: 0, health: .up))
        case .fault:
            rig.send(.tracker(index: 0, health: .down))
            rig.send(.startup)
        case .backup:
            rig.send(.tracker(index: 0, health: .up))
            rig.send(.startup)
        case .master:
            rig.send(.tracker(index: 0, health: .up))
            rig.send(.startup)
            rig.runToDeadline()
        }
        rig.actions = []
        return rig
    }

    mutating func send(_ event: Event) {
        actions = []
        node.handle(event, for: id, at: now, into: &actions)
    }

    mutating func hear(
        _ priority: UInt8, from source: IPAddress = higher, interval: Duration = .seconds(1)
    ) {
        send(.advertisement(HeardAdvertisement(source: source, priority: priority, interval: interval)))
    }

    mutating func advance(_ span: Duration) {
        now = now + span
        actions = []
        node.tick(at: now, into: &actions)
    }

    mutating func runToDeadline() {
        guard let deadline = node.nextDeadline else { return }
        advance(deadline - now)
    }

    var state: State { node[id]?.state ?? .fault }
    var router: VirtualRouter? { node[id] }
    var wait: Duration? { node.nextDeadline.map { $0 - now } }

    /// The actions without notes, in order.
    var deeds: [Action.Kind] {
        actions.map(\.kind).filter { if case .note = $0 { false } else { true } }
    }

    var notes: [Note] {
        actions.compactMap { if case .note(let note) = $0.kind { note } else { nil } }
    }

    /// The priorities that were advertised.
    var advertised: [UInt8] {
        actions.compactMap { if case .advertise(let priority) = $0.kind { priority } else { nil } }
    }
}
