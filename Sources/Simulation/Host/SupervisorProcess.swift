// The guard's process: a model of `Supervisor` in the room `Guard`, which cannot be used here because it makes system
// calls. It has the same memory and the same pauses (`EngineMemory`, `RestartPolicy`) and the same order of steps; where the two differ, this
// one is wrong.

import Control
import Election
import Engine

/// What the guard waits for.
enum GuardTimer {
    case launch(DaemonPart)
    /// A new engine that is not ready by now comes too late.
    case withdraw(death: Int)
    /// The engine should have said that it is alive.
    case heartbeat(engine: Int, due: Timestamp)
    /// It should have released everything.
    case grace(engine: Int)
    /// The runner should have finished.
    case drained
}

final class SupervisorProcess {
    /// Its owner; not counted, like the host's world.
    unowned(unsafe) let host: SimulatedHost
    let life: Int
    var isFrozen = false
    var isStopping = false
    var hasBeenReady = false
    var wills: [LastWill] = []
    /// Instances that a new engine has not spoken of yet.
    var staleWills: [String] = []
    var memory = EngineMemory()
    var enginePolicy = RestartPolicy()
    private var runnerPolicy = RestartPolicy()
    /// Of the engine, so far.
    var deaths = 0
    /// What a runner that is not there will be told.
    private var backlog: [(message: RunnerMessage, number: Int)] = []
    /// What happened while it was stopped.
    private var missed: [Missed] = []

    private enum Missed {
        case message(EngineMessage)
        case timer(GuardTimer)
        case ended(DaemonPart)
        case result(WatchResult)
        case stop
        case tell(GuardMessage)
    }

    static let engineGrace: Duration = .seconds(12)
    private static let runnerGrace: Duration = .seconds(6)
    private static let missedLimit = 2000

    init(_ host: SimulatedHost, life: Int) {
        self.host = host
        self.life = life
    }

    private var world: World { host.world }
    var now: Timestamp { host.now }

    func start() {
        launchRunner()
        launchEngine()
    }

    /// Seconds of its own clock.
    func after(_ span: Duration, _ timer: GuardTimer) {
        let due = host.clock.global(host.now + max(span, .zero))
        world.schedule(.guardDue(host: host.index, life: life, timer), at: max(due, world.now))
    }

    // MARK: Stopped and continued

    func thaw() {
        isFrozen = false
        guard !host.clock.isAsleep else { return }
        let missed = missed
        self.missed = []
        for item in missed where host.supervisor === self {
            switch item {
            case .message(let message): take(message)
            case .timer(let timer): fire(timer)
            case .ended(let part): ended(part)
            case .result(let result): pass(result)
            case .stop: stop()
            case .tell(let message): tell(message)
            }
        }
    }

    private func isDeferred(_ item: @autoclosure () -> Missed) -> Bool {
        guard isFrozen || host.clock.isAsleep else { return false }
        if missed.count < Self.missedLimit { missed.append(item()) }
        return true
    }

    /// Timers were computed with another rate, or the machine slept: the heartbeat's is set anew.
    func clockChanged() {
        if !isFrozen { thaw() }
        superviseHeartbeat()
    }

    // MARK: Orders

    func stop() {
        if isDeferred(.stop) { return }
        guard !isStopping else { return }
        isStopping = true
        guard let engine = host.engine else {
            withdraw()
            return drainRunner()
        }
        tell(.stop)
        after(Self.engineGrace, .grace(engine: engine.life))
    }

    func tell(_ message: GuardMessage) {
        if isDeferred(.tell(message)) { return }
        host.take(.message(message))
    }

    // MARK: Messages

    func take(_ message: EngineMessage) {
        if isDeferred(.message(message)) { return }
        switch message {
        case .ready:
            hasBeenReady = true
            memory.begin(at: now.nanoseconds)
            executeStale()
            superviseHeartbeat()
        case .will(let will):
            revoke(will.instance)
            wills.append(will)
        case .revokeWill(let instance): revoke(instance)
        case .runner(let octets):
            guard let message = try? RunnerMessage(decoding: octets) else { return }
            host.requests += 1
            backlog.append((message, host.requests))
            flushBacklog()
        case .alive(let moment, let beat, let header, let stamp):
            memory.beat(beat, at: moment)
            memory.numbers = (header, stamp)
        case .standing(let standing): memory.remember(standing)
        case .reloaded, .parameter, .stopped: break
        }
    }

    private func revoke(_ instance: String) {
        wills.removeAll { $0.instance == instance }
        staleWills.removeAll { $0 == instance }
    }

    /// What the runner found, to the engine.
    func pass(_ result: WatchResult) {
        if isDeferred(.result(result)) { return }
        memory.learn(result)
        tell(.watched(result))
    }

    // MARK: Timers and ends

    func fire(_ timer: GuardTimer) {
        if isDeferred(.timer(timer)) { return }
        switch timer {
        case .launch(let part):
            guard !isStopping else { return }
            if part == .engine { launchEngine() } else { launchRunner() }
        case .withdraw(let death):
            guard deaths == death, !memory.isReady else { return }
            withdraw()
            host.killEngine("comes too late: killed")
        case .heartbeat(let engine, let due):
            guard host.engine?.life == engine, !isStopping else { return }
            listen(due: due)
        case .grace(let engine):
            guard host.engine?.life == engine else { return }
            host.killEngine("does not stop: killed")
        case .drained: end()
        }
    }

    func ended(_ part: DaemonPart) {
        if isDeferred(.ended(part)) { return }
        switch part {
        case .engine: engineEnded()
        case .runner: runnerEnded()
        case .guard: break
        }
    }

    private func runnerEnded() {
        guard host.runner == nil else { return }
        guard !isStopping else { return end() }
        let pause = runnerPolicy.pauseAfterDeath(at: now.nanoseconds)
        if pause == 0 { launchRunner() } else { after(.seconds(pause), .launch(.runner)) }
    }

    private func launchRunner() {
        runnerPolicy.started(at: now.nanoseconds)
        host.runner = RunnerProcess(host, life: host.nextLife())
        host.touch()
        flushBacklog()
        tell(.runnerStarted)
    }

    private func flushBacklog() {
        guard let runner = host.runner else { return }
        for (message, number) in backlog { runner.take(message, number: number) }
        backlog.removeAll(keepingCapacity: true)
    }

    func drainRunner() {
        let farewell = host.plan.behaviour.farewell
        guard farewell == .zero else { return after(farewell, .drained) }
        guard host.runner != nil else { return end() }
        host.runner?.drain()
        after(Self.runnerGrace, .drained)
    }

    /// The runner has nothing more to do, or has taken too long.
    func end() {
        guard isStopping, host.engine == nil else { return }
        host.note("service has ended")
        host.runner = nil
        host.supervisor = nil
        host.touch()
    }
}
