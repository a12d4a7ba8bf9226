// What a backup does with an advertisement (RFC 9568 6.4.2, RFC 3768 6.4.2), and keepalived's
// preemption delay.

import Wire

extension VirtualRouter {
    mutating func hear(
        _ heard: HeardAdvertisement, as backup: BackupState, at now: Timestamp, into actions: inout [Action]
    ) {
        var backup = backup
        if heard.priority == 0 {
            // Nothing is learned from this packet: the skew is that of the interval known before.
            let skew = Timers.skew(
                version: settings.version, priority: priority, interval: backup.masterInterval)
            backup.masterDownDeadline = now + skew
            backup.isReady = false
            append(.note(.heardPriorityZero(from: heard.source)), to: &actions)
        } else if accepts(heard, &backup, at: now, into: &actions) {
            follow(heard, &backup, at: now, into: &actions)
        } else {
            append(.note(.discardedLowerPriority(heard.priority, from: heard.source)), to: &actions)
        }
        state = .backup(backup)
    }

    /// Whether the sender is recognised as master: its priority suffices, this router does not preempt, or
    /// the preemption delay is running. The hold never promotes by itself: after it ends, advertisements
    /// are discarded and the down timer decides.
    private func accepts(
        _ heard: HeardAdvertisement, _ backup: inout BackupState, at now: Timestamp,
        into actions: inout [Action]
    ) -> Bool {
        guard heard.priority < priority else {
            if backup.preemptHold != nil {
                backup.preemptHold = nil
                append(.note(.preemptDelayStopped), to: &actions)
            }
            return true
        }
        // The owner takes over whatever the preemption mode says (RFC 9568 6.1).
        guard settings.preempts || settings.isOwner else { return true }
        guard settings.preemptDelay > .zero, !settings.isOwner else { return false }
        if backup.preemptHold == nil {
            backup.preemptHold = now + settings.preemptDelay
            append(.note(.preemptDelayStarted(settings.preemptDelay)), to: &actions)
        }
        return backup.preemptHold.map { now < $0 } ?? false
    }

    /// A backup that was held up (a process that was stopped, a machine that was paused) has heard nobody because it did
    /// not listen. It waits for an interval once more, in which a master says that it is there.
    mutating func listensAgain(_ backup: BackupState, at now: Timestamp) -> Bool {
        let lateness = now - backup.masterDownDeadline
        guard lateness > max(backup.masterInterval, .milliseconds(100)), !backup.isLate else { return false }
        var backup = backup
        backup.isLate = true
        backup.masterDownDeadline =
            now
            + Timers.masterDown(
                version: settings.version, priority: priority, interval: backup.masterInterval,
                advertisements: 1)
        state = .backup(backup)
        return true
    }

    /// Restarts the down timer and, in v3, learns the master's interval.
    func follow(
        _ heard: HeardAdvertisement, _ backup: inout BackupState, at now: Timestamp,
        into actions: inout [Action]
    ) {
        if settings.version == .v3, heard.interval != backup.masterInterval {
            append(.note(.intervalLearned(from: backup.masterInterval, to: heard.interval)), to: &actions)
            backup.masterInterval = heard.interval
        }
        backup.masterDownDeadline = now + downInterval(backup.masterInterval)
        backup.isReady = false
        backup.isLate = false
        if backup.master != heard.source {
            append(.note(.masterIs(heard.source, formerly: backup.master)), to: &actions)
            backup.master = heard.source
        }
        backup.masterPriority = heard.priority
    }
}
