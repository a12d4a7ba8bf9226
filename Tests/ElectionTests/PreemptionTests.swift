// Who takes over from whom: preemption, its delay, the owner, the tie-break.

import Election
import Testing
import Wire

@Suite struct PreemptionTests {
    @Test("RFC9568-6.1-09: with nopreempt a lower master is followed")
    func nopreempt() {
        var rig = Rig.inState(.backup) { $0.preempts = false }
        rig.advance(.seconds(2))
        rig.hear(50)
        #expect(rig.wait == .nanoseconds(3_609_375_000))
    }

    @Test("RFC9568-6.1-10: an owner takes over whatever the preemption mode is")
    func ownerPreempts() {
        var rig = Rig.inState(.initialize) {
            $0.preempts = false
            $0.basePriority = 255
        }
        rig.send(.startup)
        #expect(rig.state.name == .master)
        #expect(rig.advertised == [255])
    }

    @Test func preemptDelayHoldsAndThenLetsGo() {
        var rig = Rig.inState(.backup) { $0.preemptDelay = .seconds(10) }
        for _ in 0..<10 {
            rig.hear(50)
            #expect(rig.wait == .nanoseconds(3_609_375_000))
            rig.advance(.seconds(1))
        }
        // The hold is over: the master's advertisements are discarded from now on.
        let deadline = rig.node.nextDeadline
        rig.hear(50)
        #expect(rig.node.nextDeadline == deadline)
        rig.runToDeadline()
        #expect(rig.state.name == .master)
    }

    @Test func preemptDelayNeverHoldsAgainstSilence() {
        var rig = Rig.inState(.backup) { $0.preemptDelay = .seconds(600) }
        rig.hear(50)
        rig.advance(.seconds(4))
        #expect(rig.state.name == .master)
    }

    @Test func aBetterMasterEndsThePreemptDelay() {
        var rig = Rig.inState(.backup) { $0.preemptDelay = .seconds(10) }
        rig.hear(50)
        rig.hear(200)
        #expect(rig.actions.map(\.kind).contains(.note(.preemptDelayStopped)))
    }

    @Test(
        "RFC9568-6.4.3-12: the tie-break compares addresses as unsigned numbers",
        arguments: [
            ("192.0.2.9", "192.0.2.10", true), ("192.0.2.10", "192.0.2.9", false),
            ("10.0.0.127", "10.0.0.128", true), ("1.255.255.255", "2.0.0.0", true),
            ("fe80::9", "fe80::10", true), ("fe80::ffff", "fe80::1:0", true), ("fe80::2", "fe80::2", false),
        ])
    func tieBreak(_ own: String, _ other: String, _ yields: Bool) {
        var rig = Rig.inState(.master)
        rig.send(.ownAddress(Rig.address(own)))
        rig.hear(100, from: Rig.address(other))
        #expect(rig.state.name == (yields ? .backup : .master))
    }

    @Test("RFC9568-6.4.2-12: a backup accepts an equal priority from any address")
    func equalInBackup() {
        var rig = Rig.inState(.backup)
        rig.advance(.seconds(2))
        rig.hear(100, from: Rig.lower)
        #expect(rig.wait == .nanoseconds(3_609_375_000))
    }

    @Test("RFC9568-7.1-08 with erratum 8298: of two owners the smaller address yields")
    func twoOwners() {
        var rig = Rig.inState(.master) { $0.basePriority = 255 }
        rig.hear(255, from: Rig.higher)
        #expect(rig.state.name == .backup)
    }

    @Test func ownerMayIgnoreEverything() {
        var rig = Rig.inState(.master) {
            $0.basePriority = 255
            $0.ownerIgnoresAdvertisements = true
        }
        rig.hear(255, from: Rig.higher)
        #expect(rig.state.name == .master)
        #expect(rig.router?.statistics[.ownerIgnores] == 1)
    }

    @Test func lastAdvertisementBeforeYielding() {
        var rig = Rig.inState(.master) { $0.higherPrioritySendsAdvertisement = true }
        rig.hear(200)
        #expect(rig.advertised == [100])
    }

    @Test func silentAgainstLowerPriorityWhenAsked() {
        var rig = Rig.inState(.master) { $0.lowerPriorityNoAdvertisement = true }
        rig.hear(50)
        #expect(rig.advertised.isEmpty)
    }

    @Test func startupDelayIgnoresEverything() {
        var rig = Rig.inState(.initialize) { $0.startupDelay = .seconds(5) }
        rig.send(.startup)
        rig.hear(0)
        #expect(rig.state.name == .initialize)
        rig.advance(.seconds(5))
        #expect(rig.state.name == .backup)
        #expect(rig.wait == .nanoseconds(3_609_375_000))
    }
}
