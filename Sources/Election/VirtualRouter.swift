// One virtual router: the state machine of RFC 9568 6.4 (and RFC 3768 6.4 for v2), with keepalived's
// preemption delay, trackers and announcement schedule. Pure: time comes in, actions go out.
// `VirtualRouter+Backup.swift` and `+Master.swift` hold what each state does with an advertisement.

import Wire

/// A virtual router's settings, state, priority ledger and counters.
package struct VirtualRouter: Sendable, Hashable {
    package let id: RouterID
    package internal(set) var settings: VirtualRouterSettings
    package internal(set) var state: State = .initialize(InitializeState())
    package internal(set) var ledger: PriorityLedger
    /// The source of own advertisements; nil: the interface has no address.
    package internal(set) var ownAddress: IPAddress?
    /// When the state was entered.
    package internal(set) var since: Timestamp
    package var statistics = Statistics()

    package init(id: RouterID, settings: VirtualRouterSettings, at now: Timestamp) {
        self.id = id
        self.settings = settings
        ledger = PriorityLedger(base: settings.basePriority, trackers: settings.trackers)
        since = now
    }

    package var priority: UInt8 { ledger.effective }

    /// Why the router cannot take part, the most telling reason first.
    package var fault: FaultReason? {
        if let tracker = ledger.fault { return .tracker(tracker) }
        return ownAddress == nil ? .noAddress : nil
    }

    // MARK: Events

    package mutating func handle(_ event: Event, at now: Timestamp, into actions: inout [Action]) {
        switch event {
        case .startup: startUp(at: now, into: &actions)
        case .shutdown: shutDown(at: now, into: &actions)
        case .advertisement(let heard): hear(heard, at: now, into: &actions)
        case .tracker(let index, let isUp): track(index, isUp: isUp, at: now, into: &actions)
        case .ownAddress(let address): setOwnAddress(address, at: now, into: &actions)
        case .addressLost: restoreAddresses(into: &actions)
        case .installationFailed: retryInstallation()
        case .linkRenewed: renewLink(at: now, into: &actions)
        }
    }

    /// Acts on the deadlines that have passed. Calling it early does nothing.
    package mutating func tick(at now: Timestamp, into actions: inout [Action]) {
        switch state {
        case .initialize(let initialize):
            if let deadline = initialize.startDeadline, deadline <= now { begin(at: now, into: &actions) }
        case .backup(let backup):
            if backup.masterDownDeadline <= now {
                append(.note(.masterSilent), to: &actions)
                becomeMaster(.masterSilent, at: now, into: &actions)
            }
        case .master(let master):
            tick(master, at: now, into: &actions)
        case .fault:
            break
        }
    }

    private mutating func startUp(at now: Timestamp, into actions: inout [Action]) {
        guard case .initialize(let initialize) = state, initialize.startDeadline == nil else { return }
        guard settings.startupDelay > .zero else { return begin(at: now, into: &actions) }
        state = .initialize(InitializeState(startDeadline: now + settings.startupDelay))
        append(.note(.startupDelayStarted(settings.startupDelay)), to: &actions)
    }

    /// RFC 9568 6.4.1: an owner becomes master at once, anyone else listens first.
    private mutating func begin(at now: Timestamp, into actions: inout [Action]) {
        if let fault {
            enter(.fault, .fault(fault), at: now, into: &actions)
        } else if settings.isOwner {
            becomeMaster(.startup, at: now, into: &actions)
        } else {
            let wait = Timers.initialDown(settings, priority: priority)
            becomeBackup(.startup, wait: wait, at: now, into: &actions)
        }
    }

    private mutating func shutDown(at now: Timestamp, into actions: inout [Action]) {
        switch state {
        case .initialize(let initialize):
            guard initialize.startDeadline != nil else { return }
            state = .initialize(InitializeState())
        case .master:
            release(into: &actions)
            enter(.initialize(InitializeState()), .shutdown, at: now, into: &actions)
        case .backup, .fault:
            enter(.initialize(InitializeState()), .shutdown, at: now, into: &actions)
        }
    }

    private mutating func hear(
        _ heard: HeardAdvertisement, at now: Timestamp, into actions: inout [Action]
    ) {
        if settings.isOwner, settings.ownerIgnoresAdvertisements {
            statistics[.ownerIgnores] += 1
            return
        }
        statistics.advertisementsReceived += 1
        if heard.priority == 0 { statistics.priorityZeroReceived += 1 }
        switch state {
        case .initialize, .fault: break
        case .backup(let backup): hear(heard, as: backup, at: now, into: &actions)
        case .master(let master): hear(heard, as: master, at: now, into: &actions)
        }
    }

    private mutating func track(
        _ index: Int, isUp: Bool, at now: Timestamp, into actions: inout [Action]
    ) {
        let former = priority
        ledger.set(index, isUp: isUp)
        notePriority(former: former, into: &actions)
        reconsiderFault(at: now, into: &actions)
    }

    private mutating func setOwnAddress(
        _ address: IPAddress?, at now: Timestamp, into actions: inout [Action]
    ) {
        ownAddress = address
        reconsiderFault(at: now, into: &actions)
    }

    func notePriority(former: UInt8, into actions: inout [Action]) {
        guard former != priority else { return }
        append(.note(.effectivePriority(from: former, to: priority)), to: &actions)
    }

    /// Enters or leaves the fault state as trackers and address say. Leaving passes through backup with
    /// the whole down interval; an owner takes its addresses back at once (RFC 9568 6.4.1).
    mutating func reconsiderFault(at now: Timestamp, into actions: inout [Action]) {
        switch (state, fault) {
        case (.initialize, _), (.fault, .some), (.backup, nil), (.master, nil):
            break
        case (.backup, .some(let fault)):
            enter(.fault, .fault(fault), at: now, into: &actions)
        case (.master, .some(let fault)):
            release(into: &actions)
            enter(.fault, .fault(fault), at: now, into: &actions)
        case (.fault, nil):
            if settings.isOwner {
                becomeMaster(.recovered, at: now, into: &actions)
            } else {
                becomeBackup(.recovered, wait: ownDownInterval, at: now, into: &actions)
            }
        }
    }

    // MARK: Transitions

    /// The down interval of a router that has learned nothing yet.
    var ownDownInterval: Duration { downInterval(settings.advertisementInterval) }

    func downInterval(_ masterInterval: Duration) -> Duration {
        Timers.masterDown(
            version: settings.version, priority: priority, interval: masterInterval,
            advertisements: settings.downTimerAdvertisements)
    }

    /// RFC 9568 6.4.2 Active_Down_Timer: the advertisement goes first, then addresses, then announcements.
    mutating func becomeMaster(
        _ reason: Transition.Reason, at now: Timestamp, into actions: inout [Action]
    ) {
        let announcement = settings.announcement
        advertise(priority, into: &actions)
        append(.installAddresses, to: &actions)
        append(.announce(copies: announcement.masterRepeat), to: &actions)
        statistics.becameMaster += 1
        let master = MasterState(
            advertisementDeadline: now + settings.advertisementInterval,
            burst: announcement.masterDelay > .zero
                ? .init(deadline: now + announcement.masterDelay, copies: announcement.masterRepeat) : nil,
            refreshDeadline: announcement.refresh > .zero ? now + announcement.refresh : nil,
            nextLosingBurst: now)
        enter(.master(master), reason, at: now, into: &actions)
    }

    mutating func becomeBackup(
        _ reason: Transition.Reason, wait: Duration, at now: Timestamp, into actions: inout [Action]
    ) {
        let backup = BackupState(
            masterDownDeadline: now + wait, masterInterval: settings.advertisementInterval)
        enter(.backup(backup), reason, at: now, into: &actions)
    }

    /// Gives the addresses up of its own accord: peers hear of it at once (RFC 9568 6.4.3 Shutdown).
    mutating func release(into actions: inout [Action]) {
        advertise(0, into: &actions)
        append(.note(.sentPriorityZero), to: &actions)
        append(.removeAddresses, to: &actions)
    }

    mutating func enter(
        _ next: State, _ reason: Transition.Reason, at now: Timestamp, into actions: inout [Action]
    ) {
        if case .master = state { statistics.releasedMaster += 1 }
        let transition = Transition(from: state.name, to: next.name, reason: reason, priority: priority)
        state = next
        since = now
        append(.transition(transition), to: &actions)
    }

    mutating func advertise(_ priority: UInt8, into actions: inout [Action]) {
        statistics.advertisementsSent += 1
        if priority == 0 { statistics.priorityZeroSent += 1 }
        append(.advertise(priority: priority), to: &actions)
    }

    func append(_ kind: Action.Kind, to actions: inout [Action]) {
        actions.append(Action(id, kind))
    }
}
