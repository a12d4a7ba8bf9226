// Intervals and timers: the values of the RFCs, what is learned, and that nothing drifts.

import Election
import Testing
import Wire

@Suite struct TimerTests {
    @Test(
        "RFC9568-6.1-07, RFC3768-6.1-01: skew time",
        arguments: [
            (VRRPVersion.v2, UInt8(255), 1000, 3_906_250), (.v2, 254, 1000, 7_812_500),
            (.v2, 100, 1000, 609_375_000), (.v2, 1, 1000, 996_093_750), (.v2, 100, 10000, 609_375_000),
            (.v3, 255, 1000, 3_906_250), (.v3, 100, 1000, 609_375_000), (.v3, 254, 10, 78_125),
            (.v3, 100, 10, 6_093_750), (.v3, 100, 10000, 6_093_750_000),
        ] as [(VRRPVersion, UInt8, Int, Int)])
    func skew(_ version: VRRPVersion, _ priority: UInt8, _ milliseconds: Int, _ nanoseconds: Int) {
        let skew = Timers.skew(version: version, priority: priority, interval: .milliseconds(milliseconds))
        #expect(skew == .nanoseconds(nanoseconds))
    }

    // RFC9568-6.1-08, RFC9568-6.2-01
    @Test("RFC9568-6.4.1-06: a backup waits three intervals and its skew before it takes over")
    func downInterval() {
        var rig = Rig.inState(.backup)
        #expect(rig.wait == .nanoseconds(3_609_375_000))
        rig.hear(200)
        rig.advance(.seconds(3))
        rig.hear(200)
        #expect(rig.wait == .nanoseconds(3_609_375_000))
        rig.advance(.nanoseconds(3_609_374_999))
        #expect(rig.state.name == .backup)
        rig.advance(.nanoseconds(1))
        #expect(rig.state.name == .master)
    }

    @Test func stateMasterWaitsOneIntervalOnly() {
        let rig = Rig.inState(.backup) { $0.wantsMaster = true }
        #expect(rig.wait == .nanoseconds(1_003_906_250))
    }

    @Test("RFC9568-6.4.2-11: priority 0 shortens the wait to the skew, and teaches no interval")
    func priorityZero() {
        var rig = Rig.inState(.backup) { $0.version = .v3 }
        rig.hear(200, interval: .seconds(2))
        rig.hear(0, interval: .seconds(5))
        #expect(rig.wait == .nanoseconds(156 * 2_000_000_000 / 256))
    }

    // RFC9568-6.1-06, RFC9568-6.4.2-10, RFC3768-6.4.2-01, RFC5798-6.4.2-01
    @Test("RFC9568-6.4.2-12: v3 learns the interval and recomputes the skew; v2 does not")
    func learning() {
        var v3 = Rig.inState(.backup) { $0.version = .v3 }
        v3.hear(200, interval: .seconds(3))
        #expect(v3.wait == .nanoseconds(9_000_000_000 + 156 * 3_000_000_000 / 256))
        // Afterwards it advertises at its own interval.
        v3.runToDeadline()
        #expect(v3.state.name == .master)
        #expect(v3.wait == .seconds(1))
        var v2 = Rig.inState(.backup)
        v2.advance(.seconds(2))
        v2.hear(200, interval: .seconds(3))
        #expect(v2.wait == .nanoseconds(3_609_375_000))
    }

    @Test("RFC3768-6.1-02: in v2 the skew does not grow with the interval")
    func slowVersion2() {
        let rig = Rig.inState(.backup) { $0.advertisementInterval = .seconds(10) }
        #expect(rig.wait == .nanoseconds(30_609_375_000))
    }

    @Test("RFC9568-6.4.2-13: a lower priority is discarded, the timer runs on, nothing is learned")
    func lowerPriority() {
        var rig = Rig.inState(.backup) { $0.version = .v3 }
        let deadline = rig.node.nextDeadline
        rig.advance(.seconds(1))
        rig.hear(50, interval: .seconds(30))
        #expect(rig.node.nextDeadline == deadline)
    }

