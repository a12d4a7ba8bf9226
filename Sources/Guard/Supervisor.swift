// Keeps the engine and the runner running, passes messages between them, and executes the engine's last
// wills when it dies. Does nothing slow: it is what must still work when everything else has failed.

import Control
import Linux

/// A role of the same program.
package enum Role: String, Sendable {
    case engine, runner
}

/// What the supervisor needs from the program around it.
package struct SupervisorOptions {
    /// Starts this program in a role, its channel as descriptor 3.
    package var spawn: (Role, SequencedSocket) throws(SystemError) -> ChildProcess
    package var log: (LogPriority, String) -> Void
    package var doesNotRespawn: Bool
    /// Called each time the engine says that it is ready.
    package var onReady: (Int32) -> Void

    package init(
        spawn: @escaping (Role, SequencedSocket) throws(SystemError) -> ChildProcess,
        log: @escaping (LogPriority, String) -> Void, doesNotRespawn: Bool,
        onReady: @escaping (Int32) -> Void
    ) {
        self.spawn = spawn
        self.log = log
        self.doesNotRespawn = doesNotRespawn
        self.onReady = onReady
    }
}

/// Runs on the guard's event loop.
package final class Supervisor {
    private let loop: EventLoop
    private let options: SupervisorOptions
    private var engine: Child?
    private var runner: Child?
    private var wills = LastWills()
    private var timers: [(due: Int64, action: () -> Void)] = []
    private var isStopping = false
    private var hasBeenReady = false
    private var memory = EngineMemory()
    /// Of the engine, so far.
    private var deaths = 0
    /// The status to end with.
    package private(set) var exitStatus: Int32 = 0

    /// How long the engine may take to release everything (it waits for successors, ten seconds at most), and the runner to finish, in nanoseconds.
    private static let engineGrace: Int64 = 12_000_000_000
    private static let runnerGrace: Int64 = 5_000_000_000
    /// Room for what a new engine is told of its predecessor, in octets.
    private static let resumeBuffer = 16 << 20
    /// Messages kept for a runner that is not there.
    private static let backlogLimit = 1000
    /// The engine's status for a configuration that cannot work: starting it again is no use.
    package static let configurationStatus: Int32 = 2

    private final class Child {
        let process: ChildProcess
        let channel: SequencedSocket
        init(_ process: ChildProcess, _ channel: SequencedSocket) {
            self.process = process
            self.channel = channel
        }
    }
    private var policies: [Role: RestartPolicy] = [.engine: RestartPolicy(), .runner: RestartPolicy()]
    private var backlog: [[UInt8]] = []
    private var isRetryingBacklog = false
    /// What the runner found and the engine has not taken yet.
    private var undelivered: [WatchResult] = []
    private var isRetryingDelivery = false

    package init(loop: EventLoop, options: SupervisorOptions) {
        self.loop = loop
        self.options = options
        loop.onDeadline = { [weak self] in self?.fireTimers() }
    }

    package func start() {
        launch(.runner)
        launch(.engine)
    }

    /// Releases everything in order: the engine first, then the runner, then the loop ends.
    package func stop() {
        // Asked a second time: the engine does not wait for successors any more.
        guard !isStopping else { return tell(.stop) }
        isStopping = true
        guard let engine else {
            withdraw()
            return drainRunner()
        }
        tell(.stop)
        after(Self.engineGrace) { [weak self] in
            guard let self, self.engine === engine else { return }
            self.options.log(.error, "the VRRP process does not stop: killing it")
            engine.process.signal(9)
        }
    }

    package func tell(_ message: GuardMessage) {
        guard let engine else { return }
        if (try? engine.channel.send(message.encoded)) != true {
            options.log(.error, "the VRRP process takes no messages")
        }
    }

    /// Calls `action` once, `nanoseconds` from now.
    package func after(_ nanoseconds: Int64, _ action: @escaping () -> Void) {
        timers.append((MonotonicClock.now + nanoseconds, action))
        arm()
    }

    private func arm() { loop.deadline = timers.map(\.due).min() }

    private func fireTimers() {
        let now = MonotonicClock.now
        let due = timers.filter { $0.due <= now }
        timers.removeAll { $0.due <= now }
        for timer in due { timer.action() }
        arm()
    }

    // MARK: Starting

    private func launch(_ role: Role) {
        do throws(SystemError) {
            let (own, other) = try SequencedSocket.pair()
            if role == .engine { own.setSendBuffer(Self.resumeBuffer) }
            let process = try options.spawn(role, other)
            let child = Child(process, own)
            policies[role]?.started(at: MonotonicClock.now)
            try loop.watch(process.raw) { [weak self] in self?.ended(role, child) }
            try loop.watch(own.raw) { [weak self] in self?.read(role, child) }
            switch role {
            case .engine:
                engine = child
                options.log(.info, "Starting VRRP child process, pid=\(process.pid)")
                handMemory(to: child)
            case .runner:
                runner = child
                flushBacklog()
                tell(.runnerStarted)
            }
        } catch {
            options.log(.error, "cannot start the \(role.rawValue): \(error)")
            relaunch(role)
        }
    }

    private func relaunch(_ role: Role) {
        relaunch(role, after: policies[role]?.pauseAfterDeath(at: MonotonicClock.now) ?? 0)
    }

    private func relaunch(_ role: Role, after pause: Int64) {
        if pause > 0 {
            options.log(.warning, "starting the \(role.rawValue) again in \(pause) s: it keeps dying")
        }
        guard pause > 0 else { return launch(role) }
        after(pause * 1_000_000_000) { [weak self] in
            guard let self, !self.isStopping else { return }
            self.launch(role)
        }
    }

    // MARK: Messages

    private func read(_ role: Role, _ child: Child) {
        while true {
            guard let reception = try? child.channel.receive() else { return loop.unwatch(child.channel.raw) }
            switch reception {
            case .empty: return
            case .end: return loop.unwatch(child.channel.raw)
            case .message(let octets):
                guard role == .engine else {
                    pass(octets)
                    continue
                }
                do throws(FrameError) {
                    take(try EngineMessage(decoding: octets), from: child)
                } catch {
                    options.log(
                        .error, "a message from the VRRP process cannot be read (octet \(error.offset))")
                }
            }
        }
    }

    private func take(_ message: EngineMessage, from child: Child) {
        switch message {
        case .ready:
            hasBeenReady = true
            memory.begin(at: MonotonicClock.now)
            for problem in wills.executeStale() {
                options.log(.error, "withdrawing what a former process held: \(problem)")
            }
            superviseHeartbeat(of: child)
            options.onReady(child.process.pid)
        case .will(let will): wills.set(will)
        case .revokeWill(let instance): wills.revoke(instance)
        case .runner(let octets):
            backlog.append(octets)
            if backlog.count > Self.backlogLimit {
                backlog.removeFirst()
                options.log(.error, "a notification is dropped: the runner has been away for too long")
            }
            flushBacklog()
        case .reloaded(let succeeded):
            options.log(.info, succeeded ? "the new configuration is in force" : "the configuration is kept")
        case .parameter(let path, let former): wills.remember(path, former: former)
        case .stopped:
            for problem in wills.restoreParameters() { options.log(.error, "\(problem)") }
        case .alive(let beat, let headerSequence, let stamp):
            memory.beat(beat, at: MonotonicClock.now)
            memory.numbers = (headerSequence, stamp)
        case .standing(let standing): memory.standings[standing.instance] = standing.state
        }
    }

    /// What the runner found, to the engine.
    private func pass(_ octets: [UInt8]) {
        do throws(FrameError) {
            let result = try WatchResult(decoding: octets)
            memory.learn(result)
            undelivered.removeAll { $0.kind == result.kind && $0.name == result.name }
            undelivered.append(result)
            deliver()
        } catch {
            options.log(.error, "a message from the runner cannot be read (octet \(error.offset))")
        }
    }

    /// In order; what does not fit now is tried again.
    private func deliver() {
        while let engine, let result = undelivered.first {
            guard (try? engine.channel.send(GuardMessage.watched(result).encoded)) == true else {
                return retryDelivery()
            }
            undelivered.removeFirst()
        }
        // A new engine asks for everything.
        if engine == nil { undelivered.removeAll() }
    }

    private func retryDelivery() {
        guard !isRetryingDelivery else { return }
        isRetryingDelivery = true
        after(100_000_000) { [weak self] in
            self?.isRetryingDelivery = false
            self?.deliver()
        }
    }

    private func flushBacklog() {
        while let runner, let message = backlog.first {
            guard (try? runner.channel.send(message)) == true else { return retryBacklog() }
            backlog.removeFirst()
        }
    }

    private func retryBacklog() {
        guard !isRetryingBacklog else { return }
        isRetryingBacklog = true
        after(100_000_000) { [weak self] in
            self?.isRetryingBacklog = false
            self?.flushBacklog()
        }
    }

    // MARK: Ends

    private func ended(_ role: Role, _ child: Child) {
        guard let status = child.process.reap() else { return }
        read(role, child)
        loop.unwatch(child.process.raw)
        loop.unwatch(child.channel.raw)
        switch role {
        case .engine: engineEnded(child, status)
        case .runner: runnerEnded(status)
        }
    }

    private func engineEnded(_ child: Child, _ status: ExitStatus) {
        engine = nil
        guard !isStopping else {
            withdraw()
            return drainRunner()
        }
        options.log(.error, "the VRRP process (\(child.process.pid)) \(status)")
        // An engine that never became ready will not by being started again: the caller waits for the answer.
        if !hasBeenReady || options.doesNotRespawn {
            withdraw()
            exitStatus = status == .exited(Self.configurationStatus) ? Self.configurationStatus : 1
            isStopping = true
            return drainRunner()
        }
        options.log(.warning, "VRRP child process(\(child.process.pid)) died: Respawning")
        let pause = policies[.engine]?.pauseAfterDeath(at: MonotonicClock.now) ?? 0
        // One that dies before it is ready, or again and again, cannot resume what it held.
        if pause > 0 || !memory.isReady { withdraw() }
        withdrawInTime()
        relaunch(.engine, after: pause)
    }

    // MARK: A life after the engine's

    /// Gives up what a dead engine held, its peers told.
    private func withdraw() {
        guard !wills.isEmpty else { return }
        for problem in wills.execute() { options.log(.error, "withdrawing what it held: \(problem)") }
        memory.forgetStandings()
        options.log(.warning, "the addresses that it held were withdrawn, its peers were told")
    }

    /// A new engine that is not ready before the peers take over comes too late.
    private func withdrawInTime() {
        memory.isReady = false
        deaths += 1
        guard let patience = wills.patience else { return }
        let remaining = memory.lastBeat + patience - MonotonicClock.now
        guard remaining > 0 else { return withdraw() }
        let death = deaths
        after(remaining) { [weak self] in
            guard let self, self.deaths == death, !self.memory.isReady else { return }
            // It may have become ready a moment ago.
            if let engine = self.engine { self.read(.engine, engine) }
            guard !self.memory.isReady else { return }
            self.withdraw()
            // It was told to go on: another one begins from the beginning.
            self.engine?.process.signal(9)
        }
    }

    /// What the former engine held, where it stood and what it knew; then that the new one may start.
    private func handMemory(to child: Child) {
        wills.markStale()
        let standings = memory.standings.map { GuardMessage.standing(Standing(instance: $0, state: $1)) }
        let messages =
            wills.wills.map { GuardMessage.resume($0) } + standings
            + memory.results.map { GuardMessage.watched($0) }
        let isComplete = messages.allSatisfy { (try? child.channel.send($0.encoded)) == true }
        // It starts like after a boot then.
        if !isComplete { withdraw() }
        tell(
            .begin(
                isRespawn: hasBeenReady && isComplete, headerSequence: memory.numbers.header,
                stamp: memory.numbers.stamp))
    }

    /// An engine that does not say that it is alive is hung, or stopped: it is ended, and the next one resumes.
    private func superviseHeartbeat(of child: Child) {
        let due = memory.deadline
        after(max(due - MonotonicClock.now, 0)) { [weak self] in
            guard let self, self.engine === child, !self.isStopping else { return }
            let now = MonotonicClock.now
            // What it has said meanwhile counts, and the guard's own lateness is not the engine's.
            self.read(.engine, child)
            if now - due > EngineMemory.tolerance { self.memory.beat(self.memory.beat, at: now) }
            guard self.engine === child else { return }
            if self.memory.deadline <= now {
                self.options.log(
                    .error, "the VRRP process (\(child.process.pid)) does not answer: killing it")
                child.process.signal(9)
            } else {
                self.superviseHeartbeat(of: child)
            }
        }
    }

    private func runnerEnded(_ status: ExitStatus) {
        runner = nil
        guard !isStopping else {
            // The engine may still have something to release.
            if engine == nil { loop.stop() }
            return
        }
        options.log(.error, "the runner \(status)")
        relaunch(.runner)
    }

    private func drainRunner() {
        guard let runner else { return loop.stop() }
        flushBacklog()
        let milliseconds = UInt32(Self.runnerGrace / 1_000_000)
        _ = try? runner.channel.send(RunnerMessage.drain(milliseconds: milliseconds).encoded)
        after(Self.runnerGrace + 1_000_000_000) { [weak self] in
            runner.process.signal(9)
            self?.loop.stop()
        }
    }
}
