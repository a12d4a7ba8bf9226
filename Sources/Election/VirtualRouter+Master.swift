// What a master does with its timers and with an advertisement (RFC 9568 6.4.3), and keepalived's
// schedule of gratuitous ARP and neighbour advertisements.

import Wire

extension VirtualRouter {
    mutating func tick(_ master: MasterState, at now: Timestamp, into actions: inout [Action]) {
        var master = master
        if master.advertisementDeadline <= now {
            advertise(priority, into: &actions)
            master.advertisementDeadline = nextBeat(after: master.advertisementDeadline, at: now)
            if master.mustInstall {
                master.mustInstall = false
                append(.installAddresses, to: &actions)
            }
        }
        if let challenge = master.challenge, challenge.end <= now {
            if challenge.yieldDeadline == nil {
                append(.note(.challengeUnconfirmed(from: challenge.heard.source)), to: &actions)
            } else if isBetter(challenge.heard) {
                return yield(to: challenge, at: now, into: &actions)
            }
            endChallenge(&master, into: &actions)
        }
        if master.challenge == nil { announceInTime(&master, at: now, into: &actions) }
        state = .master(master)
    }

    private func announceInTime(_ master: inout MasterState, at now: Timestamp, into actions: inout [Action])
    {
        if let burst = master.burst, burst.deadline <= now {
            master.burst = nil
            append(.announce(copies: burst.copies), to: &actions)
        }
        if let refresh = master.refreshDeadline, refresh <= now {
            master.refreshDeadline = nextRefresh(after: now)
            append(.announce(copies: settings.announcement.refreshRepeat), to: &actions)
        }
    }

    /// When the addresses are announced again; nil: never.
    func nextRefresh(after now: Timestamp) -> Timestamp? {
        let refresh = settings.announcement.refresh
        return refresh > .zero ? now + refresh : nil
    }

    /// The next beat counts from the last one's due time, so lateness does not add up; beats that were
    /// missed altogether are not made up for.
    private func nextBeat(after due: Timestamp, at now: Timestamp) -> Timestamp {
        let next = due + settings.advertisementInterval
        return next > now ? next : now + settings.advertisementInterval
    }

    mutating func hear(
        _ heard: HeardAdvertisement, as master: MasterState, at now: Timestamp, into actions: inout [Action]
    ) {
        if heard.priority == 255, settings.isOwner {
            append(.note(.severalOwners(heard.source)), to: &actions)
        }
        if heard.priority == 0 {
            answerPriorityZero(from: heard.source, master, at: now, into: &actions)
        } else if isBetter(heard) {
            meet(heard, master, at: now, into: &actions)
        } else {
            hold(against: heard, master, at: now, into: &actions)
        }
    }

    /// One packet alone moves nothing: it may be forged, or its sender may have gone again. The own advertisement makes
    /// a real master answer at once (RFC 9568 6.4.3). The second packet counts, but the addresses go when its sender has
    /// announced them, or a moment later.
    private mutating func meet(
        _ heard: HeardAdvertisement, _ master: MasterState, at now: Timestamp, into actions: inout [Action]
    ) {
        guard settings.handover == .makeBeforeBreak else {
            noteBetter(heard, into: &actions)
            return yield(to: heard, at: now, into: &actions)
        }
        if master.challenge?.isConfirmed == true { return }
        var master = master
        if var challenge = master.challenge, challenge.heard.source == heard.source, now < challenge.deadline
        {
            noteBetter(heard, into: &actions)
            let due = now + Timers.takeover
            challenge.heard = heard
            challenge.isConfirmed = true
            challenge.yieldDeadline = challenge.yieldDeadline.map { min($0, due) } ?? due
            challenge.claimDeadline = max(challenge.claimDeadline, due)
            master.challenge = challenge
            state = .master(master)
            if challenge.claims.isComplete { yield(to: challenge, at: now, into: &actions) }
            return
        }
        let wait = max(heard.interval * 5 / 4, min(heard.interval * 5 / 2, Timers.longestFarewell))
        var challenge = MasterState.Challenge(
            heard: heard, claimDeadline: now + min(wait, .seconds(1)), deadline: now + wait)
        if now < master.recentClaimsDeadline { challenge.claims = master.recentClaims }
        master.challenge = challenge
        state = .master(master)
        append(.note(.challenged(heard.priority, from: heard.source)), to: &actions)
        advertise(priority, into: &actions)
    }

    private func noteBetter(_ heard: HeardAdvertisement, into actions: inout [Action]) {
        let note: Note =
            heard.priority > priority
            ? .higherPriority(heard.priority, from: heard.source, own: priority)
            : .samePriorityHigherAddress(heard.priority, from: heard.source)
        append(.note(note), to: &actions)
    }

    /// It is better no longer, or was not heard again. It may have announced the addresses.
    private func endChallenge(_ master: inout MasterState, into actions: inout [Action]) {
        master.challenge = nil
        append(.announce(copies: 1), to: &actions)
    }

