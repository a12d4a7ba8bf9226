// `interface_up_down_delays`: a link that changes must stay so for a while before it counts.

import Configuration
import Election

/// Links whose change has not counted yet.
struct LinkDelays {
    var settings: [InterfaceDelay] = []
    /// In the order of the changes.
    private var pending: [(index: Int32, isUp: Bool, due: Timestamp)] = [] {
        didSet { nextDeadline = pending.map(\.due).min() }
    }
    private(set) var nextDeadline: Timestamp?

    /// True: the change counts at once. A change back cancels one that waits.
    mutating func admit(_ index: Int32, name: String, isUp: Bool, counted: Bool, at now: Timestamp) -> Bool {
        guard let delay = settings.first(where: { $0.interface == name }) else { return true }
        let wait = isUp ? delay.up : delay.down
        // Said again, it does not begin again.
        if isUp != counted, pending.contains(where: { $0.index == index && $0.isUp == isUp }) { return false }
        pending.removeAll { $0.index == index }
        guard isUp != counted, wait > .zero else { return true }
        pending.append((index, isUp, now + wait))
        return false
    }

    /// The links whose change counts from now on.
    mutating func due(at now: Timestamp) -> [(index: Int32, isUp: Bool)] {
        guard let nextDeadline, nextDeadline <= now else { return [] }
        let due = pending.filter { $0.due <= now }.map { ($0.index, $0.isUp) }
        pending.removeAll { $0.due <= now }
        return due
    }

    mutating func forget(_ index: Int32) { pending.removeAll { $0.index == index } }
}
