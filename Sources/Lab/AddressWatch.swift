// When addresses come to a host and go, by the kernel's own messages.

import Glibc
import Linux
import Synchronization
import Wire

/// Watches a host's addresses until `stop`. Moments are nanoseconds since 1970.
package final class AddressWatch: Sendable {
    package struct Change: Sendable {
        package let moment: Int64
        package let address: IPAddress
        package let isAdded: Bool
    }
    private struct Place: Hashable {
        let address: IPAddress
        let interfaceIndex: Int32
        init(_ held: InterfaceAddress) {
            address = held.address
            interfaceIndex = held.interfaceIndex
        }
    }
    private struct Record {
        /// Held when the watch began.
        var first: [IPAddress] = []
        /// Held now.
        var places: Set<Place> = []
        var changes: [Change] = []
        var isStopping = false
        var isReady = false

        /// A kernel message about an address that is held already, a new lifetime say, is no change.
        mutating func note(_ event: RouteEvent, at moment: Int64) {
            switch event {
            case .addressAdded(let new):
                guard places.insert(Place(new)).inserted else { return }
                changes.append(Change(moment: moment, address: new.address, isAdded: true))
            case .addressRemoved(let old):
                guard places.remove(Place(old)) != nil else { return }
                changes.append(Change(moment: moment, address: old.address, isAdded: false))
            case .linkChanged, .linkRemoved, .routingRemoved, .overflow: return
            }
        }
    }
    private let record = Mutex(Record())

    package init(on host: LabHost) throws {
        let namespace = "/proc/\(host.pid)/ns/net"
        try WorkerThread.start { [self] in
            guard (try? NetworkNamespace.enter(namespace)) != nil, let monitor = try? RouteMonitor(),
                let held = try? RouteSocket().addresses()
            else { return }
            // The moment is taken here: this thread must not wait for a busy host.
            try? Scheduling.setRealtime(priority: 61, limitMicroseconds: UInt.max)
            record.withLock { record in
                record.places = Set(held.map(Place.init))
                record.first = record.places.map(\.address)
                record.isReady = true
            }
            run(monitor)
        }
        try Wait.until(seconds: 5, "cannot watch \(host.name)") { record.withLock { $0.isReady } }
    }

    private func run(_ monitor: RouteMonitor) {
        while !record.withLock({ $0.isStopping }) {
            var poller = pollfd(fd: monitor.raw, events: Int16(POLLIN), revents: 0)
            guard poll(&poller, 1, 50) > 0, let events = try? monitor.next() else { continue }
            let now = RealtimeClock.nanoseconds
            record.withLock { record in
                for event in events { record.note(event, at: now) }
            }
        }
    }

    /// All that has come or gone, in order.
    package var changes: [Change] { record.withLock { $0.changes } }

    /// The first appearance of an address after a moment.
    package func appearance(of address: IPAddress, since moment: Int64) -> Int64? {
        record.withLock { record in
            record.changes.first { $0.isAdded && $0.address == address && $0.moment >= moment }?.moment
        }
    }

    /// How often an address has come or gone.
    package func changes(of address: IPAddress) -> Int {
        record.withLock { $0.changes.count { $0.address == address } }
    }

    package func holds(_ address: IPAddress) -> Bool {
        record.withLock { $0.places.contains { $0.address == address } }
    }

    /// When the address was held; the last stretch has no end if it still is, the first no beginning if it
    /// was when the watch began.
    package func stretches(of address: IPAddress) -> [Range<Int64>] {
        let (first, changes) = record.withLock { record in
            (record.first.count { $0 == address }, record.changes.filter { $0.address == address })
        }
        var stretches: [Range<Int64>] = []
        var count = first
        var begin = Int64.min
        for change in changes {
            count += change.isAdded ? 1 : -1
            if change.isAdded, count == 1 { begin = change.moment }
            if !change.isAdded, count == 0 { stretches.append(begin..<max(begin, change.moment)) }
        }
        return count > 0 ? stretches + [begin..<Int64.max] : stretches
    }

    package func stop() { record.withLock { $0.isStopping = true } }
}
