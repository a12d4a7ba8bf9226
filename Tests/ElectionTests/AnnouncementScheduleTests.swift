// When a master announces its addresses: on taking them, a moment later, and after a losing advertisement.

import Election
import Testing
import Wire

@Suite struct AnnouncementScheduleTests {
    /// The announcements of the next seconds, by the second.
    private func announcements(_ rig: inout Rig, seconds: Int) -> [Int: Int] {
        let start = rig.now
        var copies: [Int: Int] = [:]
        while let deadline = rig.node.nextDeadline, deadline <= start + .seconds(seconds) {
            rig.runToDeadline()
            for case .announce(let count) in rig.deeds {
                copies[Int((rig.now - start) / .seconds(1)), default: 0] += count
            }
        }
        return copies
    }

    @Test func aNewMasterAnnouncesTwice() {
        var rig = Rig.inState(.backup)
        rig.runToDeadline()
        #expect(rig.deeds.contains(.announce(copies: 5)))
        #expect(announcements(&rig, seconds: 20) == [5: 5])
    }

    @Test func withoutADelayItAnnouncesOnce() {
        var rig = Rig.inState(.backup) { $0.announcement.masterDelay = .zero }
        rig.runToDeadline()
        #expect(rig.deeds.filter { $0 == .announce(copies: 5) }.count == 1)
        #expect(rig.wait == .seconds(1))
        #expect(announcements(&rig, seconds: 20).isEmpty)
    }

    @Test func refreshesAreOneCopyEach() {
        var rig = Rig.inState(.master) {
            $0.announcement.masterDelay = .zero
            $0.announcement.refresh = .seconds(4)
        }
        #expect(announcements(&rig, seconds: 13) == [4: 1, 8: 1, 12: 1])
    }

    @Test func announcementsAtOnceAfterADelayAndEachRefresh() {
        var rig = Rig.inState(.backup) {
            $0.announcement.masterRepeat = 3
            $0.announcement.masterDelay = .seconds(5)
            $0.announcement.refresh = .seconds(60)
            $0.announcement.refreshRepeat = 2
            $0.advertisementInterval = .seconds(1)
        }
        rig.runToDeadline()
        let start = rig.now
        var seen: [(Int, Int)] = []
        while rig.now < start + .seconds(125) {
            for case .announce(let copies) in rig.actions.map(\.kind) {
                seen.append((Int((rig.now - start).components.seconds), copies))
            }
            rig.runToDeadline()
        }
        #expect(seen.map(\.0) == [0, 5, 60, 120])
        #expect(seen.map(\.1) == [3, 3, 2, 2])
    }

    // MARK: Losing advertisements

    @Test func aFloodOfLosingAdvertisementsIsNotMultiplied() {
        var rig = Rig.inState(.master)
        var (bursts, answers) = (0, 0)
        for _ in 0..<1000 {
            rig.hear(50)
            bursts += rig.actions.count { if case .announce = $0.kind { true } else { false } }
            answers += rig.advertised.count
            rig.advance(.milliseconds(1))
            bursts += rig.actions.count { if case .announce = $0.kind { true } else { false } }
        }
        #expect(bursts == 2)
        #expect(answers == 10)
    }

    /// Who was stopped for a while finds them all at the same moment.
    @Test func aBacklogOfLosingAdvertisementsIsAnsweredTenTimes() {
        var rig = Rig.inState(.master)
        var answers = 0
        for _ in 0..<200 {
            rig.hear(50)
            answers += rig.advertised.count
        }
        #expect(answers == 10)
        rig.advance(.milliseconds(999))
        rig.hear(50)
        #expect(rig.advertised == [])
        rig.advance(.milliseconds(1))
        rig.hear(50)
        #expect(rig.advertised == [100])
    }

    /// Twice an interval at the most, and once more five seconds after the last one.
    @Test func aLosingAdvertisementIsFollowedByTwoBursts() {
        var rig = Rig.inState(.master) { $0.announcement.masterDelay = .zero }
        for (milliseconds, isAnnounced) in [(0, true), (499, false), (1, true), (250, false), (249, false)] {
            rig.now = rig.now + .milliseconds(milliseconds)
            rig.hear(50)
            #expect(rig.deeds.contains(.announce(copies: 5)) == isAnnounced)
        }
        // The last one was 0.499 s ago.
        #expect(announcements(&rig, seconds: 20) == [4: 5])
    }

    @Test(arguments: [0, 1]) func aLosingAdvertisementIsFollowedByAsManyAsIsSaid(_ copies: Int) {
        var rig = Rig.inState(.master) {
            $0.announcement.masterDelay = .zero
            $0.announcement.lowerPriorityRepeat = copies
        }
        rig.hear(50)
        let announced: [Action.Kind] = copies == 0 ? [] : [.announce(copies: copies)]
        #expect(rig.deeds == [.advertise(priority: 100)] + announced)
        #expect(announcements(&rig, seconds: 20) == (copies == 0 ? [:] : [5: copies]))
    }

    @Test func aLosingAdvertisementMayBeFollowedByOneBurst() {
        var rig = Rig.inState(.master) {
            $0.announcement.masterDelay = .zero
            $0.announcement.lowerPriorityDelay = .zero
        }
        rig.hear(50)
        #expect(rig.deeds == [.advertise(priority: 100), .announce(copies: 5)])
        #expect(rig.wait == .seconds(1))
        #expect(announcements(&rig, seconds: 20).isEmpty)
    }
}
