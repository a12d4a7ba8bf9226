// Sync groups: every pair of member states with every event, and the stories behind the rules.

import Election
import Testing
import Wire

/// Two grouped routers, "A" and "B", and one that belongs to no group.
struct GroupRig {
    var node = Node()
    var now = Timestamp(nanoseconds: 1_000_000_000)
    let a: RouterID
    let b: RouterID
    let lone: RouterID
    var actions: [Action] = []

    static let own = Rig.own

    init(_ change: (inout VirtualRouterSettings, String) -> Void = { _, _ in }) {
        func settings(_ name: String, _ vrid: UInt8) -> VirtualRouterSettings {
            var settings = VirtualRouterSettings(name: name, vrid: vrid, family: .ipv4, version: .v2)
            settings.trackers = [TrackerSettings(kind: .interface, name: "if\(name)")]
            change(&settings, name)
            return settings
        }
        a = node.add(settings("A", 1), at: now)
        b = node.add(settings("B", 2), at: now)
        lone = node.add(settings("C", 3), at: now)
        let groups = [SyncGroup(name: "G", members: [a, b])]
        node.setGroups(groups, at: now, into: &actions)
        for id in [a, b, lone] {
            send(.ownAddress(Self.own), to: id)
            send(.tracker(index: 0, health: .up), to: id)
        }
        actions = []
    }

    mutating func send(_ event: Event, to id: RouterID) {
        actions = []
        node.handle(event, for: id, at: now, into: &actions)
    }

    mutating func hear(_ priority: UInt8, _ id: RouterID, from source: IPAddress = Rig.higher) {
        let heard = HeardAdvertisement(source: source, priority: priority, interval: .seconds(1))
        send(.advertisement(heard), to: id)
    }

    mutating func runToDeadline() {
        guard let deadline = node.nextDeadline else { return }
        now = deadline
        actions = []
        node.tick(at: now, into: &actions)
    }

    mutating func start() { for id in [a, b, lone] { send(.startup, to: id) } }

    func state(_ id: RouterID) -> StateName { node[id]?.state.name ?? .initialize }
    var pair: [StateName] { [state(a), state(b)] }

    var groupStates: [StateName] {
        actions.compactMap { if case .groupTransition(let change) = $0.kind { change.to } else { nil } }
    }

    func deeds(_ id: RouterID) -> [String] {
        actions.filter { $0.router == id }.compactMap { action in
            switch action.kind {
            case .advertise(let priority): "adv \(priority)"
            case .installAddresses: "install"
            case .removeAddresses: "remove"
            case .announce, .transition, .groupTransition, .note: nil
            }
        }
    }

    /// Both members in one of the states that a group can have.
    static func inState(
        _ state: StateName, _ change: (inout VirtualRouterSettings, String) -> Void = { _, _ in }
    ) -> GroupRig {
        var rig = GroupRig(change)
        guard state != .initialize else { return rig }
        rig.start()
        if state == .master { while rig.pair != [.master, .master] { rig.runToDeadline() } }
        if state == .fault { rig.send(.tracker(index: 0, health: .down), to: rig.a) }
        rig.actions = []
        return rig
    }
}

@Suite struct SyncGroupTests {
    /// All members slept: none of them has to wait for a successor, or a whole down interval, before it is ready again.
    @Test func aGroupThatSleptListensTogether() {
        var rig = GroupRig { settings, _ in settings.handover = .makeBeforeBreak }
        rig.start()
        while rig.state(rig.b) != .master { rig.runToDeadline() }
        rig.send(.slept(.seconds(10)), to: rig.a)
        #expect(rig.deeds(rig.a) == ["remove"] && rig.deeds(rig.b) == ["remove"])
        #expect(rig.pair == [.backup, .backup])
        let slept = rig.now
        while rig.state(rig.a) != .master { rig.runToDeadline() }
        #expect(rig.state(rig.b) == .master)
        #expect(rig.now - slept < .seconds(2))
    }

    static let events = [
        "startup", "shutdown", "priority 0", "lower", "equal from higher address", "higher",
        "interface down", "interface up", "address gone", "addresses lost", "link renewed",
    ]

    private func apply(_ event: String, to rig: inout GroupRig, _ id: RouterID) {
        switch event {
        case "startup": rig.send(.startup, to: id)
        case "shutdown": rig.send(.shutdown, to: id)
        case "priority 0": rig.hear(0, id)
        case "lower": rig.hear(50, id)
        case "equal from higher address": rig.hear(100, id)
        case "higher": rig.hear(200, id)
        case "interface down": rig.send(.tracker(index: 0, health: .down), to: id)
        case "interface up": rig.send(.tracker(index: 0, health: .up), to: id)
        case "address gone": rig.send(.ownAddress(nil), to: id)
        case "addresses lost": rig.send(.addressLost, to: id)
        default: rig.send(.linkRenewed, to: id)
        }
    }

