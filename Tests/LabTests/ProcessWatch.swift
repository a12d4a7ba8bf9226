// Which processes of a daemon run, are stopped or are gone: what the kernel says, asked every few milliseconds.

import Glibc
import Lab
import Linux
import Simulation
import Synchronization

/// Watches the daemon of a host until `stop`.
final class ProcessWatch: Sendable {
    fileprivate struct Record {
        var guardPID: Int32?
        var pids: [DaemonPart: Int32] = [:]
        var existing: [DaemonPart: SpanRecorder] = [:]
        var running: [DaemonPart: SpanRecorder] = [:]
        var isStopping = false
    }
    private let record = Mutex(Record())
    private static let period: UInt32 = 15_000

    init(on host: LabHost) throws {
        let holder = host.pid
        try WorkerThread.start { [self] in
            try? Scheduling.setRealtime(priority: 59, limitMicroseconds: UInt.max)
            while !record.withLock({ $0.isStopping }) {
                let first = record.withLock { $0.guardPID }
                let found = DaemonProcess.all(holder: holder, guard: first)
                let now = RealtimeClock.nanoseconds
                record.withLock { $0.note(found, at: now) }
                usleep(Self.period)
            }
        }
    }

    /// The daemon was started.
    func follow(_ pid: Int32?) { record.withLock { $0.guardPID = pid } }

    func existing(_ part: DaemonPart) -> Spans {
        record.withLock { ($0.existing[part] ?? SpanRecorder()).spans }
    }
    func running(_ part: DaemonPart) -> Spans {
        record.withLock { ($0.running[part] ?? SpanRecorder()).spans }
    }

    func stop() { record.withLock { $0.isStopping = true } }
}

extension ProcessWatch.Record {
    /// Another process in the same part begins a span of its own.
    mutating func note(_ found: [DaemonProcess], at now: Int64) {
        for part in DaemonPart.allCases {
            // Of two the younger one counts: the other is what a dead guard left.
            let process = found.first { $0.part == part }
            if let former = pids[part], former != process?.pid {
                existing[part]?.close(at: now - 1_000_000)
                running[part]?.close(at: now - 1_000_000)
            }
            pids[part] = process?.pid
            guard let process else { continue }
            existing[part, default: SpanRecorder()].open(at: now)
            if process.isRunning {
                running[part, default: SpanRecorder()].open(at: now)
            } else {
                running[part]?.close(at: now)
            }
        }
    }
}
