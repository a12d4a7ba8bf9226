// What the guard does about an engine that is dead, hung or new: wills, memory, heartbeats, as `Supervisor` does it.

import Control
import Election
import Engine

extension SupervisorProcess {
    /// What the former engine held, where it stood and what it knew.
    func launchEngine() {
        enginePolicy.started(at: now.nanoseconds)
        staleWills = wills.map(\.instance)
        var former = Resumption()
        former.results = memory.results
        if hasBeenReady, host.plan.behaviour.remembers {
            former.isRespawn = true
            former.wills = wills
            former.standings = memory.standings
            former.headerSequence = memory.numbers.header
            former.stamp = memory.numbers.stamp
        }
        host.launchEngine(former)
    }

    func engineEnded() {
        guard host.engine == nil else { return }
        guard !isStopping else {
            withdraw()
            return drainRunner()
        }
        guard hasBeenReady, host.plan.behaviour.respawns else {
            withdraw()
            isStopping = true
            return drainRunner()
        }
        let pause = enginePolicy.pauseAfterDeath(at: now.nanoseconds)
        // One that dies before it is ready, or again and again, cannot resume what it held.
        if pause > 0 || !memory.isReady { withdraw() }
        withdrawInTime()
        if pause == 0 { launchEngine() } else { after(.seconds(pause), .launch(.engine)) }
    }

    private func withdrawInTime() {
        memory.isReady = false
        deaths += 1
        guard let patience = wills.map(\.patience).min() else { return }
        let remaining = memory.lastBeat + patience - now.nanoseconds
        guard remaining > 0 else { return withdraw() }
        after(.nanoseconds(remaining), .withdraw(death: deaths))
    }

    /// Gives up what a dead engine held, its peers told.
    func withdraw() {
        guard !wills.isEmpty else { return }
        execute(wills)
        wills = []
        staleWills = []
        memory.forgetStandings()
    }

    func executeStale() {
        let stale = wills.filter { staleWills.contains($0.instance) }
        wills.removeAll { staleWills.contains($0.instance) }
        staleWills = []
        execute(stale)
    }

    private func execute(_ wills: [LastWill]) {
        guard host.plan.behaviour.remembers, !host.has(.willsAreIgnored) else { return }
        for will in wills {
            host.note("guard executes the will of \(will.instance)", isStory: true)
            for farewell in will.farewells { _ = host.send(farewell) }
            for held in will.addresses where !host.has(.removalsAreLies) {
                guard host.kernel.remove(held.address, on: held.interfaceIndex) else { continue }
                host.note("address \(held.address) removed", isStory: true)
            }
        }
        host.touch()
        host.scheduleReports()
    }

    // MARK: Heartbeat

    /// An engine that does not say that it is alive is hung, or stopped.
    func superviseHeartbeat() {
        guard host.plan.behaviour.remembers, let engine = host.engine, memory.isReady else { return }
        let due = Timestamp(nanoseconds: memory.deadline)
        after(due - now, .heartbeat(engine: engine.life, due: due))
    }

    func listen(due: Timestamp) {
        guard memory.isReady else { return }
        // The guard's own lateness is not the engine's.
        let now = now.nanoseconds
        if now - due.nanoseconds > EngineMemory.tolerance { memory.wasHeldUp(until: now) }
        if memory.deadline <= now {
            host.killEngine("does not answer: killed")
        } else {
            superviseHeartbeat()
        }
    }
}
