// Make before break: a master that leaves serves on until its successor is heard, and one packet of a better router
// moves nothing.

import Election
import Testing
import Wire

@Suite struct HandoverTests {

    /// A master whose script, with no weight, has reported success.
    private func masterWithScript(_ change: (inout VirtualRouterSettings) -> Void = { _ in }) -> Rig {
        var rig = Rig { settings in
            settings.handover = .makeBeforeBreak
            settings.trackers.append(TrackerSettings(kind: .script, name: "check"))
            change(&settings)
        }
        rig.send(.ownAddress(Rig.own))
        rig.send(.tracker(index: 0, health: .up))
        rig.send(.tracker(index: 1, health: .up))
        rig.send(.startup)
        rig.runToDeadline()
        rig.actions = []
        return rig
    }

    private func isLeaving(_ rig: Rig) -> Bool { if case .leaving = rig.state { true } else { false } }

    // RFC9568-6.4.3-09
    @Test func aStoppingMasterServesUntilItsSuccessorIsHeard() {
        var rig = masterWithScript()
        rig.send(.shutdown)
        #expect(rig.deeds == [.advertise(priority: 0)])
        #expect(rig.notes == [.sentPriorityZero, .awaitingSuccessor(.milliseconds(1200))])
        #expect(rig.state.name == .master && isLeaving(rig))
        #expect(!rig.node.isMaster(rig.id) && !rig.node.mayAnnounce(rig.id))
        rig.advance(.milliseconds(600))
        #expect(rig.deeds.isEmpty)
        // Its priority is the lowest: it is the successor all the same, and takes the addresses now.
        rig.hear(1)
        #expect(rig.deeds.isEmpty && rig.wait == .milliseconds(25))
        rig.runToDeadline()
        #expect(rig.deeds.first == .removeAddresses)
        #expect(!rig.actions.contains { $0.kind == .note(.noSuccessor) })
        #expect(rig.advertised.isEmpty)
        #expect(rig.state.name == .initialize)
        #expect(rig.node[rig.id]?.statistics.releasedMaster == 1)
    }

    /// It need not wait for the end of the moment.
    @Test func theSuccessorsAnnouncementEndsIt() {
        var rig = masterWithScript()
        rig.send(.shutdown)
        rig.hear(50)
        rig.send(.addressClaimed(place: 0, count: 1))
        #expect(rig.deeds.first == .removeAddresses)
        #expect(rig.state.name == .initialize)
    }

    /// A second advertisement is no reason to serve for longer.
    @Test func aSuccessorThatIsHeardAgainDelaysNothing() {
        var rig = masterWithScript()
        rig.send(.shutdown)
        rig.hear(50)
        rig.advance(.milliseconds(3))
        rig.hear(50)
        #expect(rig.wait == .milliseconds(22))
    }

    @Test func withoutASuccessorItLeavesAfterTheLongestSkew() {
        var rig = masterWithScript()
        rig.send(.shutdown)
        #expect(rig.wait == .milliseconds(1200))
        rig.advance(.milliseconds(1199))
        #expect(isLeaving(rig))
        rig.advance(.milliseconds(1))
        #expect(rig.notes == [.noSuccessor])
        #expect(rig.deeds.first == .removeAddresses)
        #expect(rig.state.name == .initialize)
    }

    @Test func anotherThatLeavesIsNoSuccessor() {
        var rig = masterWithScript()
        rig.send(.shutdown)
        rig.hear(0)
        #expect(rig.deeds.isEmpty && isLeaving(rig))
    }

    @Test func askedAgainItLeavesAtOnce() {
        var rig = masterWithScript()
        rig.send(.shutdown)
        rig.send(.shutdown)
        #expect(isLeaving(rig))
        rig.send(.abandon)
        #expect(rig.deeds.first == .removeAddresses)
        #expect(rig.state.name == .initialize)
    }

    /// It was leaving for another reason already.
    @Test func stoppedWhileItLeavesItStops() {
        var rig = masterWithScript()
        rig.send(.tracker(index: 1, health: .down))
        rig.send(.shutdown)
        rig.hear(50)
        rig.runToDeadline()
        #expect(rig.state.name == .initialize)
    }

