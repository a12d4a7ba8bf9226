// systemd's notification protocol (sd_notify(3)): readiness, reloads, the watchdog.

import CLinux
import Glibc

/// Tells the service manager how the service is; does nothing without one.
package struct ServiceNotifier: Sendable {
    private let path: String?
    /// How often the watchdog wants to hear of us, in nanoseconds; nil: never.
    package let watchdogInterval: Int64?

    /// Reads NOTIFY_SOCKET and WATCHDOG_USEC.
    package init() {
        path = Environment["NOTIFY_SOCKET"]
        let micros = Environment["WATCHDOG_USEC"].flatMap { Int64($0) }
        let isOurs = Environment["WATCHDOG_PID"].map { Int32($0) == getpid() } ?? true
        watchdogInterval = isOurs ? micros.map { $0 * 1_000 } : nil
    }

    /// `READY=1`, `RELOADING=1`, `STOPPING=1`, `WATCHDOG=1`, `STATUS=…`; several by newlines.
    package func notify(_ state: String) {
        guard let path, let descriptor = try? UnixSocket.connectedDatagram(path) else { return }
        let octets = Array(state.utf8)
        _ = send(descriptor.raw, octets, octets.count, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
    }
}
