// Many routers in one node: which of them acts next.

import Election
import Testing
import Wire

@Suite struct NodeTests {
    /// After every one of a few thousand steps the next deadline is the least of all, and a tick moves those that are due.
    @Test(arguments: [1, 2, 3]) func theNextDeadlineIsTheLeast(_ seed: UInt64) {
        var random = seed
        func draw(_ bound: UInt64) -> UInt64 {
            random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return (random >> 33) % bound
        }
        var (node, actions) = (Node(), [Action]())
        var now = Timestamp(nanoseconds: 1_000_000_000)
        var ids: [RouterID] = []
        for _ in 0..<3000 {
            now = now + .milliseconds(Int(draw(40)))
            actions = []
            switch ids.isEmpty ? 0 : draw(8) {
            case 0, 1:
                guard ids.count < 60 else { break }
                var settings = VirtualRouterSettings(
                    name: "V\(ids.count)", vrid: UInt8(draw(255) + 1), family: .ipv4, version: .v3)
                settings.advertisementInterval = .milliseconds(10 * Int(draw(200) + 1))
                let id = node.add(settings, at: now)
                ids.append(id)
                node.handle(.ownAddress(Rig.own), for: id, at: now, into: &actions)
                node.handle(.startup, for: id, at: now, into: &actions)
            case 2:
                let id = ids.remove(at: Int(draw(UInt64(ids.count))))
                node.handle(.abandon, for: id, at: now, into: &actions)
                node.remove(id)
                #expect(node[id] == nil)
            case 3, 4:
                let heard = HeardAdvertisement(
                    source: Rig.higher, priority: UInt8(draw(250)), interval: .milliseconds(100))
                node.handle(
                    .advertisement(heard), for: ids[Int(draw(UInt64(ids.count)))], at: now, into: &actions)
            default:
                if let next = node.nextDeadline { now = max(now, next) }
                node.tick(at: now, into: &actions)
                #expect(node.nextDeadline.map { $0 > now } ?? true)
            }
            let deadlines = ids.compactMap { node[$0]?.state.nextDeadline }
            #expect(node.nextDeadline == deadlines.min())
            #expect(node.routers.count == ids.count)
        }
    }

    @Test func countingConcernsOneRouter() {
        var node = Node()
        let now = Timestamp(nanoseconds: 1)
        let ids = ["A", "B"].map {
            node.add(VirtualRouterSettings(name: $0, vrid: 1, family: .ipv4, version: .v2), at: now)
        }
        for _ in 0..<3 { node.count(ids[1]) { $0.addressListMismatches += 1 } }
        #expect(ids.map { node[$0]?.statistics.addressListMismatches } == [0, 3])
        // There is no such router in another node.
        var empty = Node()
        empty.count(ids[1]) { $0.addressListMismatches += 1 }
        #expect(empty[ids[1]] == nil && empty.state(of: ids[1]) == nil)
        #expect(!empty.isMaster(ids[1]) && !empty.mayAnnounce(ids[1]))
    }

    @Test func aPlaceIsUsedAgain() {
        var node = Node()
        let now = Timestamp(nanoseconds: 1)
        func add(_ name: String) -> RouterID {
            node.add(VirtualRouterSettings(name: name, vrid: 1, family: .ipv4, version: .v2), at: now)
        }
        let (first, second) = (add("A"), add("B"))
        node.remove(first)
        #expect(add("C") == first)
        #expect(node.routers.map(\.settings.name) == ["C", "B"])
        node.remove(second)
        #expect(node[second] == nil && node.nextDeadline == nil)
    }
}
