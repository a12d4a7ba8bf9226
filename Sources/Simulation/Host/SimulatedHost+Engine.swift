// The engine's process on its event loop: input, deadlines, stops and the kernel's reports, in the order in which
// the real loop takes them.

import Configuration
import Control
import Election
import Engine
import Wire

extension SimulatedHost {
    /// As often as reports of the engine's own changes lead to new changes.
    private static let reportRounds = 20

    // MARK: Life

    /// A process is started; it has the guard's memory before it runs.
    func launchEngine(_ resumption: Resumption) {
        let process = EngineProcess(life: nextLife(), resumption: resumption)
        engine = process
        world.disturb([index])
        touch()
        let loading = random.duration(in: .milliseconds(25)...(.milliseconds(60))) + slowness
        world.schedule(.engineLoaded(host: index, life: process.life), after: loading)
    }

    func engineLoaded(_ life: Int) {
        guard let process = engine, process.life == life, process.engine == nil else { return }
        // Stopped, or nobody says that it may begin: it is looked again later.
        guard !process.isFrozen, !clock.isAsleep else {
            return world.schedule(.engineLoaded(host: index, life: life), after: .milliseconds(20))
        }
        guard supervisor != nil else { return killEngine("ends: no guard") }
        if engineDeaths > 0 {
            engineDeaths -= 1
            return killEngine("dies while it begins")
        }
        let engine = Engine(
            host: self, configuration: knownConfiguration,
            options: EngineOptions(hostName: name, sendsHeartbeat: plan.behaviour.remembers))
        engine.defersSettling = true
        process.engine = engine
        kernel.isMonitored = true
        kernel.reports = []
        // A backup that goes on has forgotten a short interval that it had learned, and waits as if it were a second.
        world.disturb([index], for: process.resumption.isRespawn ? .seconds(3) : .zero)
        act { engine in
            self.takeInventory(engine)
            engine.start(resuming: process.resumption)
            self.report(.ready)
        }
        touch()
    }

    private var knownConfiguration: Configuration {
        var known = configuration
        if has(.groupsAreIgnored) { known.groups = [] }
        for place in known.instances.indices where has(.nobodyPreempts) {
            known.instances[place].router.preempts = false
        }
        return known
    }

    /// SIGKILL, or an end of its own.
    func killEngine(_ how: String) {
        guard let process = engine else { return }
        note("engine \(how)")
        engine = nil
        kernel.closeSockets()
        armed = nil
        world.disturb([index])
        touch()
        world.schedule(
            .childEnded(host: index, life: process.life, part: .engine),
            after: random.duration(in: .microseconds(100)...(.milliseconds(2))))
    }

    // MARK: Input

    /// The engine may do something now.
    var runs: Bool { engine?.isRunning == true && !clock.isAsleep }

    func take(_ input: EngineInput) {
        guard let process = engine else { return }
        if process.engine == nil {
            // Its sockets are not open yet; the guard's channel is.
            if case .message = input { process.queue(input) }
            if case .channelEnd = input { process.queue(input) }
            return
        }
        guard runs, slowness == .zero else {
            process.queue(input)
            if runs { arm(at: world.now + random.duration(in: .zero...slowness)) }
            return
        }
        act { self.perform(input, $0) }
    }

    private func perform(_ input: EngineInput, _ engine: Engine) {
        switch input {
        case .packet(let origin, let message): engine.receive(origin, message: message.span.bytes)
        case .claim(let address, let mac, let interface):
            engine.addressClaimed(address, by: mac, interfaceIndex: interface)
        case .report(let report):
            perform(report, engine)
            engine.settleReports()
        case .message(let message): perform(message, engine)
        case .channelEnd:
            log(.error, "the main process is gone: stopping")
            stopEngine(engine)
        }
    }

    private func perform(_ report: KernelReport, _ engine: Engine) {
        switch report {
        case .linkChanged(let interface):
            touch()
            engine.interfaceChanged(interface)
        case .linkRemoved(let index): engine.interfaceRemoved(index: index)
        case .addressAdded(let address): engine.addressAdded(address)
        case .addressRemoved(let address): engine.addressRemoved(address)
        case .overflow: takeInventory(engine)
        }
    }

