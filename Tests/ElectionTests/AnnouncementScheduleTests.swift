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
        var rig = Rig.inState(.master) { $0.announcement.masterDelay = .zero }
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

    @Test func aLosingAdvertisementMayBeFollowedByNone() {
        var rig = Rig.inState(.master) {
            $0.announcement.masterDelay = .zero
            $0.announcement.lowerPriorityRepeat = 0
        }
        rig.hear(50)
        #expect(rig.deeds == [.advertise(priority: 100)])
        #expect(announcements(&rig, seconds: 20).isEmpty)
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
