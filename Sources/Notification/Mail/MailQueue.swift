// Delivers the spooled mails in order, one at a time, on a worker thread; retries with growing pauses
// while the relay is down; gives up on what the relay refuses for good.

import Control
import Linux
import Synchronization

/// The queue. All methods belong to the event loop's thread.
final class MailQueue {
    private let spool: MailSpool
    private let hostName: String
    private let pauses: [Int64]
    private let log: (LogPriority, String) -> Void
    private var waiting: [SpooledMail]
    private var isDelivering = false
    private var failures = 0
    private var lastProblem: String?
    /// No attempt before this moment of the monotonic clock.
    private(set) var nextAttempt: Int64?
    private let outcome: Outcome
    var descriptor: Int32 { outcome.notifier.raw }

    /// A mail that could not be delivered for this long is given up.
    private static let lifetimeSeconds: Int64 = 5 * 86400
    static let defaultPauses: [Int64] = [2, 5, 10, 20, 30, 60, 120, 300]

    /// What the worker thread brings back.
    private final class Outcome: Sendable {
        let results = Mutex<[DeliveryResult]?>(nil)
        let notifier: EventNotifier
        init() throws(SystemError) { notifier = try EventNotifier() }
    }

    /// `pauses` in seconds between attempts; the last one repeats.
    init(
        spool: MailSpool, hostName: String, pauses: [Int64], log: @escaping (LogPriority, String) -> Void
    ) throws(SystemError) {
        self.spool = spool
        self.hostName = hostName
        self.pauses = pauses
        self.log = log
        outcome = try Outcome()
        waiting = spool.load()
        if !waiting.isEmpty { log(.notice, "\(waiting.count) mails wait from before") }
    }

    var isIdle: Bool { waiting.isEmpty && !isDelivering }
    /// Nothing is under way; what waits, waits for its relay.
    var isResting: Bool { !isDelivering && (waiting.isEmpty || nextAttempt != nil) }

    func enqueue(_ request: MailRequest) {
        if spool.isFull(waiting.count), !isDelivering {
            let oldest = waiting.removeFirst()
            log(.error, "too many mails wait: the oldest is given up")
            spool.giveUp(oldest, text: text(oldest))
        }
        waiting.append(spool.add(request, waiting: waiting.count))
        // A new event is worth an attempt at once.
        nextAttempt = nil
        advance()
    }

    /// Starts the next delivery if it is time.
    func advance() {
        guard !isDelivering, let mail = waiting.first else { return }
        if let nextAttempt, nextAttempt > MonotonicClock.now { return }
        nextAttempt = nil
        guard let from = sender(mail.request) else {
            log(.error, "'\(mail.request.from ?? "")' is no mail address: nothing can be sent from it")
            return giveUpFirst()
        }
        deliver(mail, from: from)
    }

    private func sender(_ request: MailRequest) -> MailAddress? {
        MailAddress(request.from ?? "\(UserDatabase.ownName)@\(hostName)")
    }

    private func deliver(_ mail: SpooledMail, from: MailAddress) {
        let request = mail.request
        let recipients = request.recipients.map { MailAddress($0) }
        let usable = recipients.compactMap { $0 }
        let message = text(mail)
        let helo = request.heloName ?? hostName
        let outcome = outcome
        isDelivering = true
        do throws(SystemError) {
            try WorkerThread.start {
                var session = SMTPSession(
                    heloName: helo, from: from, recipients: usable, message: message)
                if !usable.isEmpty {
                    SMTPConnection.run(
                        &session, server: request.server, port: request.port,
                        timeoutSeconds: request.timeoutSeconds)
                }
                var results = session.results.makeIterator()
                let all = recipients.map { recipient -> DeliveryResult in
                    guard recipient != nil else { return .permanent("it is no mail address") }
                    return (results.next() ?? nil) ?? .temporary("no reply")
                }
                outcome.results.withLock { $0 = all }
                outcome.notifier.notify()
            }
        } catch {
            isDelivering = false
            retryLater("\(error)")
        }
    }

    private func text(_ mail: SpooledMail) -> String {
        let from = sender(mail.request) ?? MailAddress("root")
        guard let from else { return mail.request.body }
        return MailMessage.text(mail.request, identifier: mail.name, hostName: hostName, from: from)
    }

    /// The worker thread has finished.
    func takeOutcome() {
        outcome.notifier.clear()
        guard let results = outcome.results.withLock({ $0.take() }), let mail = waiting.first else { return }
        isDelivering = false
        settle(mail, results)
        advance()
    }

    private func settle(_ mail: SpooledMail, _ results: [DeliveryResult]) {
        var rest: [String] = []
        var problem: String?
        var isRefused = false
        for (recipient, result) in zip(mail.request.recipients, results) {
            switch result {
            case .delivered: log(.info, "mail '\(mail.request.subject)' was delivered to \(recipient)")
            case .temporary(let reason):
                rest.append(recipient)
                problem = reason
            case .permanent(let reason):
                log(.error, "mail '\(mail.request.subject)' to \(recipient) is refused: \(reason)")
                isRefused = true
            }
        }
        let message = text(mail)
        if rest.isEmpty {
            waiting.removeFirst()
            if isRefused { spool.giveUp(mail, text: message) } else { spool.remove(mail) }
            failures = 0
            lastProblem = nil
        } else if RealtimeClock.seconds - mail.request.unixSeconds > Self.lifetimeSeconds {
            log(.error, "mail '\(mail.request.subject)' is given up after five days")
            giveUpFirst()
        } else {
            if rest.count < mail.request.recipients.count {
                waiting[0].request.recipients = rest
                spool.store(waiting[0])
            }
            retryLater(problem ?? "no reply")
        }
    }

    private func giveUpFirst() {
        let mail = waiting.removeFirst()
        spool.giveUp(mail, text: text(mail))
        advance()
    }

    /// Says the same problem once.
    private func retryLater(_ problem: String) {
        let pause = pauses[min(failures, pauses.count - 1)]
        failures += 1
        nextAttempt = MonotonicClock.now + pause * 1_000_000_000
        guard problem != lastProblem else { return }
        lastProblem = problem
        log(.warning, "mail waits (\(waiting.count) in the queue): \(problem)")
    }
}