    @Test("RFC9568-6.4.3-13: a losing advertisement is answered, the advertisement timer runs on")
    func losing() {
        var rig = Rig.inState(.master)
        rig.advance(.milliseconds(400))
        rig.hear(50)
        #expect(rig.advertised == [100])
        #expect(rig.wait == .milliseconds(600))
    }

    @Test("RFC9568-6.4.3-11: a master answers priority 0 and starts a whole interval")
    func masterPriorityZero() {
        var rig = Rig.inState(.master)
        rig.advance(.milliseconds(400))
        rig.hear(0)
        #expect(rig.advertised == [100])
        #expect(rig.wait == .seconds(1))
    }

    @Test(arguments: [
        (VRRPVersion.v2, 100, 1200), (.v2, 30_000, 1200), (.v3, 100, 300), (.v3, 1000, 1200),
        (.v3, 9800, 10_000), (.v3, 40_000, 10_000),
    ]) func farewell(_ version: VRRPVersion, _ interval: Int, _ wait: Int) {
        #expect(Timers.farewell(version: version, interval: .milliseconds(interval)) == .milliseconds(wait))
    }

    @Test func aCentisecondIsTenMilliseconds() {
        #expect(Duration.centiseconds(123) == .milliseconds(1230))
        #expect(Duration.milliseconds(1239).centiseconds == 123)
    }

    @Test func theEarliestOfSeveralMoments() {
        let (early, late) = (Timestamp(nanoseconds: 1), Timestamp(nanoseconds: 2))
        #expect(Timestamp.earliest([late, nil, early, late]) == early)
        #expect(Timestamp.earliest([nil, late]) == late)
        #expect(Timestamp.earliest([nil, nil]) == nil)
    }

    /// Must show: no drift of the advertisement timer over a day, three instances, each tick late.
    // RFC9568-6.2-02, RFC9568-6.4.3-10
    @Test func noDriftInADay() {
        var node = Node()
        var actions: [Action] = []
        var now = Timestamp(nanoseconds: 0)
        let intervals = [1_000, 250, 3_330]
        let ids = intervals.enumerated().map { index, milliseconds in
            var settings = VirtualRouterSettings(
                name: "VI_\(index)", vrid: UInt8(index + 1), family: .ipv4, version: .v3)
            settings.basePriority = 255
            settings.advertisementInterval = .milliseconds(milliseconds)
            settings.announcement.masterDelay = .zero
            let id = node.add(settings, at: now)
            node.handle(.ownAddress(Rig.own), for: id, at: now, into: &actions)
            node.handle(.startup, for: id, at: now, into: &actions)
            return id
        }
        var sent = [0, 0, 0]
        var lateness: UInt64 = 1
        while let deadline = node.nextDeadline, deadline.nanoseconds < 86_400_000_000_000 {
            // Each wake-up comes 0...0.2 ms late, as on a real host.
            lateness = lateness &* 6_364_136_223_846_793_005 &+ 1
            now = deadline + .nanoseconds(Int64(lateness >> 46) % 200_000)
            actions.removeAll(keepingCapacity: true)
            node.tick(at: now, into: &actions)
            for action in actions {
                if case .advertise = action.kind, let place = ids.firstIndex(of: action.router) {
                    sent[place] += 1
                }
            }
        }
        // The beats at 1, 2, 3 … intervals, up to the day's end; the first one came with startup.
        let expected = intervals.map { (86_400_000 - 1) / $0 }
        #expect(sent == expected)
    }

    @Test(arguments: [1999, 2000, 2001]) func aMissedBeatIsNotMadeUpFor(_ milliseconds: Int) {
        var rig = Rig.inState(.master)
        rig.advance(.milliseconds(milliseconds))
        #expect(rig.advertised == [100])
        #expect(rig.wait == .milliseconds(milliseconds < 2000 ? 1 : 1000))
    }

    @Test func aFreezeIsNotMadeUpFor() {
        var rig = Rig.inState(.master)
        // Shorter than its peers wait: it is still master.
        rig.advance(.milliseconds(3600))
        #expect(rig.advertised == [100])
        #expect(rig.wait == .seconds(1))
    }
}
