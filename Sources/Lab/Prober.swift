// A client that asks the virtual address for an answer again and again, and remembers when it got one.

import Glibc
import Linux
import Synchronization
import Wire

/// What a prober saw. Moments are nanoseconds since 1970.
package struct ProbeReport: Sendable {
    /// When each probe was sent, and whether it was ever answered.
    package let probes: [(sent: Int64, isAnswered: Bool)]
    /// Nanoseconds from one probe to the next.
    package let period: Int64

    package init(probes: [(sent: Int64, isAnswered: Bool)], period: Int64) {
        self.probes = probes
        self.period = period
    }

    /// Milliseconds of the longest time in which nothing was asked, and so nothing was learned.
    package var longestPause: Double {
        zip(probes, probes.dropFirst()).map { Double($1.sent - $0.sent) / 1e6 }.max() ?? 0
    }

    package var lost: Int { probes.count { !$0.isAnswered } }

    /// A stretch without an answer: from its first unanswered probe to a period after its last one. A prober that was
    /// held up says nothing of the time in which it did not ask.
    package struct Gap: Sendable {
        package let start: Int64
        package let end: Int64
        package var milliseconds: Double { Double(end - start) / 1e6 }
    }

    /// The gaps in order; a last one that never ended is left out.
    package var gaps: [Gap] {
        var gaps: [Gap] = []
        var start: Int64?
        var last: Int64 = 0
        for probe in probes {
            if probe.isAnswered {
                if let begun = start { gaps.append(Gap(start: begun, end: min(last + period, probe.sent))) }
                start = nil
            } else {
                start = start ?? probe.sent
                last = probe.sent
            }
        }
        return gaps
    }

    /// Milliseconds of the longest gap after a moment; zero without any.
    package func longestOutage(since moment: Int64 = 0) -> Double {
        gaps.filter { $0.end >= moment }.map(\.milliseconds).max() ?? 0
    }
}

/// Probes from a host until `stop`.
package final class Prober: Sendable {
    private struct Record {
        var sent: [Int64] = []
        var answered: [Bool] = []
        var isStopping = false
        var isFinished = false
    }
    private let record = Mutex(Record())
    private let period: Int64

    /// Probes `target` from `host`, once in each period of so many milliseconds.
    package init(from host: LabHost, target: IPAddress, periodMilliseconds: Int64 = 1) throws {
        period = periodMilliseconds * 1_000_000
        let namespace = "/proc/\(host.pid)/ns/net"
        try WorkerThread.start { [self] in
            do {
                try NetworkNamespace.enter(namespace)
                try? Scheduling.setRealtime(priority: 60, limitMicroseconds: UInt.max)
                run(try EchoSocket(target: target))
            } catch {
                record.withLock { $0.isFinished = true }
            }
        }
    }

    private func run(_ socket: EchoSocket) {
        var next = MonotonicClock.now
        while !record.withLock({ $0.isStopping }) {
            probe(socket)
            next += period
            var moment = timespec(tv_sec: Int(next / 1_000_000_000), tv_nsec: Int(next % 1_000_000_000))
            clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &moment, nil)
            drain(socket)
        }
        usleep(50_000)
        drain(socket)
        record.withLock { $0.isFinished = true }
    }

    private func probe(_ socket: EchoSocket) {
        let sequence = record.withLock { record in
            record.sent.append(RealtimeClock.nanoseconds)
            record.answered.append(false)
            return UInt32(record.sent.count - 1)
        }
        _ = socket.send(sequence: sequence)
    }

    private func drain(_ socket: EchoSocket) {
        while let sequence = socket.receive() {
            record.withLock { record in
                if record.answered.indices.contains(Int(sequence)) { record.answered[Int(sequence)] = true }
            }
        }
    }

    /// Whether the newest probes (but for those of the last 20 ms, still under way) are answered.
    package var isAnswered: Bool {
        let count = Int(max(1, 20_000_000 / period))
        return record.withLock { $0.answered.dropLast(count).suffix(count).contains(true) }
    }

    package func stop() -> ProbeReport {
        record.withLock { $0.isStopping = true }
        _ = try? Wait.until(seconds: 5, "") { record.withLock { $0.isFinished } }
        return record.withLock { ProbeReport(probes: Array(zip($0.sent, $0.answered)), period: period) }
    }
}
