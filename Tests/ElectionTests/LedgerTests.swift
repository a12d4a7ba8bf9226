// The priority ledger: weights, clamping, faults.

import Election
import Testing
import Wire

@Suite struct LedgerTests {
    private func ledger(_ base: UInt8, _ weights: [(Int, Bool, Bool)]) -> PriorityLedger {
        let trackers = weights.enumerated().map {
            TrackerSettings(
                kind: .trackedInterface, name: "eth\($0.offset)", weight: $0.element.0,
                isReversed: $0.element.1)
        }
        var ledger = PriorityLedger(base: base, trackers: trackers)
        for (index, weight) in weights.enumerated() { ledger.set(index, weight.2 ? .up : .down) }
        return ledger
    }

    // RFC9568-5.2.4-01, RFC9568-5.2.4-02, RFC9568-6.1-02
    @Test(
        "weights: positive while up, negative while down, reversed the other way, clamped to 1...254",
        arguments: [
            (100, 20, false, true, 120), (100, 20, false, false, 100), (100, -20, false, true, 100),
            (100, -20, false, false, 80), (100, 20, true, true, 100), (100, 20, true, false, 120),
            (100, 253, false, true, 254), (100, -253, false, false, 1), (255, -50, false, false, 255),
        ] as [(UInt8, Int, Bool, Bool, UInt8)])
    func weight(_ base: UInt8, _ weight: Int, _ isReversed: Bool, _ isUp: Bool, _ effective: UInt8) {
        #expect(ledger(base, [(weight, isReversed, isUp)]).effective == effective)
    }

    @Test func contributionsAddUpToTheEffectivePriority() {
        let ledger = ledger(100, [(10, false, true), (-30, false, false), (5, false, true)])
        #expect(ledger.entries.map(\.contribution) == [10, -30, 5])
        #expect(ledger.effective == 85)
    }

    @Test func aWeightOfOneIsOne() {
        #expect(ledger(100, [(1, false, true), (-1, false, true)]).effective == 101)
        #expect(ledger(100, [(1, false, false), (-1, false, false)]).effective == 99)
    }

    /// A tracker is known by its kind and its name.
    @Test func newTrackersDoNotTakeAnothersHealth() {
        let kinds: [TrackerSettings.Kind] = [.trackedInterface, .script]
        let former = [TrackerSettings(kind: kinds[0], name: "a", weight: 5)]
        var ledger = PriorityLedger(base: 100, trackers: former)
        ledger.set(0, .up)
        let trackers = kinds.flatMap { kind in
            ["a", "b"].map { TrackerSettings(kind: kind, name: $0, weight: 5) }
        }
        let renewed = ledger.renewed(base: 100, trackers: trackers)
        #expect(renewed.entries.map(\.health) == [.up, .unknown, .unknown, .unknown])
        #expect(renewed.effective == 105)
    }

    @Test func weightZeroFaultsWhileDown() {
        #expect(ledger(100, [(0, false, false)]).fault?.name == "eth0")
        #expect(ledger(100, [(0, false, true)]).fault == nil)
    }

    @Test func aMasterAdvertisesItsEffectivePriority() {
        var rig = Rig.inState(.master) {
            $0.trackers.append(TrackerSettings(kind: .trackedInterface, name: "eth1", weight: -30))
        }
        rig.send(.tracker(index: 1, health: .down))
        #expect(rig.router?.priority == 70)
        rig.send(.tracker(index: 1, health: .up))
        rig.advance(.seconds(1))
        #expect(rig.advertised == [100])
    }

    @Test func aReloadKeepsStateAndBeat() {
        var rig = Rig.inState(.master)
        rig.advance(.milliseconds(300))
        var settings =
            rig.router?.settings
            ?? VirtualRouterSettings(
                name: "", vrid: 1, family: .ipv4, version: .v2)
        settings.basePriority = 90
        var actions: [Action] = []
        rig.node.update(rig.id, to: settings, at: rig.now, into: &actions)
        #expect(rig.state.name == .master)
        #expect(rig.router?.priority == 90)
        #expect(rig.wait == .milliseconds(700))
    }
}
