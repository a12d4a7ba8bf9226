// Renews the lifetimes of addresses on a thread of its own. The kernel changes addresses under a lock that it holds for
// other work too (thousands of interfaces that come and go); who waits for it must not be the one who advertises.

import Glibc
import Synchronization
import Wire

/// Renewals never outlive a decision: after `settle` nothing that was asked for before it happens any more.
package final class LeaseRenewer: Sendable {
    private struct Order {
        var changes: [AddressChange] = []
        var isStopped = false
    }
    private let order = Mutex(Order())
    /// Held while the kernel is asked.
    private let socket: Mutex<RouteSocket>
    private let notifier: EventNotifier

    /// The thread runs until `stop`, with the scheduling of the one that makes it.
    package init() throws(SystemError) {
        socket = Mutex(try RouteSocket())
        notifier = try EventNotifier()
        try WorkerThread.start { [self] in run() }
    }

    /// Returns at once. What the kernel refuses it will report as removed. Renewals that have not begun yet are replaced.
    package func renew(_ changes: [AddressChange]) {
        order.withLock { order in
            let places = Set(changes.map(\.place))
            order.changes.removeAll { places.contains($0.place) }
            order.changes += changes
        }
        notifier.notify()
    }

    /// Waits for a renewal that the kernel is at; those that wait are dropped. To be called before addresses are changed.
    package func settle() {
        order.withLock { $0.changes = [] }
        socket.withLock { _ in }
    }

    package func stop() {
        order.withLock { $0.isStopped = true }
        notifier.notify()
    }

    private func run() {
        while true {
            var wanted = pollfd(fd: notifier.raw, events: Int16(POLLIN), revents: 0)
            _ = poll(&wanted, 1, -1)
            notifier.clear()
            guard !order.withLock({ $0.isStopped }) else { return }
            // The order is taken with the socket in hand: between the two nobody could settle.
            socket.withLock { socket in
                let changes = order.withLock { order in
                    defer { order.changes = [] }
                    return order.changes
                }
                if !changes.isEmpty { _ = socket.perform(changes) }
            }
        }
    }
}

extension AddressChange {
    fileprivate struct Place: Hashable {
        let interfaceIndex: Int32
        let address: IPAddress
    }

    fileprivate var place: Place { Place(interfaceIndex: interfaceIndex, address: address) }
}
