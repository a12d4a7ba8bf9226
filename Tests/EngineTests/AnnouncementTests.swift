// When a master announces its addresses although nothing has happened.

import Control
import Election
import Engine
import Testing
import Wire

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

    /// A client of an address that the newcomer has not announced yet still asks this host. The frame is seen on a bridge's
    /// port first.
    @Test func allAddressesHaveToBeClaimed() {
        let stage = Stage(
            Stage.standard.replacing(
                "192.168.50.88/24", with: "192.168.50.88/24\n192.168.50.89/24\n10.0.0.1/24 dev eth1"))
        stage.becomeMaster()
        stage.hear(priority: 200)
        func claim(_ text: String, on index: Int32 = 2) {
            for index in [9, index] {
                stage.engine.addressClaimed(
                    Stage.address(text), by: MACAddress(0x0200_0000_0009), interfaceIndex: index)
            }
        }
        claim("192.168.50.89")
        claim("192.168.50.88")
        claim("10.0.0.1")
        #expect(stage.host.programmed.allSatisfy { $0.operation == .add })
        claim("10.0.0.1", on: 3)
        #expect(stage.host.programmed.last?.operation == .remove)
    }

    /// One packet that nobody stands behind ends no schedule: neither that of other interfaces nor a queue's.
    @Test(arguments: [
        ("garp_extra_if all 10", "", 5), ("", "vrrp_garp_interval 0.5", 2), ("garp_master_refresh 3", "", 20),
    ])
    func announcementsGoOnAfterAChallenge(_ line: String, _ global: String, _ count: Int) {
        let stage = Stage(
            "global_defs {\n\(global)\n}\n"
                + Stage.standard.replacing(
                    "priority 100", with: "priority 100\ngarp_lower_prio_repeat 0\n\(line)"
                )
                .replacing("192.168.50.88/24", with: "192.168.50.88/24\n10.0.0.1/24 dev eth1"))
        stage.becomeMaster()
        stage.run(.milliseconds(9500))
        stage.host.forget()
        stage.hear(priority: 200)
        stage.run(.milliseconds(2400))
        #expect(stage.host.frames.isEmpty)
        stage.run(.seconds(30))
        #expect(stage.host.frames.count >= count)
    }

    /// Duplicate address detection takes longer than the next announcement behind an advertisement.
    @Test func aBurstThatWaitsIsNotCutShort() {
        let stage = Stage(
            Stage.standard.replacing("192.168.50.88/24", with: "fe80::88/64").replacing(
                "priority", with: "version 3\npriority"))
        stage.tickAtDeadline()
        let programmed = stage.host.programmed
        stage.host.now = stage.host.now + .milliseconds(1500)
        stage.engine.tick()
        stage.host.forget()
        stage.serve(programmed)
        #expect(stage.host.frames.count == 5)
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
