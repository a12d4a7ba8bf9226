// Who takes over from whom: preemption, its delay, the owner, the tie-break.

import Election
import Testing
import Wire

@Suite struct PreemptionTests {
    // RFC9568-6.4.2-12
    @Test("RFC9568-6.1-09: with nopreempt a lower master is followed")
    func nopreempt() {
        var rig = Rig.inState(.backup) { $0.preempts = false }
        rig.advance(.seconds(2))
        rig.hear(50)
        #expect(rig.wait == .nanoseconds(3_609_375_000))
    }

    // RFC9568-5.2.4-01
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

    @Test(
        "RFC9568-6.4.1-02, RFC9568-6.4.1-03, RFC9568-6.4.1-05: an owner that starts advertises first",
        arguments: [AddressFamily.ipv4, .ipv6])
    func ownerStarts(_ family: AddressFamily) {
        var rig = Rig {
            $0.family = family
            $0.version = .v3
            $0.basePriority = 255
        }
        rig.send(.ownAddress(Rig.address(family == .ipv4 ? "192.0.2.2" : "fe80::2")))
        rig.send(.tracker(index: 0, health: .up))
        rig.send(.startup)
        let copies = rig.router?.settings.announcement.masterRepeat ?? 0
        #expect(copies > 0)
        #expect(
            rig.deeds.prefix(3) == [.advertise(priority: 255), .installAddresses, .announce(copies: copies)])
        #expect(rig.wait == .seconds(1))
    }

    @Test("RFC9568-6.4.3-14: without preemption a master yields all the same, and learns the interval")
    func nopreemptMaster() {
        var rig = Rig.inState(.master) {
            $0.preempts = false
            $0.version = .v3
        }
        rig.hear(200, interval: .seconds(3))
        #expect(rig.state.name == .backup)
        #expect(rig.wait == .nanoseconds(9_000_000_000 + 156 * 3_000_000_000 / 256))
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
        // It begins anew with the next lower one.
        rig.hear(50)
        #expect(rig.actions.map(\.kind).contains(.note(.preemptDelayStarted(.seconds(10)))))
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
        #expect(rig.notes.contains(.severalOwners(Rig.higher)))
        #expect(rig.state.name == .backup)
    }

    @Test func anOwnerTakesItsAddressesBackAtOnce() {
        var rig = Rig.inState(.fault) { $0.basePriority = 255 }
        rig.send(.tracker(index: 0, health: .up))
        #expect(rig.state.name == .master)
        #expect(rig.advertised == [255])
    }

    // RFC3768-7.1-03, RFC5798-7.1-01
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

    // RFC3768-6.4.3-03, RFC5798-6.4.3-01
    @Test func silentAgainstLowerPriorityWhenAsked() {
        var rig = Rig.inState(.master) { $0.lowerPriorityNoAdvertisement = true }
        rig.hear(50)
        #expect(rig.advertised.isEmpty)
    }

    @Test func startupDelayIgnoresEverything() {
        var rig = Rig.inState(.initialize) { $0.startupDelay = .seconds(5) }
        rig.send(.startup)
        #expect(rig.notes == [.startupDelayStarted(.seconds(5))])
        rig.hear(0)
        #expect(rig.state.name == .initialize)
        rig.advance(.seconds(5))
        #expect(rig.state.name == .backup)
        #expect(rig.wait == .nanoseconds(3_609_375_000))
    }
}
