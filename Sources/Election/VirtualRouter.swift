// One virtual router: the state machine of RFC 9568 6.4 (and RFC 3768 6.4 for v2), with keepalived's
// preemption delay, trackers and announcement schedule. Pure: time comes in, actions go out.
// `VirtualRouter+Backup.swift` and `+Master.swift` hold what each state does with an advertisement.

import Wire

/// A virtual router's settings, state, priority ledger and counters.
package struct VirtualRouter: Sendable {
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

    /// It belongs to a sync group: it becomes master when the group does.
    var isGrouped = false
    /// The other member whose fault this router shares.
    var groupFault: String?
    /// How the other router that was heard last compares to this one, and when.
    var comparison: (isBetter: Bool, at: Timestamp)?

    /// Why the router cannot take part, the most telling reason first.
    package var fault: FaultReason? { ownFault ?? groupFault.map { .groupMember($0) } }

    /// A reason of its own.
    var ownFault: FaultReason? {
        if settings.lacksPeers { return .noPeer }
        if let tracker = ledger.fault { return .tracker(tracker) }
        return ownAddress == nil ? .noAddress : nil
    }

    // MARK: Events

    package mutating func handle(_ event: Event, at now: Timestamp, into actions: inout [Action]) {
        listenIfLate(at: now, into: &actions)
        switch event {
        case .startup: startUp(at: now, into: &actions)
        case .shutdown: shutDown(lingers: true, at: now, into: &actions)
        case .abandon: shutDown(lingers: false, at: now, into: &actions)
        case .advertisement(let heard): hear(heard, at: now, into: &actions)
        case .tracker(let index, let health): track(index, health, at: now, into: &actions)
        case .ownAddress(let address): setOwnAddress(address, at: now, into: &actions)
        case .addressLost: restoreAddresses(into: &actions)
        case .installationFailed: retryInstallation()
        case .linkRenewed: renewLink(at: now, into: &actions)
        case .slept(let span): listenIfLate(by: span, at: now, into: &actions)
        case .addressClaimed(let place, let count):
            answerClaim(place, of: count, at: now, into: &actions)
        }
    }

    /// Acts on the deadlines that have passed. Calling it early does nothing.
    package mutating func tick(at now: Timestamp, into actions: inout [Action]) {
        listenIfLate(at: now, into: &actions)
        switch state {
        case .initialize(let initialize):
            guard let deadline = initialize.startDeadline, deadline <= now else { return }
            state = .initialize(InitializeState(isStarting: true))
            beginIfKnown(at: now, into: &actions)
        case .backup(let backup):
            guard backup.masterDownDeadline <= now, !backup.isReady, !listensAgain(backup, at: now) else {
                return
            }
            append(.note(.masterSilent), to: &actions)
            becomeMasterOrReady(backup, at: now, into: &actions)
        case .master(let master):
            tick(master, at: now, into: &actions)
        case .leaving(let leaving):
            tick(leaving, at: now, into: &actions)
        case .fault:
            break
        }
    }

    private mutating func startUp(at now: Timestamp, into actions: inout [Action]) {
        guard case .initialize(let initialize) = state, !initialize.isStarting else { return }
        let delay = settings.startupDelay
        state = .initialize(
            InitializeState(isStarting: true, startDeadline: delay > .zero ? now + delay : nil))
        guard delay > .zero else { return beginIfKnown(at: now, into: &actions) }
        append(.note(.startupDelayStarted(delay)), to: &actions)
    }

    /// Takes part as soon as every tracker that could forbid it has reported.
    private mutating func beginIfKnown(at now: Timestamp, into actions: inout [Action]) {
        if let tracker = ledger.awaited {
            append(.note(.awaitingTracker(tracker)), to: &actions)
        } else {
            begin(at: now, into: &actions)
        }
    }

    /// RFC 9568 6.4.1: an owner becomes master at once, anyone else listens first.
    mutating func begin(at now: Timestamp, into actions: inout [Action]) {
        if let fault {
            enter(.fault, .fault(fault), at: now, into: &actions)
        } else if settings.isOwner {
            takeOwnAddress(.startup, at: now, into: &actions)
        } else {
            let wait = Timers.initialDown(settings, priority: priority)
            becomeBackup(.startup, wait: wait, at: now, into: &actions)
        }
    }

    private mutating func shutDown(lingers: Bool, at now: Timestamp, into actions: inout [Action]) {
        switch state {
        case .initialize(let initialize):
            guard initialize.isStarting else { return }
            state = .initialize(InitializeState())
        case .master:
            leave(.shutdown, lingers: lingers, isStopping: true, at: now, into: &actions)
        case .leaving(var leaving):
            leaving.isStopping = true
            leaving.reason = .shutdown
            if lingers { state = .leaving(leaving) } else { finish(leaving, at: now, into: &actions) }
        case .backup, .fault:
            enter(.initialize(InitializeState()), .shutdown, at: now, into: &actions)
        }
    }

    private mutating func hear(
        _ heard: HeardAdvertisement, at now: Timestamp, into actions: inout [Action]
    ) {
        if settings.isOwner, settings.ownerIgnoresAdvertisements, !isLeaving {
            statistics[.ownerIgnores] += 1
            return
        }
        statistics.advertisementsReceived += 1
        if heard.priority == 0 {
            statistics.priorityZeroReceived += 1
        } else {
            comparison = (isBetter(heard), now)
        }
        switch state {
        case .initialize, .fault: break
        case .backup(let backup): hear(heard, as: backup, at: now, into: &actions)
        case .master(let master): hear(heard, as: master, at: now, into: &actions)
        case .leaving(let leaving): hear(heard, as: leaving, at: now, into: &actions)
        }
    }

    private mutating func track(
        _ index: Int, _ health: TrackerHealth, at now: Timestamp, into actions: inout [Action]
    ) {
        let (former, wasAwaited) = (priority, ledger.awaited != nil)
        ledger.set(index, health)
        notePriority(former: former, into: &actions)
        if case .initialize(let initialize) = state {
            guard initialize.isStarting, initialize.startDeadline == nil, wasAwaited, ledger.awaited == nil
            else { return }
            begin(at: now, into: &actions)
        } else {
            reconsiderFault(at: now, into: &actions)
        }
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
        case (.initialize, _), (.fault, .some), (.backup, nil), (.master, nil), (.leaving, nil):
            break
        case (.backup, .some(let fault)):
            enter(.fault, .fault(fault), at: now, into: &actions)
        case (.master, .some(let fault)):
            leave(.fault(fault), lingers: fault.permitsService, isStopping: false, at: now, into: &actions)
        case (.leaving(let leaving), .some(let fault)):
            if !fault.permitsService { finish(leaving, at: now, into: &actions) }
        case (.fault, nil):
            if settings.isOwner {
                takeOwnAddress(.recovered, at: now, into: &actions)
            } else {
                becomeBackup(.recovered, wait: ownDownInterval, at: now, into: &actions)
            }
        }
    }

    // MARK: Transitions

    /// An owner does not wait for anybody but the other members of its group.
    private mutating func takeOwnAddress(
        _ reason: Transition.Reason, at now: Timestamp, into actions: inout [Action]
    ) {
        guard isGrouped else { return becomeMaster(reason, at: now, into: &actions) }
        becomeBackup(reason, wait: .zero, at: now, into: &actions)
        guard case .backup(let backup) = state else { return }
        becomeMasterOrReady(backup, at: now, into: &actions)
    }

    /// The down timer has passed: master, or in a group ready for it.
    private mutating func becomeMasterOrReady(
        _ backup: BackupState, at now: Timestamp, into actions: inout [Action]
    ) {
        guard isGrouped else { return becomeMaster(.masterSilent, at: now, into: &actions) }
        var backup = backup
        backup.isReady = true
        state = .backup(backup)
    }

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
            refreshDeadline: nextRefresh(after: now),
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

    mutating func enter(
        _ next: State, _ reason: Transition.Reason, at now: Timestamp, into actions: inout [Action]
    ) {
        if state.name == .master { statistics.releasedMaster += 1 }
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
