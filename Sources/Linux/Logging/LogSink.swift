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

extension LogPriority {
    /// The text's octets with control characters as blanks, so that no input can forge a line or move a
    /// terminal's cursor; `limit` octets at most. Line breaks stay if the sink knows lines.
    static func clean(_ text: String, limit: Int, keepsLines: Bool) -> [UInt8] {
        text.utf8.prefix(limit).map { octet in
            let isKept = octet >= 0x20 && octet != 0x7f || keepsLines && octet == UInt8(ascii: "\n")
            return isKept ? octet : UInt8(ascii: " ")
        }
    }
}

/// Lines on standard error, each with the local time in front, as keepalived prints on a console. A terminal
/// that was stopped, or a pipe that nobody reads, loses lines: the daemon does not wait.
package final class ConsoleSink: LogSink {
    private let descriptor: Int32
    /// Lines lost, in whole or in part.
    package private(set) var dropped = 0

    /// `descriptor` stays the caller's, and open.
    package init(descriptor: Int32 = 2) { self.descriptor = descriptor }

    package func write(_ priority: LogPriority, _ text: String) {
        let clean = LogPriority.clean(text, limit: 1 << 16, keepsLines: true)
        var rest = (Array("\(LocalTime.console): ".utf8) + clean + [UInt8(ascii: "\n")])[...]
        while !rest.isEmpty {
            // What poll calls writable takes this much at once (PIPE_BUF).
            let part = Array(rest.prefix(4096))
            guard isWritable, Glibc.write(descriptor, part, part.count) == part.count else {
                dropped += 1
                return
            }
            rest = rest.dropFirst(part.count)
        }
    }

    private var isWritable: Bool {
        var waiting = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        return poll(&waiting, 1, 0) == 1 && Int32(waiting.revents) & Int32(POLLOUT) != 0
    }
}