    /// All pairs of events on both members, from every state: the members are never apart once both have started,
    /// a fault of one is a fault of both, and nothing is held without being master.
    @Test(arguments: StateName.allCases) func membersStayTogether(_ start: StateName) {
        for first in Self.events {
            for second in Self.events {
                for order in 0..<4 {
                    var rig = GroupRig.inState(start)
                    let (x, y) = (order & 1 == 0 ? rig.a : rig.b, order & 2 == 0 ? rig.a : rig.b)
                    apply(first, to: &rig, x)
                    check(rig, "\(start) \(first)")
                    apply(second, to: &rig, y)
                    check(rig, "\(start) \(first), \(second)")
                    for _ in 0..<30 { rig.runToDeadline() }
                    check(rig, "\(start) \(first), \(second), later", isSettled: true)
                }
            }
        }
    }

    private func check(_ rig: GroupRig, _ story: String, isSettled: Bool = false) {
        let pair = rig.pair
        guard !pair.contains(.initialize) else { return }
        // A member that was stopped and started alone may lag behind, but not for ever.
        guard isSettled || !story.contains("shutdown") else { return }
        #expect(pair[0] == pair[1], "\(story): \(pair)")
        #expect(rig.node.groups.first?.state == pair[0], "\(story)")
    }

    @Test func bothBecomeMasterInOneEvent() {
        var rig = GroupRig { settings, name in settings.basePriority = name == "A" ? 200 : 100 }
        rig.start()
        rig.runToDeadline()
        // A's time has come first; it waits for B, and the lone router does not wait for anybody.
        #expect(rig.pair == [.backup, .backup])
        #expect(rig.deeds(rig.a).isEmpty)
        while rig.pair == [.backup, .backup] { rig.runToDeadline() }
        #expect(rig.pair == [.master, .master])
        #expect(rig.deeds(rig.a) == ["adv 200", "install"])
        #expect(rig.deeds(rig.b) == ["adv 100", "install"])
        #expect(rig.groupStates == [.master])
    }

    @Test func oneThatYieldsTakesTheOtherAlong() {
        var rig = GroupRig.inState(.master)
        rig.hear(200, rig.b)
        #expect(rig.pair == [.backup, .backup])
        #expect(rig.deeds(rig.b) == ["remove"])
        #expect(rig.deeds(rig.a) == ["adv 0", "remove"])
        #expect(rig.groupStates == [.backup])
        #expect(rig.state(rig.lone) != .backup || rig.deeds(rig.lone).isEmpty)
    }

    @Test func oneFaultIsEverybodysAndRecoveryWaitsForTheLast() {
        var rig = GroupRig.inState(.master)
        rig.send(.tracker(index: 0, health: .down), to: rig.a)
        #expect(rig.pair == [.fault, .fault])
        #expect(rig.deeds(rig.b) == ["adv 0", "remove"])
        #expect(rig.node[rig.b]?.fault == .groupMember("A"))
        #expect(rig.groupStates == [.fault])
        rig.send(.ownAddress(nil), to: rig.b)
        rig.send(.tracker(index: 0, health: .up), to: rig.a)
        #expect(rig.pair == [.fault, .fault])
        rig.send(.ownAddress(GroupRig.own), to: rig.b)
        #expect(rig.pair == [.backup, .backup])
        #expect(rig.groupStates == [.backup])
    }

    @Test func aMemberThatHearsAMasterKeepsTheGroupBack() {
        var rig = GroupRig()
        rig.start()
        for _ in 0..<20 {
            rig.hear(150, rig.b)
            rig.now = rig.now + .seconds(1)
            rig.actions = []
            rig.node.tick(at: rig.now, into: &rig.actions)
            #expect(rig.pair == [.backup, .backup])
        }
    }

    @Test func ownersWaitForEachOther() {
        var rig = GroupRig { settings, name in if name != "C" { settings.basePriority = 255 } }
        rig.send(.startup, to: rig.a)
        #expect(rig.state(rig.a) == .backup)
        rig.send(.startup, to: rig.b)
        #expect(rig.pair == [.master, .master])
    }