    private mutating func answerPriorityZero(
        from source: IPAddress, _ master: MasterState, at now: Timestamp, into actions: inout [Action]
    ) {
        append(.note(.heardPriorityZero(from: source)), to: &actions)
        advertise(priority, into: &actions)
        var master = master
        if master.challenge?.heard.source == source { endChallenge(&master, into: &actions) }
        master.advertisementDeadline = now + settings.advertisementInterval
        state = .master(master)
    }

    private mutating func yield(
        to challenge: MasterState.Challenge, at now: Timestamp, into actions: inout [Action]
    ) {
        if !challenge.isConfirmed { noteBetter(challenge.heard, into: &actions) }
        yield(to: challenge.heard, at: now, into: &actions)
    }

    private mutating func yield(
        to heard: HeardAdvertisement, at now: Timestamp, into actions: inout [Action]
    ) {
        if settings.higherPrioritySendsAdvertisement, settings.handover == .breakBeforeMake {
            advertise(priority, into: &actions)
        }
        append(.removeAddresses, to: &actions)
        var backup = BackupState(
            masterDownDeadline: now, masterInterval: settings.advertisementInterval)
        follow(heard, &backup, at: now, into: &actions)
        enter(.backup(backup), .betterMaster(heard.source), at: now, into: &actions)
    }

    /// A losing advertisement: answered at once so that its sender and the bridges learn who is master
    /// (RFC 9568 6.4.3), ten times an interval at the most; the advertisement timer is not restarted. keepalived answers
    /// in v2 as well.
    private mutating func hold(
        against heard: HeardAdvertisement, _ master: MasterState, at now: Timestamp,
        into actions: inout [Action]
    ) {
        if heard.priority == priority, heard.source == ownAddress {
            append(.note(.ownAddressHeard(priority: heard.priority)), to: &actions)
        } else {
            append(
                .note(.forcedElection(priority: heard.priority, from: heard.source, own: priority)),
                to: &actions)
        }
        var master = master
        defer { state = .master(master) }
        if master.challenge?.heard.source == heard.source { endChallenge(&master, into: &actions) }
        if !settings.lowerPriorityNoAdvertisement,
            master.answers.permits(at: now, interval: settings.advertisementInterval)
        {
            advertise(priority, into: &actions)
        }
        guard master.nextLosingBurst <= now else { return }
        let announcement = settings.announcement
        master.nextLosingBurst = now + settings.advertisementInterval / 2
        if announcement.lowerPriorityRepeat > 0 {
            append(.announce(copies: announcement.lowerPriorityRepeat), to: &actions)
            if announcement.lowerPriorityDelay > .zero {
                master.burst = .init(
                    deadline: now + announcement.lowerPriorityDelay, copies: announcement.lowerPriorityRepeat)
            }
        }
    }

    // MARK: Addresses and link

    /// Somebody else answers for an address: the better router that was heard has taken it; or nobody should, and the
    /// neighbours are told again who holds it.
    mutating func answerClaim(
        _ place: Int, of count: Int, at now: Timestamp, into actions: inout [Action]
    ) {
        switch state {
        case .master(var master):
            if var challenge = master.challenge, now < challenge.claimDeadline, isBetter(challenge.heard) {
                guard challenge.claims.add(place, of: count) else { return }
                if challenge.claims.isComplete { return yield(to: challenge, at: now, into: &actions) }
                let due = now + Timers.announcing
                challenge.yieldDeadline = challenge.yieldDeadline.map { max($0, due) } ?? due
                master.challenge = challenge
                state = .master(master)
                return
            }
            if master.recentClaimsDeadline <= now { master.recentClaims = Claims() }
            _ = master.recentClaims.add(place, of: count)
            master.recentClaimsDeadline = now + Timers.announcing
            let isAnswered = master.nextClaimAnswer <= now
            if isAnswered { master.nextClaimAnswer = now + .seconds(1) }
            state = .master(master)
            guard isAnswered else { return }
            advertise(priority, into: &actions)
            append(.announce(copies: 1), to: &actions)
        case .leaving(var leaving):
            guard leaving.claims.add(place, of: count) else { return }
            if leaving.claims.isComplete { return finish(leaving, at: now, into: &actions) }
            leaving.deadline = min(leaving.lastDeadline, now + Timers.announcing)
            state = .leaving(leaving)
        case .initialize, .backup, .fault:
            break
        }
    }

    mutating func restoreAddresses(into actions: inout [Action]) {
        guard case .master = state else { return }
        append(.note(.addressesRestored), to: &actions)
        append(.installAddresses, to: &actions)
        append(.announce(copies: settings.announcement.masterRepeat), to: &actions)
    }

    mutating func retryInstallation() {
        guard case .master(var master) = state else { return }
        master.mustInstall = true
        state = .master(master)
    }

    mutating func renewLink(at now: Timestamp, into actions: inout [Action]) {
        guard case .master(var master) = state else { return }
        advertise(priority, into: &actions)
        append(.installAddresses, to: &actions)
        append(.announce(copies: settings.announcement.masterRepeat), to: &actions)
        master.advertisementDeadline = now + settings.advertisementInterval
        state = .master(master)
    }
}
