// New settings for a router that runs.

import Election
import Testing
import Wire

@Suite struct UpdateTests {
    private func update(_ rig: inout Rig, _ change: (inout VirtualRouterSettings) -> Void) {
        guard var settings = rig.router?.settings else { return }
        change(&settings)
        rig.actions = []
        rig.node.update(rig.id, to: settings, at: rig.now, into: &rig.actions)
    }

    @Test func aMasterBeatsNoLaterThanItWouldHave() {
        var rig = Rig.inState(.master) { $0.announcement.masterDelay = .zero }
        rig.advance(.milliseconds(400))
        update(&rig) { $0.advertisementInterval = .seconds(5) }
        #expect(rig.wait == .milliseconds(600))
        rig.runToDeadline()
        #expect(rig.wait == .seconds(5))
        update(&rig) { $0.advertisementInterval = .seconds(2) }
        #expect(rig.wait == .seconds(2))
    }

    @Test func aMasterAnnouncesAsTheNewSettingsSay() {
        var rig = Rig.inState(.master) { $0.advertisementInterval = .seconds(20) }
        update(&rig) { $0.announcement.refresh = .seconds(3) }
        #expect(rig.wait.map { $0 <= .seconds(3) } == true)
        var announcements = 0
        for _ in 0..<4 {
            rig.runToDeadline()
            announcements += rig.deeds.count { if case .announce = $0 { true } else { false } }
        }
        #expect(announcements >= 3)
        update(&rig) { $0.announcement.refresh = .zero }
        #expect(rig.wait.map { $0 > .seconds(3) } == true)
    }

    @Test func aBackupWaitsForAWholeNewDownInterval() {
        var rig = Rig.inState(.backup)
        rig.advance(.milliseconds(100))
        update(&rig) { $0.advertisementInterval = .seconds(2) }
        #expect(rig.wait == .milliseconds(6000) + .nanoseconds(156_000_000_000 / 256))
    }

    /// In v3 the master's interval counts, whatever the own one is (RFC 9568 6.4.2).
    @Test func aBackupKeepsWhatItLearned() {
        var rig = Rig.inState(.backup) { $0.version = .v3 }
        rig.hear(200, interval: .seconds(4))
        update(&rig) { $0.advertisementInterval = .seconds(1) }
        #expect(rig.wait.map { $0 > .seconds(12) } == true)
    }

    @Test func aNewPriorityIsTold() {
        var rig = Rig.inState(.master)
        update(&rig) { $0.basePriority = 120 }
        #expect(rig.actions.map(\.kind) == [.note(.effectivePriority(from: 100, to: 120))])
        rig.runToDeadline()
        #expect(rig.advertised == [120])
    }

    @Test func nothingNewIsNothing() {
        var rig = Rig.inState(.master)
        update(&rig) { _ in }
        #expect(rig.actions.isEmpty && rig.state.name == .master)
    }

    /// What it waited for is not tracked any more.
    @Test func whoWaitsForATrackerThatIsGoneBegins() {
        var rig = Rig { $0.trackers.append(TrackerSettings(kind: .script, name: "check")) }
        rig.send(.ownAddress(Rig.own))
        rig.send(.tracker(index: 0, health: .up))
        rig.send(.startup)
        #expect(rig.state.name == .initialize)
        update(&rig) { $0.trackers.removeLast() }
        #expect(rig.state.name == .backup)
    }

    /// Neither before it was told to start, nor while its delay runs.
    @Test func whoHasNotStartedStaysSo() {
        var rig = Rig()
        rig.send(.ownAddress(Rig.own))
        update(&rig) { $0.trackers = [] }
        #expect(rig.state.name == .initialize)
        var delayed = Rig { $0.startupDelay = .seconds(9) }
        delayed.send(.ownAddress(Rig.own))
        delayed.send(.startup)
        update(&delayed) { $0.trackers = [] }
        #expect(delayed.state.name == .initialize)
    }

