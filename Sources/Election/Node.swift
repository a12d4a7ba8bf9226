// All virtual routers of one host, and when the next of them wants to act. The engine drives it:
// event in, actions out, sleep until `nextDeadline`, tick.

/// The protocol of one host as a value: no clock, no sockets, no randomness.
///
/// The caller MUST perform all appended actions, in order, before the next event, and MUST call `tick`
/// when `nextDeadline` has passed. Moments handed in MUST NOT go back.
package struct Node: Sendable {
    /// Not optional, since asking an optional router for anything copies it. A place that is free keeps its last router.
    var slots: [VirtualRouter] = []
    private var isTaken: [Bool] = []
    private var deadlines = DeadlineHeap()
    /// The sync groups, and to which of them a slot belongs.
    package internal(set) var groups: [SyncGroup] = []
    var groupOfSlot: [Int?] = []

    package init() {}

    /// The earliest moment at which a router wants to act; nil: none does.
    package private(set) var nextDeadline: Timestamp?

    /// The routers in the order of their places.
    package var routers: [VirtualRouter] { slots.filter { has($0.id) } }

    func has(_ id: RouterID) -> Bool { isTaken.indices.contains(id.slot) && isTaken[id.slot] }

    /// Nil: there is no such router (any more).
    package subscript(id: RouterID) -> VirtualRouter? {
        has(id) ? slots[id.slot] : nil
    }

    /// Without a copy of the router. Nil: there is no such router (any more).
    package func state(of id: RouterID) -> StateName? {
        has(id) ? slots[id.slot].state.name : nil
    }

    /// Master, and not about to leave.
    package func isMaster(_ id: RouterID) -> Bool {
        guard has(id), case .master = slots[id.slot].state else { return false }
        return true
    }

    /// Whether it may tell the neighbours that it has the addresses. A better router that was heard may be telling them so
    /// by now, and whoever speaks last is believed.
    package func mayAnnounce(_ id: RouterID) -> Bool {
        guard has(id), case .master(let master) = slots[id.slot].state else { return false }
        return master.challenge == nil
    }

    /// A new router in `initialize`; report its trackers and own address, then `.startup`.
    package mutating func add(_ settings: VirtualRouterSettings, at now: Timestamp) -> RouterID {
        let id = RouterID(slot: isTaken.firstIndex(of: false) ?? slots.count)
        let router = VirtualRouter(id: id, settings: settings, at: now)
        if id.slot == slots.count {
            slots.append(router)
            isTaken.append(true)
        } else {
            slots[id.slot] = router
            isTaken[id.slot] = true
        }
        return id
    }

    /// Forgets a router. It SHOULD have been shut down before: nothing is released here.
    package mutating func remove(_ id: RouterID) {
        guard has(id) else { return }
        isTaken[id.slot] = false
        setDeadline(of: id, nil)
    }

    package mutating func update(
        _ id: RouterID, to settings: VirtualRouterSettings, at now: Timestamp, into actions: inout [Action]
    ) {
        act(id, at: now, into: &actions) { $0.update(settings, at: now, into: &$1) }
    }

    /// Events for a router that is not there are ignored.
    package mutating func handle(
        _ event: Event, for id: RouterID, at now: Timestamp, into actions: inout [Action]
    ) {
        act(id, at: now, into: &actions) { $0.handle(event, at: now, into: &$1) }
    }

    /// Lets every router act whose deadline has passed, each once.
    package mutating func tick(at now: Timestamp, into actions: inout [Action]) {
        while let (deadline, slot) = deadlines.earliest, deadline <= now {
            act(RouterID(slot: slot), at: now, into: &actions) { $0.tick(at: now, into: &$1) }
        }
    }

    /// Lets a router act, and its sync group after it.
    private mutating func act(
        _ id: RouterID, at now: Timestamp, into actions: inout [Action],
        _ body: (inout VirtualRouter, inout [Action]) -> Void
    ) {
        guard let former = state(of: id) else { return }
        change(id) { body(&$0, &actions) }
        guard let group = group(of: id.slot) else { return }
        let next = state(of: id)
        // A member that stops leaves the others alone: they are about to be stopped, or it was removed.
        let isYielding = former == .master && next != .master && next != .initialize
        settle(group, yielding: isYielding ? id : nil, at: now, into: &actions)
    }

    /// The sync group of a slot, by its place in `groups`.
    func group(of slot: Int) -> Int? { groupOfSlot.indices.contains(slot) ? groupOfSlot[slot] : nil }

    /// Changes a router and keeps its deadline in order.
    mutating func change(_ id: RouterID, _ body: (inout VirtualRouter) -> Void) {
        guard has(id) else { return }
        body(&slots[id.slot])
        setDeadline(of: id, slots[id.slot].state.nextDeadline)
    }

    private mutating func setDeadline(of id: RouterID, _ deadline: Timestamp?) {
        deadlines.set(id.slot, deadline)
        nextDeadline = deadlines.earliest?.deadline
    }

    /// Changes a router's counters, for what is counted outside the state machine.
    package mutating func count(_ id: RouterID, _ change: (inout Statistics) -> Void) {
        guard has(id) else { return }
        change(&slots[id.slot].statistics)
    }
}
