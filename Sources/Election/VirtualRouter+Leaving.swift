// How a master leaves of its own accord (RFC 9568 6.4.3 Shutdown): it says so at once with priority 0, but serves on
// until its successor is heard, so that the addresses are never without a holder.

import Wire

extension VirtualRouter {
    var isLeaving: Bool { if case .leaving = state { true } else { false } }

    /// `lingers`: the addresses stay until a successor is heard, if the settings permit it.
    mutating func leave(
        _ reason: Transition.Reason, lingers: Bool, isStopping: Bool, at now: Timestamp,
        into actions: inout [Action]
    ) {
        advertise(0, into: &actions)
        append(.note(.sentPriorityZero), to: &actions)
        let wait = Timers.farewell(version: settings.version, interval: settings.advertisementInterval)
        let leaving = LeavingState(
            began: now, lastDeadline: now + wait, deadline: now + wait, reason: reason, isStopping: isStopping
        )
        guard lingers, settings.handover == .makeBeforeBreak else {
            return finish(leaving, at: now, into: &actions)
        }
        append(.note(.awaitingSuccessor(wait)), to: &actions)
        state = .leaving(leaving)
    }

    /// Whoever advertises now is the successor, whatever its priority; another one that leaves is not. It takes the
    /// addresses behind that advertisement (RFC 9568 6.4.2): they go when it announces them, or a moment later.
    mutating func hear(
        _ heard: HeardAdvertisement, as leaving: LeavingState, at now: Timestamp, into actions: inout [Action]
    ) {
        guard heard.priority > 0, heard.source != ownAddress else { return }
        var leaving = leaving
        leaving.successor = heard
        if leaving.claims.isEmpty { leaving.deadline = min(leaving.deadline, now + Timers.takeover) }
        state = .leaving(leaving)
    }

    mutating func tick(_ leaving: LeavingState, at now: Timestamp, into actions: inout [Action]) {
        guard leaving.deadline <= now else { return }
        if leaving.successor == nil, leaving.claims.isEmpty { append(.note(.noSuccessor), to: &actions) }
        finish(leaving, at: now, into: &actions)
    }

    mutating func finish(_ leaving: LeavingState, at now: Timestamp, into actions: inout [Action]) {
        append(.removeAddresses, to: &actions)
        if leaving.isStopping {
            enter(.initialize(InitializeState()), leaving.reason, at: now, into: &actions)
        } else if let fault {
            enter(.fault, .fault(fault), at: now, into: &actions)
        } else {
            // Nobody else was master since it said that it leaves: that silence counts.
            var backup = BackupState(
                masterDownDeadline: max(now, leaving.began + ownDownInterval),
                masterInterval: settings.advertisementInterval)
            if let successor = leaving.successor { follow(successor, &backup, at: now, into: &actions) }
            enter(.backup(backup), leaving.reason, at: now, into: &actions)
        }
    }
}

extension VirtualRouter {
    /// A master that said nothing for longer than its peers wait (a machine that was paused, a process that was stopped
    /// or starved) listens before it speaks: whoever has become master meanwhile advertises within an interval.
    mutating func listenIfLate(by pause: Duration = .zero, at now: Timestamp, into actions: inout [Action]) {
        guard case .master(let master) = state else { return }
        let interval = settings.advertisementInterval
        // The last advertisement left an interval before the deadline.
        let silence = now - master.advertisementDeadline + interval + pause
        guard silence > max(ownDownInterval, interval * 2) else { return }
        append(.removeAddresses, to: &actions)
        listen(.stoodStill(silence), at: now, into: &actions)
    }

    /// Backup for an interval, in which a master says that it is there.
    mutating func listen(_ reason: Transition.Reason, at now: Timestamp, into actions: inout [Action]) {
        let wait = Timers.masterDown(
            version: settings.version, priority: priority, interval: settings.advertisementInterval,
            advertisements: 1)
        becomeBackup(reason, wait: wait, at: now, into: &actions)
        guard case .backup(var backup) = state else { return }
        backup.isLate = true
        state = .backup(backup)
    }
}

extension FaultReason {
    /// The host can still serve the addresses and hear its successor.
    var permitsService: Bool {
        switch self {
        case .tracker(let tracker): tracker.kind != .interface
        case .noAddress, .noPeer: false
        case .groupMember: true
        }
    }
}