    /// A member that yields takes the others along in the ordinary way: they say priority 0.
    @Test func theOthersSayThatTheyLeave() {
        var rig = GroupRig.inState(.master)
        rig.hear(200, rig.a)
        #expect(rig.pair == [.backup, .backup])
        let farewells = rig.actions.filter { $0.kind == .advertise(priority: 0) }
        #expect(farewells.map(\.router) == [rig.b])
    }

    /// Ten seconds of it, and once only; again if it has been over in between.
    @Test func crossedPrioritiesAreReportedOnce() {
        var rig = GroupRig.inState(.backup)
        var reports: [Int] = []
        for second in 0..<120 {
            let isCrossed = !(60..<70).contains(second)
            rig.hear(200, rig.a)
            if rig.crossings > 0 { reports.append(second) }
            rig.now = rig.now + .milliseconds(500)
            rig.hear(isCrossed ? 50 : 200, rig.b)
            if rig.crossings > 0 { reports.append(second) }
            rig.now = rig.now + .milliseconds(500)
            rig.actions = []
            rig.node.tick(at: rig.now, into: &rig.actions)
        }
        #expect(reports == [10, 80])
    }

    /// What was heard long ago says nothing of now.
    @Test func anOldWordIsNoCrossing() {
        var rig = GroupRig.inState(.backup)
        rig.hear(50, rig.b)
        for _ in 0..<30 {
            rig.hear(200, rig.a)
            #expect(rig.crossings == 0)
            rig.now = rig.now + .seconds(1)
        }
    }

    /// One that has found a master elsewhere will not become master: the group cannot be.
    @Test func aReloadThatMakesAGroupOfAMasterAndAFollower() {
        var rig = GroupRig { settings, name in settings.basePriority = name == "A" ? 200 : 100 }
        rig.node.setGroups([], at: rig.now, into: &rig.actions)
        rig.start()
        while rig.state(rig.a) != .master { rig.runToDeadline() }
        rig.hear(250, rig.b)
        rig.actions = []
        rig.node.setGroups([SyncGroup(name: "G", members: [rig.a, rig.b])], at: rig.now, into: &rig.actions)
        #expect(rig.pair == [.backup, .backup])
        #expect(rig.deeds(rig.a) == ["adv 0", "remove"])
    }

    /// A member that joins later waits for its own time, and the others go on.
    @Test func aReloadThatAddsABackupToAMaster() {
        var rig = GroupRig { settings, name in settings.basePriority = name == "A" ? 200 : 100 }
        rig.node.setGroups([], at: rig.now, into: &rig.actions)
        rig.start()
        while rig.state(rig.a) != .master { rig.runToDeadline() }
        rig.actions = []
        rig.node.setGroups([SyncGroup(name: "G", members: [rig.a, rig.b])], at: rig.now, into: &rig.actions)
        #expect(rig.pair == [.master, .backup])
        while rig.pair == [.master, .backup] { rig.runToDeadline() }
        #expect(rig.pair == [.master, .master])
    }

    @Test func aReloadThatKeepsAGroupTellsNothing() {
        var rig = GroupRig.inState(.master)
        rig.node.setGroups([SyncGroup(name: "G", members: [rig.a, rig.b])], at: rig.now, into: &rig.actions)
        #expect(rig.actions.isEmpty)
        let others = [SyncGroup(name: "H", members: [rig.b, rig.a])]
        rig.node.setGroups(others, at: rig.now, into: &rig.actions)
        #expect(rig.groupStates == [.master])
    }

    /// One that was ready hears that its master leaves, or another one: its time begins anew.
    @Test(arguments: [0, 250] as [UInt8]) func readinessMayPass(_ priority: UInt8) {
        var rig = GroupRig { settings, name in settings.basePriority = name == "A" ? 200 : 100 }
        rig.start()
        rig.runToDeadline()
        // A is ready since 3.22 s; B will be at 3.61 s. The skew of A is 0.22 s.
        rig.now = rig.now + .milliseconds(280)
        rig.hear(priority, rig.a)
        let heard = rig.now
        rig.runToDeadline()
        #expect(rig.pair == [.backup, .backup])
        while rig.pair == [.backup, .backup] { rig.runToDeadline() }
        #expect(rig.pair == [.master, .master])
        let wait = Timers.skew(version: .v2, priority: 200, interval: .seconds(1))
        #expect(rig.now == heard + (priority == 0 ? wait : wait + .seconds(3)))
    }

