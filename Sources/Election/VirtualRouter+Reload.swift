// New settings for a running virtual router: the state stays, timers follow the new intervals.

import Wire

extension VirtualRouter {
    /// Adopts `settings` without leaving the state, unless new trackers fault the router. No beat is lost:
    /// a master advertises at the latest when it would have, a backup waits a whole new down interval.
    package mutating func update(
        _ settings: VirtualRouterSettings, at now: Timestamp, into actions: inout [Action]
    ) {
        let former = priority
        self.settings = settings
        ledger = ledger.renewed(base: settings.basePriority, trackers: settings.trackers)
        notePriority(former: former, into: &actions)
        switch state {
        case .initialize(let initialize):
            // What it waited for may not be tracked any more.
            if initialize.isStarting, initialize.startDeadline == nil, ledger.awaited == nil {
                return begin(at: now, into: &actions)
            }
        case .fault, .leaving:
            break
        case .backup(var backup):
            if settings.version == .v2 { backup.masterInterval = settings.advertisementInterval }
            backup.masterDownDeadline = now + downInterval(backup.masterInterval)
            state = .backup(backup)
        case .master(var master):
            master.advertisementDeadline = min(
                master.advertisementDeadline, now + settings.advertisementInterval)
            master.refreshDeadline = nextRefresh(after: now)
            state = .master(master)
        }
        reconsiderFault(at: now, into: &actions)
    }
}
