// The system log: datagrams to /dev/log in the form of RFC 3164 4.1. An own socket rather than the C
// library's, which waits while the log daemon is slow. A log daemon that was restarted is found again
// with the next line.

import CLinux
import Glibc

/// Writes to the system log. Lines that the log daemon does not take are counted and dropped; the next one
/// that it takes is preceded by their number.
package final class SyslogSink: LogSink {
    private let path: String
    private let facility: Int32
    private let ident: String
    private var descriptor: Descriptor?
    private var unreported = 0
    /// Lines lost since the start.
    package private(set) var dropped = 0

    /// What log daemons commonly take, with room for the head.
    private static let limit = 8000

    /// `facility` is LOG_DAEMON's number shifted as in <syslog.h>: 3 << 3.
    package init(ident: String, facility: Int32 = 3 << 3, path: String = "/dev/log") {
        self.ident = ident
        self.facility = facility
        self.path = path
    }

    package func write(_ priority: LogPriority, _ text: String) {
        if unreported > 0, deliver(.warning, "\(unreported) log lines were lost") { unreported = 0 }
        guard !deliver(priority, text) else { return }
        unreported += 1
        dropped += 1
    }

    private func deliver(_ priority: LogPriority, _ text: String) -> Bool {
        let head = "<\(facility | priority.rawValue)>\(LocalTime.syslog) \(ident)[\(getpid())]: "
        let line = Array(head.utf8) + LogPriority.clean(text, limit: Self.limit, keepsLines: false)
        if send(line) { return true }
        // Perhaps the log daemon was restarted: a new connection finds the new one.
        descriptor = nil
        return send(line)
    }

    private func send(_ line: [UInt8]) -> Bool {
        if descriptor == nil { descriptor = try? UnixSocket.connectedDatagram(path) }
        guard let descriptor else { return false }
        let flags = Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT)
        return Glibc.send(descriptor.raw, line, line.count, flags) >= 0
    }
}
