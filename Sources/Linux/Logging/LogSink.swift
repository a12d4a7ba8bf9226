// Where log lines go. No sink ever blocks: the engine logs from its only thread.

import CLinux
import Glibc

/// syslog's severities (RFC 5424 6.2.1).
package enum LogPriority: Int32, Sendable {
    case error = 3
    case warning = 4
    case notice = 5
    case info = 6
    case debug = 7
}

/// Takes log lines.
package protocol LogSink: AnyObject {
    func write(_ priority: LogPriority, _ text: String)
}

/// Lines on standard error, each with the local time in front, as keepalived prints on a console.
package final class ConsoleSink: LogSink {
    package init() {}

    package func write(_ priority: LogPriority, _ text: String) {
        let line = "\(LocalTime.console): \(text)\n"
        var octets = Array(line.utf8)
        while !octets.isEmpty {
            let count = Glibc.write(2, octets, octets.count)
            guard count > 0 else { return }
            octets.removeFirst(count)
        }
    }
}

/// The system log through /dev/log, in RFC 3164's form. Lines that the log daemon does not take are
/// counted and dropped.
package final class SyslogSink: LogSink {
    private let path: String
    private let prefixFacility: Int32
    private let ident: String
    private var descriptor: Descriptor?
    package private(set) var dropped = 0

    /// `facility` is LOG_DAEMON's number shifted as in <syslog.h>: 3 << 3.
    package init(ident: String, facility: Int32 = 3 << 3, path: String = "/dev/log") {
        self.ident = ident
        prefixFacility = facility
        self.path = path
    }

    package func write(_ priority: LogPriority, _ text: String) {
        let clean = String(text.map { $0.isNewline ? " " : $0 })
        let line =
            "<\(prefixFacility | priority.rawValue)>\(LocalTime.syslog) \(ident)[\(getpid())]: \(clean)"
        if !send(line) {
            descriptor = nil
            if !send(line) { dropped += 1 }
        }
    }

    private func send(_ line: String) -> Bool {
        if descriptor == nil { descriptor = try? UnixSocket.connectedDatagram(path) }
        guard let descriptor else { return false }
        let octets = Array(line.utf8)
        let flags = Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT)
        return Glibc.send(descriptor.raw, octets, octets.count, flags) >= 0
    }
}

/// The local time in the two forms of log lines.
enum LocalTime {
    /// "Sat Nov 21 01:33:38 2026"
    static var console: String { format("%a %b %e %H:%M:%S %Y") }
    /// "Nov 21 01:33:38"
    static var syslog: String { format("%b %e %H:%M:%S") }

    private static func format(_ pattern: String) -> String {
        var seconds = time(nil)
        var parts = tm()
        localtime_r(&seconds, &parts)
        var buffer = [CChar](repeating: 0, count: 64)
        let count = strftime(&buffer, buffer.count, pattern, &parts)
        return String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
