// When a master announces its addresses although nothing has happened.

import Control
import Testing

@Suite struct AnnouncementTests {
    /// Behind its advertisements, unless these bear the virtual MAC address: then the switches learn from them.
    @Test(arguments: [
        ("", true), ("use_vmac_addr", true), ("use_vmac", false), ("use_vmac\nvmac_xmit_base", true),
    ])
    func advertisementsAreFollowed(_ lines: String, _ isFollowed: Bool) {
        let text = Stage.standard.replacing(
            "priority 100", with: "priority 100\ngarp_master_delay 0\n\(lines)")
        let stage = Stage(text)
        stage.becomeMaster()
        stage.run(.seconds(10))
        #expect(stage.host.frames.count == (isFollowed ? 10 : 0), "\(lines)")
    }

    /// A better router announces the addresses between its first advertisement and its second: whoever speaks last is
    /// believed. Nothing is announced before it has turned out to be none.
    @Test func aChallengedMasterIsSilent() {
        let stage = Stage()
        stage.becomeMaster()
        stage.run(.milliseconds(4500))
        stage.host.forget()
        stage.hear(priority: 200)
        #expect(stage.host.sent.map { $0.message[2] } == [100])
        // The second burst after the takeover would be due.
        stage.run(.milliseconds(2400))
        #expect(stage.host.frames.isEmpty)
        stage.run(.milliseconds(200))
        #expect(stage.host.frames.count == 6)
    }
}
