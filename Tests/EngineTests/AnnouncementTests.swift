// When a master announces its addresses although nothing has happened.

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
}