    @Test func aFailedCheckHandsOver() {
        var rig = masterWithScript()
        rig.send(.tracker(index: 1, health: .down))
        #expect(rig.deeds == [.advertise(priority: 0)])
        rig.hear(50)
        rig.runToDeadline()
        #expect(rig.state.name == .fault)
        #expect(rig.deeds.first == .removeAddresses)
    }

    /// The check has recovered by the time the successor is heard.
    @Test func aPassingFailureEndsAsBackup() {
        var rig = masterWithScript()
        rig.send(.tracker(index: 1, health: .down))
        rig.send(.tracker(index: 1, health: .up))
        #expect(isLeaving(rig))
        rig.hear(50)
        rig.runToDeadline()
        guard case .backup(let backup) = rig.state else { return #expect(Bool(false)) }
        #expect(backup.master == Rig.higher)
    }

    /// The farewell brought no successor: there is none, and the wait for one has begun with it.
    @Test func aPassingFailureWithoutASuccessorCostsOneDownInterval() {
        var rig = masterWithScript()
        rig.send(.tracker(index: 1, health: .down))
        rig.send(.tracker(index: 1, health: .up))
        rig.runToDeadline()
        #expect(rig.state.name == .backup)
        let wait = Timers.masterDown(version: .v2, priority: 100, interval: .seconds(1), advertisements: 3)
        #expect(rig.wait == wait - Timers.farewell(version: .v2, interval: .seconds(1)))
    }

    @Test(arguments: [true, false]) func withoutItsInterfaceItCannotServe(_ isLinkDown: Bool) {
        var rig = masterWithScript()
        rig.send(isLinkDown ? .tracker(index: 0, health: .down) : .ownAddress(nil))
        #expect(rig.deeds.contains(.removeAddresses))
        #expect(rig.state.name == .fault)
    }

    @Test func itCannotServeAnyMoreWhileItLeaves() {
        var rig = masterWithScript()
        rig.send(.tracker(index: 1, health: .down))
        rig.send(.tracker(index: 0, health: .down))
        #expect(rig.deeds.first == .removeAddresses)
        #expect(rig.state.name == .fault)
    }

    // MARK: After a pause

    /// Peers wait 3.6 s at this priority. After as long a silence somebody else may be master: no word before an
    /// interval of listening.
    @Test func whoSleptTooLongListensBeforeItSpeaks() {
        var rig = masterWithScript()
        rig.advance(.milliseconds(3500))
        #expect(rig.state.name == .master)
        rig.advance(.milliseconds(5000))
        #expect(rig.state.name == .backup)
        #expect(rig.advertised.isEmpty && rig.deeds.first == .removeAddresses)
        #expect(rig.wait.map { $0 > .seconds(1) && $0 < .seconds(2) } == true)
    }

    /// Its peers' patience itself is no reason yet. It has advertised just now.
    @Test(arguments: [Int64(0), 1]) func asLongAsItsPeersWaitIsNotTooLong(_ excess: Int64) {
        var rig = masterWithScript()
        let patience = Timers.masterDown(
            version: .v2, priority: 100, interval: .seconds(1), advertisements: 3)
        rig.send(.slept(patience + .nanoseconds(excess)))
        #expect(rig.state.name == (excess == 0 ? .master : .backup))
    }

    /// What waits in the socket is read before the timers: it must not make it speak either.
    @Test func aPacketDoesNotWakeItIntoSpeaking() {
        var rig = masterWithScript()
        rig.now = rig.now + .seconds(60)
        rig.hear(50)
        #expect(rig.state.name == .backup)
        #expect(rig.advertised.isEmpty)
    }

    @Test func sleepThatTheClockDidNotSeeCounts() {
        var rig = masterWithScript()
        rig.send(.slept(.seconds(2)))
        #expect(rig.state.name == .master)
        rig.send(.slept(.seconds(4)))
        #expect(rig.state.name == .backup)
    }

    /// It heard nobody because it did not listen: the master would lose its addresses for nothing, and with
    /// `nopreempt` for good.
    @Test func aBackupThatWasStoppedListensBeforeItTakesOver() {
        var rig = Rig.inState(.backup) { $0.preempts = false }
        rig.hear(50)
        rig.advance(.seconds(60))
        #expect(rig.state.name == .backup)
        #expect(rig.wait.map { $0 > .seconds(1) && $0 < .seconds(2) } == true)
        rig.hear(50)
        #expect(rig.wait.map { $0 > .seconds(3) } == true)
        // Somebody who is late each time takes over all the same.
        rig.advance(.seconds(60))
        rig.advance(.seconds(60))
        #expect(rig.state.name == .master)
    }

    // MARK: Yielding

    @Test func onePacketMovesNothing() {
        var rig = masterWithScript()
        rig.hear(254)
        #expect(rig.deeds == [.advertise(priority: 100)])
        #expect(rig.state.name == .master)
        rig.advance(.milliseconds(2500))
        #expect(rig.state.name == .master)
        #expect(rig.notes.contains(.challengeUnconfirmed(from: Rig.higher)))
        // Long after, another one is again the first.
        rig.advance(.milliseconds(10))
        rig.hear(254)
        #expect(rig.deeds == [.advertise(priority: 100)])
        rig.advance(.milliseconds(25))
        #expect(rig.state.name == .master)
    }

    /// A lost advertisement between them is no matter, two are. The end counts also where it is heard before the timer.
    @Test(arguments: [(2499, true), (2500, false)])
    func theSecondPacketMayBeLate(_ milliseconds: Int, _ isInTime: Bool) {
        var rig = masterWithScript()
        rig.hear(254)
        rig.now = rig.now + .milliseconds(milliseconds)
        rig.hear(254)
        #expect(rig.deeds == (isInTime ? [] : [.advertise(priority: 100)]))
        var claimed = rig
        claimed.send(.addressClaimed(place: 0, count: 1))
        // The first one's claims count for a second, and those behind the second packet.
        #expect(claimed.state.name == .backup)
        rig.advance(.milliseconds(25))
        #expect(rig.state.name == (isInTime ? .backup : .master))
    }

    /// Whoever reads the log is told of a better router once: when it counts.
    @Test(arguments: [true, false]) func itIsSaidOnceWhoIsBetter(_ isClaimed: Bool) {
        var rig = masterWithScript()
        let said = Note.higherPriority(254, from: Rig.higher, own: 100)
        rig.hear(254)
        #expect(rig.notes == [.challenged(254, from: Rig.higher)])
        if isClaimed { rig.send(.addressClaimed(place: 0, count: 2)) } else { rig.hear(254) }
        #expect(rig.notes == (isClaimed ? [] : [said]))
        rig.runToDeadline()
        #expect(rig.state.name == .backup)
        #expect(rig.notes == (isClaimed ? [said] : []) + [.masterIs(Rig.higher, formerly: nil)])
    }

    @Test func anEqualPriorityIsSaidToBeOne() {
        var rig = masterWithScript()
        rig.hear(100)
        rig.hear(100)
        #expect(rig.notes == [.samePriorityHigherAddress(100, from: Rig.higher)])
    }

    /// Nothing is announced meanwhile, and afterwards what is due.
    @Test func aChallengePutsAnnouncementsOff() {
        var rig = masterWithScript { $0.announcement.refresh = .seconds(2) }
        rig.advance(.milliseconds(1000))
        #expect(rig.node.mayAnnounce(rig.id) && rig.node.isMaster(rig.id))
        rig.hear(254)
        #expect(!rig.node.mayAnnounce(rig.id) && rig.node.isMaster(rig.id))
        rig.advance(.milliseconds(1000))
        #expect(rig.deeds == [.advertise(priority: 100)])
        rig.advance(.milliseconds(1000))
        #expect(rig.deeds == [.advertise(priority: 100)])
        rig.advance(.milliseconds(500))
        #expect(rig.deeds == [.announce(copies: 1), .announce(copies: 1)])
    }

    // RFC9568-6.4.3-12
    @Test func theSecondPacketCounts() {
        var rig = masterWithScript()
        rig.hear(254)
        rig.hear(254)
        #expect(rig.wait == .milliseconds(25))
        // A third one delays nothing.
        rig.advance(.milliseconds(10))
        rig.hear(254)
        #expect(rig.wait == .milliseconds(15))
        rig.runToDeadline()
        #expect(rig.deeds.first == .removeAddresses)
        #expect(rig.state.name == .backup)
    }

    /// Some of its announcements came before its second packet: it is not given longer than without them.
    @Test func theSecondPacketHurriesWhoHasClaimedSome() {
        var rig = masterWithScript()
        rig.hear(254)
        rig.send(.addressClaimed(place: 0, count: 2))
        #expect(rig.wait == .milliseconds(100))
        rig.hear(254)
        #expect(rig.wait == .milliseconds(25))
        // Those that follow it are waited for.
        rig.advance(.milliseconds(10))
        rig.hear(254)
        #expect(rig.wait == .milliseconds(15))
    }

    /// Each for itself, from the last one on.
    @Test func claimsOfLongAgoDoNotCountWithTheNewOnes() {
        var rig = masterWithScript()
        rig.send(.addressClaimed(place: 0, count: 2))
        rig.advance(.milliseconds(100))
        rig.send(.addressClaimed(place: 1, count: 2))
        rig.hear(254)
        rig.hear(254)
        #expect(rig.state.name == .master)
    }

    /// Announcements that overtake the advertisement count as well, but not those of long ago.
    @Test(arguments: [(99, true), (100, false)])
    func claimsMayComeFirst(_ milliseconds: Int, _ isRecent: Bool) {
        var rig = masterWithScript()
        rig.send(.addressClaimed(place: 0, count: 2))
        rig.send(.addressClaimed(place: 1, count: 2))
        rig.advance(.milliseconds(milliseconds))
        rig.hear(254)
        #expect(rig.state.name == .master)
        rig.hear(254)
        #expect(rig.state.name == (isRecent ? .backup : .master))
    }

    /// Also at the longest intervals of version 2, 255 s.
    @Test func theSecondPacketCountsHoweverLateItIs() {
        var rig = masterWithScript { $0.advertisementInterval = .seconds(255) }
        rig.hear(254, interval: .seconds(255))
        rig.advance(.seconds(254))
        rig.advance(.milliseconds(1100))
        rig.hear(254, interval: .seconds(255))
        rig.runToDeadline()
        #expect(rig.state.name == .backup)
    }

    /// After two and a half intervals, but ten seconds at the most; or after one and a quarter, where that is longer.
    @Test(arguments: [
        (255_000, 318_750), (10_000, 12_500), (6000, 10_000), (4000, 10_000), (1000, 2500), (100, 250),
    ])
    func aChallengeEnds(_ interval: Int, _ milliseconds: Int) {
        var rig = masterWithScript()
        rig.hear(254, interval: .milliseconds(interval))
        // Behind the timer of the advertisements, so it cannot be seen from outside.
        guard case .master(let master) = rig.state else { return #expect(Bool(false)) }
        #expect(master.challenge?.deadline == rig.now + .milliseconds(milliseconds))
        #expect(master.challenge?.claimDeadline == rig.now + .milliseconds(min(milliseconds, 1000)))
    }

    /// Between its advertisements the own priority has become the higher one.
    @Test func aChallengerThatIsWorseByNowIsContradicted() {
        var rig = masterWithScript { $0.trackers[1].weight = 10 }
        rig.send(.tracker(index: 1, health: .down))
        rig.hear(105)
        rig.send(.addressClaimed(place: 0, count: 2))
        rig.send(.tracker(index: 1, health: .up))
        #expect(rig.router.map { $0.priority > 105 } == true)
        rig.advance(.milliseconds(100))
        #expect(rig.state.name == .master)
        #expect(rig.deeds == [.announce(copies: 1)])
        rig.hear(109)
        rig.hear(105)
        #expect(rig.state.name == .master)
    }

    @Test func aChallengerThatLosesIsContradictedAtOnce() {
        var rig = masterWithScript { $0.trackers[1].weight = 10 }
        rig.send(.tracker(index: 1, health: .down))
        rig.hear(105)
        rig.send(.tracker(index: 1, health: .up))
        rig.hear(105)
        #expect(rig.deeds.contains { if case .announce = $0 { true } else { false } })
        rig.advance(.milliseconds(900))
        #expect(rig.state.name == .master)
    }

    @Test func twoSendersDoNotVouchForEachOther() {
        var rig = masterWithScript()
        rig.hear(254, from: Rig.higher)
        rig.hear(254, from: Rig.lower)
        #expect(rig.state.name == .master)
    }

    @Test func aClaimConfirmsAChallenge() {
        var rig = masterWithScript()
        rig.hear(254)
        rig.send(.addressClaimed(place: 0, count: 1))
        #expect(rig.deeds.first == .removeAddresses)
        #expect(rig.state.name == .backup)
    }

    /// A client of an address that the successor has not announced yet still asks the former holder.
    @Test func allAddressesHaveToBeClaimed() {
        var rig = masterWithScript()
        rig.hear(254)
        rig.send(.addressClaimed(place: 0, count: 3))
        rig.advance(.milliseconds(60))
        rig.send(.addressClaimed(place: 2, count: 3))
        rig.send(.addressClaimed(place: 0, count: 3))
        #expect(rig.actions.isEmpty && rig.wait == .milliseconds(100))
        rig.send(.addressClaimed(place: 1, count: 3))
        #expect(rig.deeds.first == .removeAddresses)
        #expect(rig.state.name == .backup)
    }

    /// It has not all of the addresses, or on a network that is not heard.
    @Test func aChallengerThatClaimsNoOtherIsFollowed() {
        var rig = masterWithScript()
        rig.hear(254)
        rig.send(.addressClaimed(place: 0, count: 2))
        rig.runToDeadline()
        #expect(rig.deeds.first == .removeAddresses)
        #expect(rig.state.name == .backup)
    }

    @Test func aLeavingMasterWaitsForAllClaims() {
        var rig = masterWithScript()
        rig.send(.shutdown)
        rig.hear(50)
        rig.send(.addressClaimed(place: 1, count: 2))
        #expect(rig.wait == .milliseconds(100))
        rig.hear(50)
        #expect(rig.wait == .milliseconds(100))
        rig.send(.addressClaimed(place: 0, count: 2))
        #expect(rig.state.name == .initialize)
    }

    /// Not beyond the time that it waits for a successor: 1.2 s.
    @Test func claimsDoNotKeepALeavingMaster() {
        var rig = masterWithScript()
        rig.send(.shutdown)
        rig.advance(.milliseconds(1150))
        rig.send(.addressClaimed(place: 0, count: 2))
        #expect(rig.wait == .milliseconds(50))
        rig.runToDeadline()
        #expect(rig.state.name == .initialize)
    }

    @Test func aChallengerThatLeavesIsForgotten() {
        var rig = masterWithScript()
        rig.hear(254)
        rig.hear(0)
        // It may have announced the addresses.
        #expect(rig.deeds == [.advertise(priority: 100), .announce(copies: 1)])
        rig.send(.addressClaimed(place: 0, count: 1))
        #expect(rig.state.name == .master)
    }

    @Test(arguments: [1000, 1100]) func aClaimLongAfterConfirmsNothing(_ milliseconds: Int) {
        var rig = masterWithScript()
        rig.hear(254)
        rig.advance(.milliseconds(milliseconds))
        rig.send(.addressClaimed(place: 0, count: 1))
        #expect(rig.state.name == .master)
    }

    @Test func aClaimOfNobodyBetterIsAnswered() {
        var rig = masterWithScript()
        rig.send(.addressClaimed(place: 0, count: 1))
        #expect(rig.deeds == [.advertise(priority: 100), .announce(copies: 1)])
        // Not each of a flood.
        rig.send(.addressClaimed(place: 0, count: 1))
        #expect(rig.deeds.isEmpty)
        rig.advance(.seconds(1))
        rig.send(.addressClaimed(place: 0, count: 1))
        #expect(rig.deeds.count == 2)
    }

    @Test func aClaimEndsTheWaitForASuccessor() {
        var rig = masterWithScript()
        rig.send(.shutdown)
        rig.send(.addressClaimed(place: 0, count: 1))
        #expect(rig.state.name == .initialize)
    }

    @Test(arguments: [StateName.initialize, .backup, .fault]) func aClaimConcernsNobodyElse(
        _ state: StateName
    ) {
        var rig = Rig.inState(state)
        rig.send(.addressClaimed(place: 0, count: 1))
        #expect(rig.actions.isEmpty)
    }
}