    /// The same tracker keeps its health; a new one counts for nothing until it reports.
    @Test func aNewTrackerDoesNotFault() {
        var rig = Rig.inState(.master)
        update(&rig) { $0.trackers.append(TrackerSettings(kind: .script, name: "check")) }
        #expect(rig.state.name == .master)
        #expect(rig.router?.ledger.entries.map(\.health) == [.up, .unknown])
        rig.send(.tracker(index: 1, health: .down))
        #expect(rig.deeds.first == .advertise(priority: 0))
    }

    @Test func aTrackerThatIsGoneFaultsNobody() {
        var rig = Rig.inState(.fault)
        update(&rig) { $0.trackers = [] }
        #expect(rig.state.name == .backup)
    }

    @Test func whatIsReceivedIsCounted() {
        var rig = Rig.inState(.backup)
        rig.hear(200)
        rig.hear(0)
        #expect(rig.router?.statistics.advertisementsReceived == 2)
        #expect(rig.router?.statistics.priorityZeroReceived == 1)
    }
}

/// What is counted and told besides the states.
@Suite struct AccountTests {
    @Test func nothingIsCountedInTheBeginning() {
        let statistics = Statistics()
        #expect(statistics.advertisementsReceived == 0 && statistics.advertisementsSent == 0)
        #expect(statistics.becameMaster == 0 && statistics.releasedMaster == 0)
        #expect(statistics.priorityZeroReceived == 0 && statistics.priorityZeroSent == 0)
        #expect(statistics.addressListMismatches == 0 && statistics.pseudoHeaderChecksums == 0)
        #expect(Rejection.allCases.allSatisfy { statistics[$0] == 0 })
    }

    @Test func aNewMasterIsTold() {
        var rig = Rig.inState(.backup)
        rig.hear(200, from: Rig.lower)
        #expect(rig.notes == [.masterIs(Rig.lower, formerly: nil)])
        rig.hear(200, from: Rig.lower)
        #expect(rig.notes.isEmpty)
        rig.hear(200)
        #expect(rig.notes == [.masterIs(Rig.higher, formerly: Rig.lower)])
    }

