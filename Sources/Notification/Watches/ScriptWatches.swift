// Check scripts (`vrrp_script`): run again and again, each in a process group of its own. Whatever is not a
// success within its time is a failure: a script that cannot be run at all, too.

import Control
import Linux

/// The check scripts and their verdicts.
final class ScriptWatches {
    private let loop: EventLoop
    private let log: (LogPriority, String) -> Void
    /// In the order of the configuration.
    private var checks: [ScriptCheck] = []
    /// Name, and 1 or 0.
    var onResult: ((String, Int32) -> Void)?

    init(loop: EventLoop, log: @escaping (LogPriority, String) -> Void) {
        self.loop = loop
        self.log = log
    }

    var nextDeadline: Int64? { checks.compactMap(\.nextDeadline).min() }

    /// Checks whose request did not change go on undisturbed; changed ones keep their verdict until the next run.
    func replace(_ requests: [ScriptWatch]) {
        let former = checks
        let now = MonotonicClock.now
        checks = requests.enumerated().map { index, request in
            let check =
                former.first { $0.request.name == request.name }
                ?? ScriptCheck(
                    request, loop: loop, log: log,
                    // Later runs are spread over the interval, so that many do not start at once.
                    phase: Double(index + 1) / Double(requests.count))
            check.onVerdict = { [unowned self] in onResult?(request.name, $0 ? 1 : 0) }
            check.adopt(request, now)
            return check
        }
        for check in former where !checks.contains(where: { $0 === check }) { check.stop() }
        for check in checks { check.start(now) }
    }

    func tick(_ now: Int64) {
        for check in checks { check.tick(now) }
    }

    func close() {
        for check in checks { check.stop() }
        checks = []
    }
}

/// One check script.
private final class ScriptCheck {
    private(set) var request: ScriptWatch
    var onVerdict: ((Bool) -> Void)?
    private let loop: EventLoop
    private let log: (LogPriority, String) -> Void
    private let phase: Double
    /// When the next run begins; nil: it was not started.
    private var due: Int64?
    private var running: Run?
    private var verdict: Bool?
    /// Results in a row that speak against the verdict.
    private var contrary: UInt32 = 0
    /// The last reason why it could not be run: each is said once.
    private var obstacle: String?

    private struct Run {
        let process: ChildProcess
        var deadline: Int64
        /// Its time is over: it has failed already.
        var isOverdue = false
    }

    /// Between SIGTERM and SIGKILL, in nanoseconds.
    private static let killDelay: Int64 = 2_000_000_000

    init(
        _ request: ScriptWatch, loop: EventLoop, log: @escaping (LogPriority, String) -> Void, phase: Double
    ) {
        self.request = request
        self.loop = loop
        self.log = log
        self.phase = phase
    }

    private var interval: Int64 { Int64(request.intervalMilliseconds) * 1_000_000 }

    var nextDeadline: Int64? { [due, running?.deadline].compactMap { $0 }.min() }

    /// A shorter interval counts from now on.
    func adopt(_ next: ScriptWatch, _ now: Int64) {
        guard next != request else { return }
        request = next
        if let due { self.due = min(due, now + interval) }
    }

    /// The first run begins at once.
    func start(_ now: Int64) {
        guard due == nil else { return }
        if request.startsFailed {
            verdict = false
            onVerdict?(false)
        }
        run()
        due = now + max(Int64(Double(interval) * phase), 1_000_000)
    }

    func tick(_ now: Int64) {
        if let running, running.deadline <= now { overrun(now) }
        guard let due, due <= now else { return }
        // A run that is still going on takes the place of this one; one that cannot even be ended fails again.
        if let running {
            if running.isOverdue { conclude(false, "still running") }
        } else {
            run()
        }
        let next = due + interval
        self.due = next > now ? next : now + interval
    }

    /// Ends what runs, with its whole group; nothing is reported any more.
    func stop() {
        due = nil
        onVerdict = nil
        guard let process = running?.process else { return }
        running = nil
        process.signalGroup(9)
        // It may hang in a system call that cannot be ended: its end is awaited, not waited for.
        try? loop.watch(process.raw) { [loop] in
            if process.reap() != nil { loop.unwatch(process.raw) }
        }
    }

    private func run() {
        do throws(ScriptFailure) {
            let command = ScriptRequest(
                lane: "", words: request.words, user: request.user, group: request.group,
                label: request.name, requiresSecurity: request.requiresSecurity)
            let program = try ScriptProgram(command)
            do throws(SystemError) {
                let process = try program.start(command)
                let limit = Int64(request.timeoutMilliseconds) * 1_000_000
                running = Run(process: process, deadline: MonotonicClock.now + limit)
                try loop.watch(process.raw) { [weak self] in self?.ended() }
                obstacle = nil
            } catch {
                throw ScriptFailure("\(error)")
            }
        } catch {
            if error.reason != obstacle {
                obstacle = error.reason
                log(
                    .error,
                    "VRRP_Script(\(request.name)) cannot be run, which counts as failed: \(error.reason)")
            }
            conclude(false, "cannot be run")
        }
    }

    /// It takes too long: a failure now, and its end.
    private func overrun(_ now: Int64) {
        guard var run = running else { return }
        run.process.signalGroup(run.isOverdue ? 9 : 15)
        if run.isOverdue {
            run.deadline = .max
        } else {
            run.isOverdue = true
            run.deadline = now + Self.killDelay
            conclude(false, "timed_out")
        }
        running = run
    }

    private func ended() {
        guard let run = running else { return }
        // Before the end is taken note of: until then the group's number cannot mean another one.
        if run.isOverdue { run.process.signalGroup(9) }
        guard let status = run.process.reap() else { return }
        loop.unwatch(run.process.raw)
        running = nil
        if !run.isOverdue { conclude(status.isSuccess, "\(status)") }
    }

    /// One result; the verdict changes after `rise` or `fall` of them in a row, the first result is one.
    private func conclude(_ isGood: Bool, _ reason: String) {
        guard let verdict else { return change(to: isGood, reason) }
        guard isGood != verdict else {
            contrary = 0
            return
        }
        contrary += 1
        if contrary >= (isGood ? request.rise : request.fall) { change(to: isGood, reason) }
    }

    private func change(to isGood: Bool, _ reason: String) {
        contrary = 0
        verdict = isGood
        if isGood {
            log(.info, "VRRP_Script(\(request.name)) succeeded")
        } else {
            log(.notice, "VRRP_Script(\(request.name)) failed (\(reason))")
        }
        onVerdict?(isGood)
    }
}