    private func perform(_ message: GuardMessage, _ engine: Engine) {
        switch message {
        case .stop: stopEngine(engine)
        case .reload:
            engine.reload(configuration)
            touch()
            report(.reloaded(succeeded: true))
        case .runnerStarted: engine.instructRunner()
        case .watched(let result):
            world.disturb([index])
            engine.watched(result)
            touch()
        case .dumpData, .dumpStatistics, .dumpJSON, .resume, .standing, .begin: break
        }
    }

    func takeInventory(_ engine: Engine) {
        engine.resynchronise(
            interfaces: kernel.links.map(interface), addresses: kernel.addresses.map(\.assigned))
    }

    private func stopEngine(_ engine: Engine) {
        self.engine?.isStopping = true
        engine.stop()
        touch()
    }

    // MARK: Loop

    /// Whatever happens, reports are read and the next deadline follows it.
    func act(_ body: (Engine) -> Void) {
        guard let process = engine, let engine = process.engine else { return }
        isActing = true
        body(engine)
        engine.settle()
        readReports(engine)
        if process.isStopping, engine.isReleased { finish(engine) }
        isActing = false
        releaseFrames()
        guard self.engine === process else { return }
        if let deadline = engine.nextDeadline { arm(at: clock.global(deadline) + lateness) }
    }

    private var lateness: Duration {
        slowness == .zero ? .zero : random.duration(in: .zero...slowness)
    }

    private func readReports(_ engine: Engine) {
        guard !kernel.reports.isEmpty else { return }
        guard reportDelay == .zero, slowness == .zero else { return scheduleReports() }
        for _ in 0..<Self.reportRounds where !kernel.reports.isEmpty {
            let reports = kernel.reports
            kernel.reports.removeAll(keepingCapacity: true)
            for report in reports { perform(report, engine) }
            engine.settleReports()
            engine.settle()
        }
    }

    /// Reports that nobody reads at once: the kernel's own changes, or a slow host's.
    func scheduleReports() {
        guard !kernel.reports.isEmpty, !reportsAreScheduled else { return }
        reportsAreScheduled = true
        world.schedule(.reports(host: index), after: reportDelay + .microseconds(50))
    }

    func reportsAreDue() {
        reportsAreScheduled = false
        let reports = kernel.reports
        kernel.reports = []
        for report in reports { take(.report(report)) }
    }

    private func finish(_ engine: Engine) {
        engine.finish()
        report(.stopped)
        isActing = false
        killEngine("has stopped")
    }

    /// A burst is more than one frame of the same kind in one act.
    private func releaseFrames() {
        guard !heldFrames.isEmpty else { return }
        let frames = heldFrames
        heldFrames = []
        for (frame, index) in frames where frames.count(where: { $0.frame == frame }) > 1 {
            world.send(frame, from: self, index)
        }
    }

    // MARK: Deadlines

    func arm(at time: Timestamp) {
        let time = max(time, world.now)
        if let armed, armed <= time { return }
        armed = time
        world.schedule(.engineDue(host: index), at: time)
    }

    /// Its turn: what waits, and its deadline, in an order that nobody promises.
    func engineIsDue() {
        guard armed == world.now else { return }
        armed = nil
        guard let process = engine, runs else { return }
        let inputs = process.takeInbox()
        guard !inputs.isEmpty else { return tickIfDue() }
        let ticksFirst = random.happens(500)
        if ticksFirst { tickIfDue() }
        for input in inputs where engine === process { act { perform(input, $0) } }
        if !ticksFirst, engine === process { tickIfDue() }
    }

    private func tickIfDue() {
        guard let engine = engine?.engine else { return }
        guard let deadline = engine.nextDeadline else { return }
        let lateness = now - deadline
        guard lateness >= .zero else { return arm(at: clock.global(deadline)) }
        act { $0.tick(lateness: lateness) }
    }
}
