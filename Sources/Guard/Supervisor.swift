// Keeps the engine and the runner running, passes messages between them, and executes the engine's last
// wills when it dies. Does nothing slow: it is what must still work when everything else has failed.

import Control
import Linux

/// Runs on the guard's event loop.
package final class Supervisor {
    private let loop: EventLoop
    private let options: SupervisorOptions
    private var engine: Child?
    private var runner: Child?
    private var wills = LastWills()
    private let timers: Timers
    private let runnerOutbox: Outbox
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
    /// The engine has not taken something that the runner found.
    private var isRetryingResults = false

    package init(loop: EventLoop, options: SupervisorOptions) {
        self.loop = loop
        self.options = options
        timers = Timers(loop)
        runnerOutbox = Outbox(timers)
        runnerOutbox.onDrop = {
            options.log(.error, "a notification is dropped: the runner has been away for too long")
        }
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
        timers.after(nanoseconds, action)
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
                runnerOutbox.channel = own
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
        case .runner(let octets): runnerOutbox.put(octets)
        case .reloaded(let succeeded):
            options.log(.info, succeeded ? "the new configuration is in force" : "the configuration is kept")
        case .parameter(let path, let former): wills.remember(path, former: former)
        case .stopped:
            for problem in wills.restoreParameters() { options.log(.error, "\(problem)") }
        case .alive(let moment, let beat, let headerSequence, let stamp):
            memory.beat(beat, at: moment)
            memory.numbers = (headerSequence, stamp)
        case .standing(let standing): memory.remember(standing)
        }
    }

    /// What the runner found, to the engine.
    private func pass(_ octets: [UInt8]) {
        do throws(FrameError) {
            let result = try WatchResult(decoding: octets)
            memory.learn(result)
            deliver([result])
        } catch {
            options.log(.error, "a message from the runner cannot be read (octet \(error.offset))")
        }
    }

    /// If the engine does not take one now, it is told all of them again soon; to hear one twice does it no harm. A new
    /// engine hears them before it begins.
    private func deliver(_ results: [WatchResult]) {
        guard let engine else { return }
        let isComplete = results.allSatisfy {
            (try? engine.channel.send(GuardMessage.watched($0).encoded)) == true
        }
        guard !isComplete, !isRetryingResults else { return }
        isRetryingResults = true
        after(100_000_000) { [weak self] in
            guard let self else { return }
            self.isRetryingResults = false
            self.deliver(self.memory.results)
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
        let standings = memory.standings.map { GuardMessage.standing($0) }
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
            if now - due > EngineMemory.tolerance { self.memory.wasHeldUp(until: now) }
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
        runnerOutbox.channel = nil
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
        runnerOutbox.flush()
        let milliseconds = UInt32(Self.runnerGrace / 1_000_000)
        _ = try? runner.channel.send(RunnerMessage.drain(milliseconds: milliseconds).encoded)
        after(Self.runnerGrace + 1_000_000_000) { [weak self] in
            runner.process.signal(9)
            self?.loop.stop()
        }
    }
}