    @Test func whatABackupHearsIsTold() {
        var rig = Rig.inState(.backup) { $0.version = .v3 }
        rig.hear(50)
        #expect(rig.notes == [.discardedLowerPriority(50, from: Rig.higher)])
        rig.hear(0)
        #expect(rig.notes == [.heardPriorityZero(from: Rig.higher)])
        rig.hear(120, interval: .seconds(2))
        let interval = Note.intervalLearned(from: .seconds(1), to: .seconds(2))
        #expect(rig.notes == [interval, .masterIs(Rig.higher, formerly: nil)])
        guard case .backup(let backup) = rig.state else { return #expect(Bool(false)) }
        #expect(backup.masterPriority == 120)
        rig.runToDeadline()
        #expect(rig.notes == [.masterSilent])
    }

    @Test func whatAMasterHearsIsTold() {
        var rig = Rig.inState(.master)
        rig.hear(0)
        #expect(rig.notes == [.heardPriorityZero(from: Rig.higher)])
        rig.hear(50)
        #expect(rig.notes == [.forcedElection(priority: 50, from: Rig.higher, own: 100)])
        rig.hear(50, from: Rig.own)
        #expect(rig.notes == [.forcedElection(priority: 50, from: Rig.own, own: 100)])
        rig.hear(100, from: Rig.lower)
        #expect(rig.notes == [.forcedElection(priority: 100, from: Rig.lower, own: 100)])
        rig.hear(100, from: Rig.own)
        #expect(rig.notes == [.ownAddressHeard(priority: 100)])
        rig.hear(200)
        #expect(rig.notes.first == .higherPriority(200, from: Rig.higher, own: 100))
    }

    @Test func addressesThatWereLostAreTold() {
        var rig = Rig.inState(.master)
        rig.send(.addressLost)
        #expect(rig.notes == [.addressesRestored])
    }

    @Test func aLinkThatIsRenewedStartsAWholeInterval() {
        var rig = Rig.inState(.master)
        rig.advance(.milliseconds(400))
        rig.send(.linkRenewed)
        #expect(rig.wait == .seconds(1))
    }

    @Test func aLifeIsCounted() {
        var rig = Rig.inState(.master)
        #expect(rig.router?.statistics.becameMaster == 1)
        #expect(rig.router?.statistics.advertisementsSent == 1)
        rig.runToDeadline()
        #expect(rig.router?.statistics.advertisementsSent == 2)
        #expect(rig.router?.statistics.priorityZeroSent == 0)
        rig.send(.shutdown)
        #expect(rig.router?.statistics.priorityZeroSent == 1)
        #expect(rig.router?.statistics.releasedMaster == 1)
        #expect(rig.router?.statistics.becameMaster == 1)
    }

    @Test func aTrackersEffectOnThePriorityIsTold() {
        var rig = Rig.inState(.master) {
            $0.trackers.append(TrackerSettings(kind: .script, name: "check", weight: -20))
        }
        rig.send(.tracker(index: 1, health: .down))
        #expect(rig.actions.map(\.kind) == [.note(.effectivePriority(from: 100, to: 80))])
        rig.send(.tracker(index: 1, health: .down))
        #expect(rig.actions.isEmpty)
    }

    @Test func aChallengeIsTold() {
        var rig = Rig.inState(.master) { $0.handover = .makeBeforeBreak }
        rig.hear(254)
        #expect(rig.actions.map(\.kind).contains(.note(.challenged(254, from: Rig.higher))))
        #expect(rig.advertised == [100])
    }

    /// Peers that wait for one advertisement only take over after 1.6 s; it listens if two intervals have passed.
    @Test(arguments: [(800, StateName.master), (1100, .backup)])
    func aShortPauseIsForgiven(_ lateMilliseconds: Int, _ state: StateName) {
        var rig = Rig.inState(.master) { $0.downTimerAdvertisements = 1 }
        rig.advance(.seconds(1) + .milliseconds(lateMilliseconds))
        #expect(rig.state.name == state)
    }

    /// It has missed what was said for longer than an interval, and than a tenth of a second.
    @Test(arguments: [(1000, 1000, true), (1000, 1001, false), (50, 100, true), (50, 101, false)])
    func aBackupThatIsLateByLittleTakesOver(_ interval: Int, _ lateMilliseconds: Int, _ takesOver: Bool) {
        var rig = Rig.inState(.backup) {
            $0.version = .v3
            $0.advertisementInterval = .milliseconds(interval)
        }
        rig.advance((rig.wait ?? .zero) + .milliseconds(lateMilliseconds))
        #expect(rig.state.name == (takesOver ? .master : .backup))
    }

    /// What the kernel refused is tried again with the next advertisement, once.
    @Test func aRefusedAddressIsTriedAgain() {
        var rig = Rig.inState(.master) { $0.announcement.masterDelay = .zero }
        rig.send(.installationFailed)
        #expect(rig.deeds.isEmpty)
        rig.runToDeadline()
        #expect(rig.deeds == [.advertise(priority: 100), .installAddresses])
        rig.runToDeadline()
        #expect(rig.deeds == [.advertise(priority: 100)])
    }

    @Test func whatIsWaitedForIsTold() {
        var rig = Rig()
        rig.send(.ownAddress(Rig.own))
        rig.send(.startup)
        let tracker = TrackerSettings(kind: .interface, name: "eth0")
        #expect(rig.actions.map(\.kind) == [.note(.awaitingTracker(tracker))])
    }

    /// Stopped while it waits to begin: a tracker's report later does not start it.
    @Test func whoIsStoppedBeforeItBeginsDoesNotBegin() {
        var rig = Rig()
        rig.send(.ownAddress(Rig.own))
        rig.send(.startup)
        rig.send(.shutdown)
        rig.send(.tracker(index: 0, health: .up))
        #expect(rig.state.name == .initialize)
    }
}
