// All virtual routers of one host, and when the next of them wants to act. The engine drives it:
// event in, actions out, sleep until `nextDeadline`, tick.

/// The protocol of one host as a value: no clock, no sockets, no randomness.
///
/// The caller MUST perform all appended actions, in order, before the next event, and MUST call `tick`
/// when `nextDeadline` has passed. Moments handed in MUST NOT go back.
package struct Node: Sendable {
    private var slots: [VirtualRouter?] = []
    private var deadlines = DeadlineHeap()

    package init() {}

    /// The earliest moment at which a router wants to act; nil: none does.
    package var nextDeadline: Timestamp? { deadlines.earliest?.deadline }

    /// The routers in the order of their places.
    package var routers: [VirtualRouter] { slots.compactMap { $0 } }

    /// Nil: there is no such router (any more).
    package subscript(id: RouterID) -> VirtualRouter? {
        slots.indices.contains(id.slot) ? slots[id.slot] : nil
    }

    /// A new router in `initialize`; report its trackers and own address, then `.startup`.
    package mutating func add(_ settings: VirtualRouterSettings, at now: Timestamp) -> RouterID {
        let slot = slots.firstIndex { $0 == nil } ?? slots.count
        if slot == slots.count { slots.append(nil) }
        let id = RouterID(slot: slot)
        slots[slot] = VirtualRouter(id: id, settings: settings, at: now)
        return id
    }

    /// Forgets a router. It SHOULD have been shut down before: nothing is released here.
    package mutating func remove(_ id: RouterID) {
        guard self[id] != nil else { return }
        slots[id.slot] = nil
        deadlines.set(id.slot, nil)
    }

    package mutating func update(
        _ id: RouterID, to settings: VirtualRouterSettings, at now: Timestamp, into actions: inout [Action]
    ) {
        guard self[id] != nil else { return }
        slots[id.slot]?.update(settings, at: now, into: &actions)
        deadlines.set(id.slot, slots[id.slot]?.state.nextDeadline)
    }

    /// Events for a router that is not there are ignored.
    package mutating func handle(
        _ event: Event, for id: RouterID, at now: Timestamp, into actions: inout [Action]
    ) {
        guard self[id] != nil else { return }
        slots[id.slot]?.handle(event, at: now, into: &actions)
        deadlines.set(id.slot, slots[id.slot]?.state.nextDeadline)
    }

    /// Lets every router act whose deadline has passed, each once.
    package mutating func tick(at now: Timestamp, into actions: inout [Action]) {
        while let (deadline, slot) = deadlines.earliest, deadline <= now {
            slots[slot]?.tick(at: now, into: &actions)
            deadlines.set(slot, slots[slot]?.state.nextDeadline)
        }
    }

    /// Changes a router's counters, for what is counted outside the state machine.
    package mutating func count(_ id: RouterID, _ change: (inout Statistics) -> Void) {
        guard slots.indices.contains(id.slot) else { return }
        slots[id.slot]?.count(change)
    }
}

extension VirtualRouter {
    fileprivate mutating func count(_ change: (inout Statistics) -> Void) { change(&statistics) }
}
