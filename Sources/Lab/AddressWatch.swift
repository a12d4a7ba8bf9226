// When addresses appear on a host, by the kernel's own messages.

import Glibc
import Linux
import Synchronization
import Wire

/// Watches a host's addresses until `stop`.
package final class AddressWatch: Sendable {
    private struct Record {
        var added: [(moment: Int64, address: IPAddress)] = []
        var removed: [(moment: Int64, address: IPAddress)] = []
        var isStopping = false
        var isReady = false
    }
    private let record = Mutex(Record())

    package init(on host: LabHost) throws {
        let namespace = "/proc/\(host.pid)/ns/net"
        try WorkerThread.start { [self] in
            guard (try? NetworkNamespace.enter(namespace)) != nil, let monitor = try? RouteMonitor() else {
                return
            }
            record.withLock { $0.isReady = true }
            run(monitor)
        }
        try Wait.until(seconds: 5, "cannot watch \(host.name)") { record.withLock { $0.isReady } }
    }

    private func run(_ monitor: RouteMonitor) {
        while !record.withLock({ $0.isStopping }) {
            var poller = pollfd(fd: monitor.raw, events: Int16(POLLIN), revents: 0)
            guard poll(&poller, 1, 50) > 0, let events = try? monitor.next() else { continue }
            let now = RealtimeClock.nanoseconds
            for event in events {
                if case .addressAdded(let new) = event {
                    record.withLock { $0.added.append((now, new.address)) }
                }
                if case .addressRemoved(let old) = event {
                    record.withLock { $0.removed.append((now, old.address)) }
                }
            }
        }
    }

    /// The first appearance of an address after a moment (nanoseconds since 1970).
    package func appearance(of address: IPAddress, since moment: Int64) -> Int64? {
        record.withLock { $0.added.first { $0.address == address && $0.moment >= moment }?.moment }
    }

    /// How often an address has come or gone.
    package func changes(of address: IPAddress) -> Int {
        record.withLock { record in
            record.added.count { $0.address == address } + record.removed.count { $0.address == address }
        }
    }

    package func stop() { record.withLock { $0.isStopping = true } }
}