    /// One that was ready beside a master waits a whole down interval when that one yields.
    @Test func readinessEndsWhereAnotherYields() {
        let priorities: [String: UInt8] = ["A": 200, "B": 150, "C": 100]
        var rig = GroupRig { settings, name in settings.basePriority = priorities[name] ?? 1 }
        rig.node.setGroups([], at: rig.now, into: &rig.actions)
        rig.start()
        while rig.state(rig.a) != .master { rig.runToDeadline() }
        let group = SyncGroup(name: "G", members: [rig.a, rig.b, rig.lone])
        rig.node.setGroups([group], at: rig.now, into: &rig.actions)
        // A has been master since 3.22 s, B is ready since 3.41 s, C will be at 3.61 s.
        rig.now = rig.now + .milliseconds(230)
        rig.node.tick(at: rig.now, into: &rig.actions)
        rig.hear(250, rig.a)
        let heard = rig.now
        while rig.state(rig.b) != .master { rig.runToDeadline() }
        #expect(rig.state(rig.a) == .master && rig.state(rig.lone) == .master)
        #expect(rig.now == heard + .seconds(3) + .nanoseconds(106_000_000_000 / 256))
    }

    @Test func aReloadThatEndsTheGroupSetsItsMembersFree() {
        var rig = GroupRig { settings, name in settings.basePriority = name == "A" ? 200 : 100 }
        rig.start()
        rig.runToDeadline()
        rig.actions = []
        rig.node.setGroups([], at: rig.now, into: &rig.actions)
        #expect(rig.pair == [.master, .backup])
    }
}

extension GroupRig {
    fileprivate var crossings: Int {
        actions.count { if case .note(.crossedPriorities) = $0.kind { true } else { false } }
    }
}

@Suite struct TrackerTests {
    private func rig(_ weight: Int, _ kind: TrackerSettings.Kind, isReversed: Bool = false) -> Rig {
        var rig = Rig {
            $0.trackers.append(
                TrackerSettings(kind: kind, name: "t", weight: weight, isReversed: isReversed))
        }
        rig.send(.ownAddress(Rig.own))
        rig.send(.tracker(index: 0, health: .up))
        return rig
    }

    @Test func takingPartWaitsForAScriptThatCouldForbidIt() {
        var rig = rig(0, .script)
        rig.send(.startup)
        #expect(rig.state.name == .initialize)
        #expect(rig.wait == nil)
        rig.advance(.seconds(60))
        #expect(rig.state.name == .initialize)
        rig.send(.tracker(index: 1, health: .up))
        #expect(rig.state.name == .backup)
    }

    @Test func aFirstFailureIsAFault() {
        var rig = rig(0, .script)
        rig.send(.startup)
        rig.send(.tracker(index: 1, health: .down))
        #expect(rig.state.name == .fault)
        rig.send(.tracker(index: 1, health: .up))
        #expect(rig.state.name == .backup)
    }

    @Test func aWeightDoesNotHoldTheStartUp() {
        var rig = rig(20, .script)
        rig.send(.startup)
        #expect(rig.state.name == .backup)
        #expect(rig.router?.priority == 100)
        rig.send(.tracker(index: 1, health: .up))
        #expect(rig.router?.priority == 120)
    }

    @Test(arguments: [
        (1, false, 20, 120, false), (1, true, 20, 80, false), (-2, false, 20, 60, false),
        (0, false, 0, 100, false), (0, false, 1, 100, true), (0, true, 1, 100, false),
        (0, true, 0, 100, true), (1, false, -254, 1, true), (254, false, Int.max, 254, false),
        (254, false, -2_000_000_000, 1, true),
    ]) func aFilesNumber(
        _ weight: Int, _ isReversed: Bool, _ value: Int, _ priority: UInt8, _ isFault: Bool
    ) {
        var rig = rig(weight, .file, isReversed: isReversed)
        rig.send(.tracker(index: 1, health: .value(Int32(clamping: value))))
        #expect(rig.router?.priority == priority)
        #expect((rig.router?.fault != nil) == isFault)
    }

    @Test func theStartupDelayAndAScriptAreBothWaitedFor() {
        var rig = Rig {
            $0.trackers.append(TrackerSettings(kind: .script, name: "t"))
            $0.startupDelay = .seconds(5)
        }
        rig.send(.ownAddress(Rig.own))
        rig.send(.tracker(index: 0, health: .up))
        rig.send(.startup)
        rig.send(.tracker(index: 1, health: .up))
        #expect(rig.state.name == .initialize)
        rig.advance(.seconds(5))
        #expect(rig.state.name == .backup)
    }

    @Test func withoutPeersWhereThatIsAFault() {
        let rig = Rig.inState(.backup) { $0.lacksPeers = true }
        #expect(rig.state.name == .fault)
        #expect(rig.router?.fault == .noPeer)
    }
}
