// systemd's notification protocol (sd_notify(3)): readiness, reloads, the watchdog.

import CLinux
import Glibc

/// Tells the service manager how the service is; does nothing without one.
package struct ServiceNotifier: Sendable {
    private let path: String?
    /// How often the watchdog wants to hear of us, in nanoseconds; nil: never.
    package let watchdogInterval: Int64?

    /// Reads NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID.
    package init() {
        self.init(
            socketPath: Environment["NOTIFY_SOCKET"], watchdogMicroseconds: Environment["WATCHDOG_USEC"],
            watchdogPID: Environment["WATCHDOG_PID"])
    }

    /// `socketPath` is a path, or an abstract name with a leading `@`; anything else (`vsock:`) is not for us.
    package init(socketPath: String?, watchdogMicroseconds: String? = nil, watchdogPID: String? = nil) {
        path = socketPath.flatMap { $0.hasPrefix("/") || $0.hasPrefix("@") ? $0 : nil }
        let isOurs = watchdogPID.map { Int32($0) == getpid() } ?? true
        let micros = watchdogMicroseconds.flatMap { Int64($0) } ?? 0
        let isSensible = micros > 0 && micros < Int64.max / 1_000
        watchdogInterval = isOurs && isSensible ? micros * 1_000 : nil
    }

    /// A reload begins: the service manager wants the moment with it. `READY=1` ends it.
    package func notifyReloading() {
        notify("RELOADING=1\nMONOTONIC_USEC=\(MonotonicClock.now / 1_000)")
    }

    /// `READY=1`, `RELOADING=1`, `STOPPING=1`, `WATCHDOG=1`, `STATUS=…`; several by newlines.
    package func notify(_ state: String) {
        guard let path, let descriptor = try? UnixSocket.connectedDatagram(path) else { return }
        let octets = Array(state.utf8)
        _ = send(descriptor.raw, octets, octets.count, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
    }
}
