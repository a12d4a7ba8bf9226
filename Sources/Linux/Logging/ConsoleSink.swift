// Log lines on a terminal or in a file: "Sat Nov 21 01:33:38 2026: text". A terminal that was
// stopped, or a pipe that nobody reads, loses lines rather than stopping the daemon.

import Glibc

/// Writes log lines to a descriptor, normally standard error.
package final class ConsoleSink: LogSink {
    private let descriptor: Int32
    package private(set) var droppedCount: UInt64 = 0

    /// `descriptor` MUST stay open as long as the sink lives.
    package init(descriptor: Int32 = STDERR_FILENO) { self.descriptor = descriptor }

    package func log(_ priority: LogPriority, _ text: String) {
        let time = LocalTime(unixSeconds: RealtimeClock.seconds).consoleText
        // Short enough that a pipe takes it whole when poll calls it writable (PIPE_BUF).
        let line = Array("\(time): ".utf8) + sanitised(text, limit: 4_000) + [UInt8(ascii: "\n")]
        var readiness = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        guard poll(&readiness, 1, 0) == 1, Int32(readiness.revents) & Int32(POLLOUT) != 0 else {
            droppedCount += 1
            return
        }
        if write(descriptor, line, line.count) != line.count { droppedCount += 1 }
    }
}
