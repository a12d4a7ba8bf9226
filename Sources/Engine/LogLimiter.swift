// Keeps the log readable under a flood: one line a subject each ten seconds, and a bound on all of
// them together. Counters are never limited.

import Election
import Wire

/// What a limited line is about.
enum LogSubject: Hashable {
    case rejection(RouterID, Rejection)
    case stray(Rejection)
    case addressList(RouterID)
    case installation(RouterID)
    /// Something permanent, by what it is.
    case permanent(String)
    case unknownVRID(interfaceIndex: Int32, vrid: UInt8)
    case losing(RouterID)
    case lowerPriority(RouterID)
    case challenge(RouterID)
    case unconfirmed(RouterID)
    case claim(RouterID)
    case lateness
    case firewall
}

/// Decides which lines pass. The subjects are bounded by instances × reasons.
struct LogLimiter {
    /// Between two lines about one subject.
    static let interval: Duration = .seconds(10)
    /// Limited lines in one second, all subjects together.
    static let burst = 5

    private var subjects: [LogSubject: (next: Timestamp, suppressed: Int)] = [:]
    private var second = Timestamp(nanoseconds: .min)
    private var linesThisSecond = 0

    /// Nil: no line now. Else how many lines about the subject were suppressed since its last one.
    mutating func admit(_ subject: LogSubject, at now: Timestamp) -> Int? {
        if second.nanoseconds == .min || now - second >= .seconds(1) {
            second = now
            linesThisSecond = 0
        }
        let entry = subjects[subject] ?? (now, 0)
        guard entry.next <= now, linesThisSecond < Self.burst else {
            subjects[subject] = (entry.next, entry.suppressed + 1)
            return nil
        }
        linesThisSecond += 1
        subjects[subject] = (now + Self.interval, 0)
        return entry.suppressed
    }
}

extension Engine {
    /// Logs a line about a subject if its turn has come; `text` is not made otherwise.
    func log(_ severity: LogSeverity, limited subject: LogSubject, _ text: () -> String) {
        guard let suppressed = limiter.admit(subject, at: host.now) else { return }
        host.log(severity, suppressed == 0 ? text() : "\(text()) [\(suppressed) more like this]")
    }
}
