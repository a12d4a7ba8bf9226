// The runner's life: requests in from the guard, scripts run, mail delivered, and an orderly end.

import Control
import Glibc
import Linux

/// Serves one channel until it is drained or the other end is gone.
package final class Runner {
    private let loop: EventLoop
    private let channel: SequencedSocket
    private let lanes: ScriptLanes
    private let mail: MailQueue?
    private let watches: WatchBoard
    private let pipes: EventPipes
    private let log: (LogPriority, String) -> Void
    private var drainDeadline: Int64?
    private let signals: SignalSource

    /// How long what waits may take when the guard is gone, in milliseconds.
    private static let orphanGrace: UInt32 = 5000

    /// A spool directory that cannot be used costs the mail, not the scripts.
    package convenience init(
        channel: SequencedSocket, spoolDirectory: String, log: @escaping (LogPriority, String) -> Void
    ) throws(SystemError) {
        try self.init(
            channel: channel, spoolDirectory: spoolDirectory, mailPauses: MailQueue.defaultPauses, log: log)
    }

    /// `mailPauses` in seconds between attempts to reach a relay.
    package init(
        channel: SequencedSocket, spoolDirectory: String, mailPauses: [Int64],
        log: @escaping (LogPriority, String) -> Void
    ) throws(SystemError) {
        self.channel = channel
        self.log = log
        signals = try SignalSource([SIGTERM, SIGINT, SIGHUP, SIGUSR1, SIGUSR2, SIGPIPE])
        loop = try EventLoop()
        lanes = ScriptLanes(loop: loop, log: log)
        watches = WatchBoard(loop: loop, log: log) { message in
            // A channel that is broken is noticed where it is read.
            (try? channel.send(message)) ?? true
        }
        pipes = EventPipes(loop: loop, log: log)
        do throws(SystemError) {
            let spool = try MailSpool(directory: spoolDirectory, log: log)
            mail = try MailQueue(spool: spool, hostName: Environment.hostName, pauses: mailPauses, log: log)
        } catch {
            log(.error, "mail cannot be sent: \(error)")
            mail = nil
        }
    }

    /// Returns when everything is done that was asked for, or the time for it is over.
    package func run() throws(SystemError) {
        loop.onRound = { [unowned self] in settle() }
        try loop.watch(channel.raw) { [unowned self] in takeMessages() }
        try loop.watch(signals.raw) { [unowned self] in takeSignals() }
        if let mail { try loop.watch(mail.descriptor) { mail.takeOutcome() } }
        settle()
        try loop.run()
    }

    /// After every event: overdue scripts, due mail, the next deadline, the end.
    private func settle() {
        lanes.tick()
        watches.tick()
        mail?.advance()
        loop.deadline = [
            lanes.nextDeadline, watches.nextDeadline, mail?.nextAttempt, drainDeadline,
        ].compactMap { $0 }.min()
        guard let drainDeadline else { return }
        let isDone = lanes.isIdle && (mail?.isResting ?? true) && pipes.isIdle
        guard isDone || drainDeadline <= MonotonicClock.now else { return }
        pipes.close()
        loop.stop()
    }

    private func takeSignals() {
        // A terminal's or container's signal reaches all processes at once; the guard says when to end, or its
        // end of the channel closes.
        while signals.next() != nil {}
    }

    private func takeMessages() {
        while let reception = try? channel.receive() {
            switch reception {
            case .empty: return
            case .end:
                loop.unwatch(channel.raw)
                return drain(Self.orphanGrace)
            case .message(let octets): take(octets)
            }
        }
    }

    private func take(_ octets: [UInt8]) {
        do throws(FrameError) {
            switch try RunnerMessage(decoding: octets) {
            case .run(let request): lanes.enqueue(request)
            case .mail(let request):
                if let mail {
                    mail.enqueue(request)
                } else {
                    log(.error, "a mail is lost: there is no spool")
                }
            case .watchesBegin: watches.begin()
            case .watch(let request): watches.add(request)
            case .watchesEnd: watches.end()
            case .pipes(let requests): pipes.replace(requests)
            case .event(let subject, let line): pipes.write(subject: subject, line: line)
            case .drain(let milliseconds): drain(milliseconds)
            }
        } catch {
            log(.error, "a request cannot be read (octet \(error.offset))")
        }
    }

    private func drain(_ milliseconds: UInt32) {
        let deadline = MonotonicClock.now + Int64(milliseconds) * 1_000_000
        drainDeadline = min(drainDeadline ?? .max, deadline)
        watches.close()
    }
}
