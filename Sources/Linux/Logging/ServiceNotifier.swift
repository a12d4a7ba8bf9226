// The service manager's notification protocol (sd_notify): datagrams of NAME=value lines to the
// socket that NOTIFY_SOCKET names, a path or an abstract name. Without one, everything is a no-op.

import Glibc

/// Tells the service manager how the daemon is.
package final class ServiceNotifier {
    private let path: String?
    /// How often the service manager wants to hear `watchdog`, at least, in nanoseconds; nil: not at all.
    /// Half of it is a good interval.
    package let watchdogInterval: Int64?

    /// Reads NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID from the process's environment.
    package convenience init() {
        self.init(
            socketPath: Environment["NOTIFY_SOCKET"], watchdogMicroseconds: Environment["WATCHDOG_USEC"],
            watchdogPID: Environment["WATCHDOG_PID"])
    }

    package init(socketPath: String?, watchdogMicroseconds: String? = nil, watchdogPID: String? = nil) {
        path = socketPath.flatMap { $0.hasPrefix("/") || $0.hasPrefix("@") ? $0 : nil }
        let isMine = watchdogPID.map { Int32($0) == getpid() } ?? true
        let interval = watchdogMicroseconds.flatMap { Int64($0) }.flatMap { $0 > 0 ? $0 : nil }
        watchdogInterval = isMine && path != nil ? interval.map { $0.multipliedClamping(by: 1000) } : nil
    }

    package var isActive: Bool { path != nil }

    /// Start-up is complete; also ends a reload.
    package func ready(status: String? = nil) { send(["READY=1"] + statusLine(status)) }
    /// A reload begins; `ready` ends it.
    package func reloading() { send(["RELOADING=1", "MONOTONIC_USEC=\(MonotonicClock.now / 1000)"]) }
    package func stopping(status: String? = nil) { send(["STOPPING=1"] + statusLine(status)) }
    /// One line that the service manager shows to the operator.
    package func status(_ text: String) { send(statusLine(text)) }
    /// The daemon is alive.
    package func watchdog() { send(["WATCHDOG=1"]) }
    /// Another process is the service's main one.
    package func mainProcess(_ pid: Int32) { send(["MAINPID=\(pid)"]) }
    /// The service manager may wait this much longer for the end of the start or stop.
    package func extendTimeout(microseconds: UInt64) { send(["EXTEND_TIMEOUT_USEC=\(microseconds)"]) }

    private func statusLine(_ text: String?) -> [String] {
        guard let text else { return [] }
        return ["STATUS=" + String(decoding: sanitised(text, limit: 2_000), as: UTF8.self)]
    }

    /// Lost if the service manager does not read: the daemon does not wait for it.
    private func send(_ lines: [String]) {
        guard let path, let address = try? SocketAddress(path: path),
            let socket = try? makeSocket(AF_UNIX, SOCK_DGRAM, 0)
        else { return }
        let message = Array(lines.joined(separator: "\n").utf8)
        _ = message.withUnsafeBytes { bytes in
            address.withPointer {
                sendto(socket.raw, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL), $0, $1)
            }
        }
    }
}

extension Int64 {
    fileprivate func multipliedClamping(by factor: Int64) -> Int64 {
        let (value, overflow) = multipliedReportingOverflow(by: factor)
        return overflow ? .max : value
    }
}
