// Renews the lifetimes of addresses on a thread of its own. The kernel changes addresses under a lock that it holds for
// other work too (thousands of interfaces that come and go); who waits for it must not be the one who advertises.

import Glibc
import Synchronization
import Wire

/// Renewals never outlive a decision: after `settle` none of these addresses is renewed any more that was asked for before.
package final class LeaseRenewer: Sendable {
    fileprivate struct Order {
        var changes: [AddressChange] = []
        var isStopped = false
    }
    private let order = Mutex(Order())
    /// Held while the kernel is asked.
    private let socket: Mutex<RouteSocket>
    private let notifier: EventNotifier
    /// Who changes an address waits for so many renewals at most.
    private static let slice = 8

    /// The thread runs until `stop`. It begins with `prepare`: scheduling is not handed down to threads.
    package init(prepare: @escaping @Sendable () -> Void) throws(SystemError) {
        socket = Mutex(try RouteSocket())
        notifier = try EventNotifier()
        try WorkerThread.start { [self] in
            prepare()
            run()
        }
    }

    /// Returns at once. What the kernel refuses it will report as removed. Renewals that have not begun yet are replaced.
    package func renew(_ changes: [AddressChange]) {
        order.withLock { order in
            order.drop(changes)
            order.changes += changes
        }
        notifier.notify()
    }

    /// To be called before these addresses are changed: waits for renewals that the kernel is at, and drops those of these
    /// addresses that wait.
    package func settle(_ changes: [AddressChange]) {
        order.withLock { $0.drop(changes) }
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
            while renewSlice() {}
            guard !order.withLock({ $0.isStopped }) else { return }
        }
    }

    /// False: nothing waits. The order is taken with the socket in hand: between the two nobody could settle.
    private func renewSlice() -> Bool {
        socket.withLock { socket in
            let changes = order.withLock { order in
                defer { order.changes.removeFirst(min(Self.slice, order.changes.count)) }
                return Array(order.changes.prefix(Self.slice))
            }
            guard !changes.isEmpty else { return false }
            _ = socket.perform(changes)
            return true
        }
    }
}

extension LeaseRenewer.Order {
    private struct Place: Hashable {
        let interfaceIndex: Int32
        let address: IPAddress

        init(_ change: AddressChange) {
            interfaceIndex = change.interfaceIndex
            address = change.address
        }
    }

    fileprivate mutating func drop(_ dropped: [AddressChange]) {
        let places = Set(dropped.map(Place.init))
        changes.removeAll { places.contains(Place($0)) }
    }
}
