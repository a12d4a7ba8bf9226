// What a daemon says, line by line, and when it said it: a pipe stands where its log file would be.

import Glibc
import Linux
import Synchronization

/// A line and its moment, nanoseconds since 1970.
package struct LogLine: Sendable {
    package let moment: Int64
    package let text: String
}

/// Reads what is written to a host's log until `stop`. To be made before the daemon is started, which MUST open
/// the same path.
package final class LogWatch: Sendable {
    private struct Record {
        var lines: [LogLine] = []
        var isStopping = false
    }
    private let record = Mutex(Record())

    /// `onLine` is called by the thread that reads.
    package init(
        on host: LabHost, path: String, onLine: @escaping @Sendable (LogLine) -> Void
    ) throws {
        let (pipe, _) = try NamedPipe.open(host.path(path), owner: nil)
        let raw = dup(pipe.raw)
        guard raw >= 0 else { throw SystemError(call: "dup", subject: path) }
        try WorkerThread.start { [self] in
            // As with addresses: the moment must not wait for a busy host.
            try? Scheduling.setRealtime(priority: 61, limitMicroseconds: UInt.max)
            run(Descriptor(adopting: raw), onLine)
        }
    }

    private func run(_ pipe: borrowing Descriptor, _ onLine: (LogLine) -> Void) {
        var buffer = [UInt8](repeating: 0, count: 4096)
        var rest: [UInt8] = []
        while !record.withLock({ $0.isStopping }) {
            var poller = pollfd(fd: pipe.raw, events: Int16(POLLIN), revents: 0)
            guard poll(&poller, 1, 50) > 0 else { continue }
            let count = read(pipe.raw, &buffer, buffer.count)
            guard count > 0 else { continue }
            let now = RealtimeClock.nanoseconds
            rest += buffer[..<count]
            while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
                let line = LogLine(moment: now, text: String(decoding: rest[..<end], as: UTF8.self))
                rest.removeSubrange(...end)
                record.withLock { $0.lines.append(line) }
                onLine(line)
            }
        }
    }

    /// All lines so far, in order.
    package var lines: [LogLine] { record.withLock { $0.lines } }

    package func stop() { record.withLock { $0.isStopping = true } }
}
