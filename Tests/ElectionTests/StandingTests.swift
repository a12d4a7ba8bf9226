// A router that goes on where an earlier process left it.

import Election
import Testing
import Wire

@Suite struct StandingTests {
    /// Not started yet; its interface has been reported.
    private func resumed(
        _ standing: FormerState, isUp: Bool = true, _ change: (inout VirtualRouterSettings) -> Void = { _ in }
    ) -> Rig {
        var rig = Rig(change)
        rig.send(.ownAddress(Rig.own))
        rig.send(.tracker(index: 0, health: isUp ? .up : .down))
        rig.actions = []
        rig.node.resume([(rig.id, standing)], at: rig.now, into: &rig.actions)
        return rig
    }

    @Test func aMasterSpeaksAtOnceAndKeepsTheBeat() {
        var rig = resumed(.master)
        #expect(rig.state.name == .master)
        #expect(rig.deeds == [.advertise(priority: 100), .installAddresses, .announce(copies: 1)])
        #expect(rig.wait == .seconds(1))
        #expect(rig.router?.since == rig.now)
        rig.runToDeadline()
        #expect(rig.deeds == [.advertise(priority: 100)])
    }

    @Test func aMasterGoesOnAnnouncing() {
        var rig = resumed(.master) { settings in
            settings.advertisementInterval = .seconds(10)
            settings.announcement.refresh = .seconds(4)
            settings.announcement.refreshRepeat = 2
        }
        #expect(rig.wait == .seconds(4))
        rig.runToDeadline()
        #expect(rig.deeds == [.announce(copies: 2)])
        #expect(rig.wait == .seconds(4))
    }

    /// A losing advertisement is answered and contradicted from the first moment.
    @Test func aMasterHoldsItsOwn() {
        var rig = resumed(.master)
        rig.hear(50)
        #expect(rig.deeds.contains(.advertise(priority: 100)))
        #expect(rig.deeds.contains { if case .announce = $0 { true } else { false } })
    }

    /// Three intervals and the skew (156/256 s); in v3 the master's interval may have been longer than its own.
    @Test func aBackupWaitsForAWholeDownInterval() {
        #expect(resumed(.backup).wait == .milliseconds(3000) + .nanoseconds(156_000_000_000 / 256))
        let fast = resumed(.backup) { settings in
            settings.version = .v3
            settings.advertisementInterval = .milliseconds(100)
        }
        #expect(fast.state.name == .backup)
        #expect(fast.wait.map { $0 > .seconds(3) && $0 < .seconds(4) } == true)
        let slow = resumed(.backup) { settings in
            settings.version = .v3
            settings.advertisementInterval = .seconds(2)
        }
        #expect(slow.wait.map { $0 > .seconds(6) && $0 < .seconds(8) } == true)
    }

    /// It serves on until a successor is heard, and does not become master again.
    @Test func whoWasLeavingLeaves() {
        var rig = resumed(.leaving) { $0.handover = .makeBeforeBreak }
        #expect(rig.state.name == .master)
        #expect(rig.deeds == [.installAddresses, .advertise(priority: 0)])
        rig.hear(50)
        rig.runToDeadline()
        #expect(rig.state.name == .backup)
        #expect(rig.deeds.first == .removeAddresses)
    }

    /// What the guard is told of a state is what it is read as.
    @Test func aStateIsToldByItsName() {
        let former = [StateName.initialize, .backup, .master, .fault].map {
            FormerState(rawValue: $0.rawValue)
        }
        #expect(former == [nil, .backup, .master, .fault])
    }

    @Test func whoHadTheAddresses() {
        #expect(FormerState.master.isHolder && FormerState.leaving.isHolder)
        #expect(!FormerState.backup.isHolder && !FormerState.fault.isHolder)
    }

    @Test func whatTheTrackersForbidIsLeft() {
        #expect(resumed(.master, isUp: false).state.name == .fault)
        #expect(resumed(.backup, isUp: false).state.name == .fault)
        #expect(resumed(.fault, isUp: false).state.name == .fault)
    }

    @Test func aFaultThatHasPassedEndsAsBackup() { #expect(resumed(.fault).state.name == .backup) }

    @Test func whoHasBegunIsLeftAlone() {
        var rig = Rig.inState(.backup)
        rig.node.resume([(rig.id, .master)], at: rig.now, into: &rig.actions)
        #expect(rig.state.name == .backup)
        // It waits for its interface.
        var starting = Rig()
        starting.send(.ownAddress(Rig.own))
        starting.send(.startup)
        starting.node.resume([(starting.id, .master)], at: starting.now, into: &starting.actions)
        #expect(starting.state.name == .initialize)
    }

    @Test(arguments: [(FormerState.master, StateName.master), (.leaving, .master), (.backup, .backup)])
    func aGroupStandsWhereItsMembersStand(_ former: FormerState, _ state: StateName) {
        var node = Node()
        var actions: [Action] = []
        let now = Timestamp(nanoseconds: 1)
        let ids = ["A", "B"].map {
            var settings = VirtualRouterSettings(name: $0, vrid: 1, family: .ipv4, version: .v2)
            settings.handover = .makeBeforeBreak
            return node.add(settings, at: now)
        }
        for id in ids { node.handle(.ownAddress(Rig.own), for: id, at: now, into: &actions) }
        node.setGroups([SyncGroup(name: "G", members: ids)], at: now, into: &actions)
        node.resume([(ids[0], former), (ids[1], .master)], at: now, into: &actions)
        #expect(node.groups[0].state == state)
        // Nobody is told of a change that did not happen.
        #expect(!actions.contains { if case .groupTransition = $0.kind { true } else { false } })
        // Who was leaving is backup in the end; the other one leaves after it.
        node.tick(at: now + .milliseconds(1200), into: &actions)
        #expect(ids.map { node.state(of: $0) } == [former == .master ? .master : .backup, .master])
    }
}
