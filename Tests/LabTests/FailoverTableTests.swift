// The rows of docs/failover.md in which the daemon of the master is stopped, killed, hung or started again.
// keepalived beside it in the same run: its figures are the reason for the rows, not this project's to mend.

import Glibc
import Lab
import Linux
import Testing
import Wire

/// Priorities 150 and 100, version 2, an advertisement a second, unless a row says otherwise.
@Suite(.serialized) struct FailoverTableTests {
    /// Rows 1, 10 and 11: what an operator does. Each as often as `BATON_ROUNDS` says; the worst counts.
    @Test(.timeLimit(.minutes(8)), arguments: TableSettings.three)
    func plannedStopAndReturn(_ programs: [Program]) throws {
        let trial = try Trial("1 SIGTERM of the daemon", programs)
        let daemon = trial.pair.daemons[0]
        var stops: [Effect] = []
        var returns: [Effect] = []
        for _ in 0..<(programs == TableSettings.baton ? TableSettings.rounds : 1) {
            stops.append(
                try trial.measure(isQuiet: true) { recording in
                    try daemon.stop()
                    #expect(recording.await([false, true], seconds: 4))
                })
            returns.append(
                try trial.measure(isQuiet: true) { recording in
                    try daemon.start()
                    #expect(recording.await([true, false], seconds: 8))
                })
        }
        let (stop, back) = (Effect.worst(of: stops), Effect.worst(of: returns))
        stop.print(trial.row, programs)
        back.print("10 the higher priority comes back", programs)
        let restart = try trial.measure("11 the service is restarted") { recording in
            try daemon.stop()
            try daemon.start()
            #expect(recording.await([true, false], seconds: 10))
        }
        guard trial.isBaton else {
            #expect((300..<1500).contains(stop.outage))
            #expect(back.outage < 50 + TableSettings.slack)
            return
        }
        #expect(stop.outage < 5 + TableSettings.slack)
        #expect(stop.both <= 20 + TableSettings.slack)
        #expect(back.outage < 5 + TableSettings.slack)
        #expect(restart.outage < 5 + TableSettings.slack)
    }

    /// Row 2.
    @Test(.timeLimit(.minutes(2)), arguments: TableSettings.three)
    func deathOfTheEngine(_ programs: [Program]) throws {
        try deathOfTheEngine(Trial("2 SIGKILL of the VRRP process", programs), downInterval: 3600)
    }

    /// Row 2 with ten advertisements a second: the peer waits 0.36 s only.
    @Test(.timeLimit(.minutes(2)), arguments: TableSettings.two)
    func deathOfTheEngineOfAFastPair(_ programs: [Program]) throws {
        let trial = try Trial("2 the same, version 3, 0.1 s", programs, .v3, interval: "0.1")
        try deathOfTheEngine(trial, downInterval: 360)
    }

    private func deathOfTheEngine(_ trial: Trial, downInterval: Double) throws {
        let takeovers = trial.takeovers
        let effect = try trial.measure { recording in
            try trial.signalEngine("KILL")
            usleep(UInt32(downInterval * 1000) + 700_000)
            if trial.isBaton { #expect(recording.holders == [true, false]) }
        }
        guard trial.isBaton else { return #expect(effect.outage < downInterval + 500) }
        #expect(effect.outage < 5 + TableSettings.slack)
        #expect(trial.takeovers == takeovers, "\(trial.pair.logs)")
    }

    /// Row 3.
    @Test(.timeLimit(.minutes(2)), arguments: TableSettings.two)
    func deathOfTheGuard(_ programs: [Program]) throws {
        let trial = try Trial("3 SIGKILL of the main process", programs)
        let effect = try trial.measure { recording in
            trial.signalGuard(SIGKILL)
            usleep(4_300_000)
            #expect(recording.holders.count { $0 } == 1)
        }
        #expect(effect.outage < (trial.isBaton ? 5 + TableSettings.slack : 4000))
    }

    /// Row 4.
    @Test(.timeLimit(.minutes(2)), arguments: TableSettings.two)
    func deathOfAllProcesses(_ programs: [Program]) throws {
        let trial = try Trial("4 SIGKILL of all processes", programs)
        let effect = try trial.measure { recording in
            trial.killAll()
            usleep(5_000_000)
            // Nobody is left to remove keepalived's address.
            #expect(recording.holders == [!trial.isBaton, true])
        }
        guard trial.isBaton else { return #expect(effect.both > 1000) }
        #expect(effect.both <= 500 + TableSettings.slack)
        #expect(effect.outage <= 700 + TableSettings.slack)
    }

    /// Row 5: a hang, or a virtual machine that is paused and goes on.
    @Test(.timeLimit(.minutes(4)), arguments: TableSettings.two)
    func allProcessesStopped(_ programs: [Program]) throws {
        let seconds = TableSettings.stopSeconds
        let trial = try Trial("5 SIGSTOP of all processes, \(seconds) s", programs)
        let stopped = try trial.measure { recording in
            trial.signalAll(SIGSTOP)
            usleep(UInt32(seconds) * 1_000_000)
            #expect(recording.holders == [!trial.isBaton, true])
        }
        let continued = try trial.measure("5 SIGCONT of them") { recording in
            trial.signalAll(SIGCONT)
            usleep(4_500_000)
            if trial.isBaton { #expect(recording.holders.count { $0 } == 1) }
        }
        guard trial.isBaton else { return #expect(stopped.both > 1000) }
        #expect(stopped.both <= 500 + TableSettings.slack)
        #expect(stopped.outage <= 700 + TableSettings.slack)
        #expect(continued.both <= 50 + TableSettings.slack)
    }

    /// Row 6: the guard still runs.
    @Test(.timeLimit(.minutes(2)), arguments: TableSettings.two)
    func engineStopped(_ programs: [Program]) throws {
        let trial = try Trial("6 SIGSTOP of the VRRP process", programs)
        let effect = try trial.measure { recording in
            try trial.signalEngine("STOP")
            usleep(5_000_000)
            if trial.isBaton { #expect(recording.holders.count { $0 } == 1) }
        }
        guard trial.isBaton else { return #expect(effect.both > 1000) }
        #expect(effect.outage <= 3600)
    }

    /// Row 7.
    @Test(.timeLimit(.minutes(2)), arguments: TableSettings.two)
    func addressDeletedByHand(_ programs: [Program]) throws {
        let trial = try Trial("7 ip addr del on the master", programs)
        let effect = try trial.measure { recording in
            try trial.pair.hosts[0].check("ip addr del 192.168.50.88/24 dev eth0")
            usleep(2_500_000)
            #expect(recording.holders.count { $0 } == 1)
        }
        #expect(effect.outage <= (trial.isBaton ? 50 : 5000))
    }
}
