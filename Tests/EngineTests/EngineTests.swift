// The engine against a virtual host: what a failover looks like from outside.

import Configuration
import Control
import Election
import Engine
import Testing
import Wire

@Suite struct EngineTests {
    // RFC9568-5.1.1.1-01, RFC9568-5.1.1.2-01, RFC9568-5.1.1.3-01, RFC9568-6.4.2-08, RFC9568-7.2-04,
    // RFC9568-7.2-07
    @Test func promotionAdvertisesThenInstallsThenAnnounces() {
        let stage = Stage()
        stage.host.forget()
        stage.runToDeadline()
        #expect(stage.host.sent.map(\.destination) == [.vrrpGroup4])
        #expect(stage.host.sent.first?.source == Stage.own)
        #expect(stage.host.sent.first?.ttl == 255)
        #expect(stage.host.programmed.map(\.operation) == [.add])
        #expect(stage.host.programmed.first?.address == Stage.address("192.168.50.88"))
        #expect(stage.host.frames.count == 5)
        #expect(
            stage.host.frames.first.flatMap { ARPPacket(frame: $0.frame.span.bytes) }?.isGratuitous == true)
        #expect(stage.host.lines.last == "(VI_1) Entering MASTER STATE")
    }

    @Test func theLastWillNamesAddressAndFarewell() throws {
        let stage = Stage()
        stage.runToDeadline()
        let wills = stage.host.messages.compactMap { if case .will(let will) = $0 { will } else { nil } }
        let will = try #require(wills.first)
        #expect(will.addresses.map(\.address) == [Stage.address("192.168.50.88")])
        #expect(will.farewells.first?.message[2] == 0)
        #expect(try EngineMessage(decoding: EngineMessage.will(will).encoded) == .will(will))
    }

    // RFC9568-5.2.4-04, RFC9568-6.4.3-09
    @Test func stopTellsThePeersAndRemovesTheAddress() {
        let stage = Stage()
        stage.becomeMaster()
        stage.engine.stop()
        #expect(stage.host.sent.map { $0.message[2] } == [0])
        // The address stays until the successor is heard.
        #expect(stage.host.programmed.isEmpty && !stage.engine.isReleased)
        stage.hear(priority: 50)
        #expect(!stage.engine.isReleased)
        stage.engine.addressClaimed(
            Stage.address("192.168.50.88"), by: MACAddress(0x0200_0000_0009), interfaceIndex: 2)
        #expect(stage.engine.isReleased)
        stage.engine.finish()
        #expect(stage.host.programmed.map(\.operation) == [.remove])
        #expect(stage.host.messages.contains(.revokeWill(instance: "VI_1")))
        #expect(stage.host.listenPoints.isEmpty)
    }

    @Test func finishDoesNotWaitForASuccessor() {
        let stage = Stage()
        stage.becomeMaster()
        stage.engine.stop()
        stage.engine.finish()
        #expect(stage.host.programmed.map(\.operation) == [.remove])
        #expect(stage.host.sent.map { $0.message[2] } == [0])
    }

    @Test func aForeignClaimIsContradictedAndAnOwnOneIsNot() {
        let stage = Stage()
        #expect(stage.host.claimable.isEmpty)
        stage.becomeMaster()
        #expect(stage.host.claimable == [Stage.address("192.168.50.88")])
        func claim(_ mac: MACAddress) {
            stage.engine.addressClaimed(Stage.address("192.168.50.88"), by: mac, interfaceIndex: 2)
        }
        claim(MACAddress(0x0200_0000_0001))
        #expect(stage.host.sent.isEmpty && stage.host.frames.isEmpty)
        claim(MACAddress(vrid: 51, family: .ipv4))
        #expect(stage.host.sent.map { $0.message[2] } == [100])
        #expect(stage.host.frames.count == 1)
    }

    /// An owner's address is the host's own: it is neither marked nor given a lease.
    @Test func anOwnersAddressIsLeftAsItIs() {
        let text = Stage.standard.replacing("priority 100", with: "priority 255")
            .replacing("192.168.50.88/24", with: "192.168.50.133/24")
        let stage = Stage(text)
        #expect(stage.isMaster && stage.host.programmed.isEmpty)
    }

    /// It is made anew at once, then after growing pauses.
    @Test func aLostFirewallComesBack() {
        let stage = Stage(Stage.standard.replacing("priority 100", with: "priority 100\nno_accept"))
        stage.becomeMaster()
        for pause in [Duration.zero, .milliseconds(100), .milliseconds(200)] {
            stage.host.firewalls = []
            stage.engine.firewallLost()
            if pause > .zero {
                stage.host.now = stage.host.now + (pause - .nanoseconds(1))
                stage.engine.tick()
                #expect(stage.host.firewalls.isEmpty)
                stage.host.now = stage.host.now + .nanoseconds(1)
            }
            stage.engine.tick()
            #expect(stage.host.firewalls.count == 1)
        }
    }

    /// A second after a takeover, once.
    @Test func theNetworkIsAskedWhoElseHasTheAddress() {
        let stage = Stage()
        stage.becomeMaster()
        stage.engine.addressAdded(Stage.assigned("192.168.50.88"))
        stage.engine.settleReports()
        for _ in 0..<3 {
            stage.host.now = stage.host.now + .seconds(1)
            stage.engine.tick()
        }
        let packets = stage.host.frames.compactMap { ARPPacket(frame: $0.frame.span.bytes) }
        let probes = packets.filter { $0.senderAddress == .unspecified(.ipv4) }
        #expect(probes.map(\.targetAddress) == [Stage.address("192.168.50.88")])
    }

    /// A lease that a reload makes longer is renewed at once, not when the former one has ended.
    @Test func aLongerLeaseBeginsAtTheReload() {
        let stage = Stage()
        stage.becomeMaster()
        let text = Stage.standard.replacing("priority 100", with: "priority 100\nvip_lease 60")
        stage.engine.reload(ConfigurationParser.parse(text: text).configuration)
        #expect(stage.host.programmed.map(\.validLifetimeSeconds) == [60])
    }

    /// The kernel refuses what is preferred for longer than it is valid.
    @Test func nothingIsPreferredForLongerThanItsLease() {
        let text = Stage.standard.replacing("88/24", with: "88/24 preferred_lft 300")
        let stage = Stage(text)
        stage.runToDeadline()
        #expect(stage.host.programmed.map(\.preferredLifetimeSeconds) == [3])
    }

    /// The kernel keeps the address for three seconds after the last of the advertisements, which renew that.
    @Test func theLeaseIsRenewedWithTheAdvertisements() {
        let stage = Stage()
        stage.runToDeadline()
        #expect(stage.host.programmed.map(\.validLifetimeSeconds) == [3])
        stage.engine.addressAdded(
            AssignedAddress(
                interfaceIndex: 2, address: Stage.address("192.168.50.88"), prefixLength: 24,
                isTentative: false))
        stage.host.forget()
        stage.run(.milliseconds(3100))
        #expect(stage.host.programmed.map(\.operation) == [.add, .add, .add])
        #expect(stage.host.programmed.allSatisfy { $0.validLifetimeSeconds == 3 })
    }

    @Test func leftoversOfAnEarlierLifeAreRemovedAtStart() {
        let host = VirtualHost()
        let parsed = ConfigurationParser.parse(text: Stage.standard)
        let engine = Engine(
            host: host, configuration: parsed.configuration, options: EngineOptions(hostName: "lb1"))
        engine.resynchronise(
            interfaces: [Interface(index: 2, name: "eth0", isUp: true, mac: .zero)],
            addresses: [Stage.assigned("192.168.50.133"), Stage.assigned("192.168.50.88")])
        engine.start()
        #expect(host.programmed.map(\.operation) == [.remove])
    }

    @Test func anAddressThatSomebodyRemovedIsPutBack() {
        let stage = Stage()
        stage.becomeMaster()
        stage.engine.addressAdded(Stage.assigned("192.168.50.88"))
        stage.engine.addressRemoved(Stage.assigned("192.168.50.88"))
        stage.engine.settleReports()
        #expect(stage.host.programmed.map(\.operation) == [.add])
        #expect(!stage.host.frames.isEmpty)
        #expect(stage.isMaster)
    }

    @Test func linkDownIsAFaultAndLinkUpEndsIt() {
        let stage = Stage()
        stage.becomeMaster()
        stage.engine.interfaceChanged(Interface(index: 2, name: "eth0", isUp: false, mac: .zero))
        #expect(stage.host.lines.contains("(VI_1): entering FAULT state (interface eth0 down)"))
        #expect(stage.host.lines.contains("(VI_1) Entering FAULT STATE"))
        #expect(stage.host.programmed.map(\.operation) == [.remove])
        stage.engine.interfaceChanged(Interface(index: 2, name: "eth0", isUp: true, mac: .zero))
        #expect(stage.host.lines.last == "(VI_1) Entering BACKUP STATE")
    }

    @Test func refusedAddressesAreTriedAgainWithTheNextAdvertisement() {
        let stage = Stage()
        stage.host.refusal = "RTM_NEWADDR(192.168.50.88): Operation not permitted (1)"
        stage.becomeMaster()
        stage.host.refusal = nil
        stage.runToDeadline()
        #expect(stage.host.programmed.map(\.operation) == [.add])
        stage.host.forget()
        stage.run(.milliseconds(500))
        #expect(stage.host.programmed.isEmpty)
    }

    @Test func scriptsAndMailAreCompleteRequests() {
        let stage = Stage(
            """
            global_defs {
                notification_email { ops@example.org }
                notification_email_from lb@example.org
                smtp_server 192.0.2.25 2525
                router_id LB
                smtp_alert
            }
            vrrp_instance VI_1 {
                interface eth0
                virtual_router_id 51
                virtual_ipaddress { 192.168.50.88 }
                notify_master "/etc/master.sh now"
                notify /etc/any.sh
            }
            """)
        stage.becomeMasterKeepingMessages()
        let scripts = stage.host.requests.compactMap { if case .run(let script) = $0 { script } else { nil } }
        #expect(scripts.map(\.label) == ["notify", "notify_master", "notify"])
        #expect(scripts.map(\.lane) == ["VI_1", "VI_1", "VI_1"])
        #expect(scripts[1].words == ["/etc/master.sh", "now"])
        #expect(scripts[2].words == ["/etc/any.sh", "INSTANCE", "VI_1", "MASTER", "100"])
        let mails = stage.host.requests.compactMap { if case .mail(let mail) = $0 { mail } else { nil } }
        #expect(
            mails.map(\.subject) == [
                "[LB] VRRP Instance VI_1 - Entering BACKUP state",
                "[LB] VRRP Instance VI_1 - Entering MASTER state",
            ])
        #expect(mails.first?.port == 2525)
    }

    @Test func unicastGoesToEachPeerAndAcceptsOnlyUnicast() {
        let stage = Stage(
            """
            vrrp_instance VI_1 {
                interface eth0
                virtual_router_id 51
                unicast_src_ip 192.168.50.133
                unicast_peer { 192.168.50.134
                               192.168.50.135 }
                virtual_ipaddress { 192.168.50.88 }
            }
            """)
        stage.host.forget()
        stage.runToDeadline()
        #expect(stage.host.sent.map(\.destination.description) == ["192.168.50.134", "192.168.50.135"])
        stage.hear(priority: 200)
        #expect(stage.isMaster)
        for _ in 1...2 { stage.hear(priority: 200, to: Stage.own, ttl: 64) }
        stage.run(.milliseconds(30))
        #expect(!stage.isMaster)
    }

    // RFC9568-5.1.2.1-01, RFC9568-5.1.2.2-01, RFC9568-6.4.2-09, RFC9568-7.2-05, RFC9568-7.2-07
    @Test func anIPv6InstanceSendsFromItsLinkLocalAddress() {
        let stage = Stage(
            """
            vrrp_instance VI_6 {
                interface eth0
                virtual_router_id 66
                virtual_ipaddress { fe80::88
                                    2001:db8::88 }
            }
            """)
        stage.host.forget()
        stage.tickAtDeadline()
        #expect(stage.host.sent.first?.source == Stage.address("fe80::1"))
        #expect(stage.host.sent.first?.destination == .vrrpGroup6)
        #expect(stage.host.programmed.allSatisfy { $0.flags & 0x02 != 0 })
        // What is sent to an address that the kernel does not serve yet is lost.
        #expect(stage.host.frames.isEmpty)
        stage.serve(stage.host.programmed)
        #expect(stage.host.frames.count == 10)
        let announcement = stage.host.frames.first.flatMap {
            NeighborAdvertisement(frame: $0.frame.span.bytes)
        }
        #expect(announcement?.target == Stage.address("fe80::88"))
    }

    @Test func reloadChangesOnlyWhatDiffers() {
        let stage = Stage()
        stage.becomeMaster()
        let deadline = stage.engine.nextDeadline
        let same = ConfigurationParser.parse(text: Stage.standard).configuration
        stage.engine.reload(same)
        #expect(stage.host.programmed.isEmpty && stage.host.sent.isEmpty)
        #expect(stage.engine.nextDeadline == deadline)
        let more = Stage.standard.replacing("192.168.50.88/24", with: "192.168.50.88/24\n192.168.50.89/24")
        stage.engine.reload(ConfigurationParser.parse(text: more).configuration)
        #expect(stage.host.programmed.allSatisfy { $0.operation == .add })
        #expect(stage.host.programmed.contains { $0.address == Stage.address("192.168.50.89") })
        stage.host.forget()
        stage.engine.reload(same)
        #expect(
            stage.host.programmed.filter { $0.operation == .remove }.map(\.address)
                == [Stage.address("192.168.50.89")])
        #expect(stage.isMaster)
    }

    @Test func reloadRetiresAnInstanceAndStartsAnother() {
        let stage = Stage()
        stage.becomeMaster()
        let other = Stage.standard.replacing("virtual_router_id 51", with: "virtual_router_id 52")
        stage.engine.reload(ConfigurationParser.parse(text: other).configuration)
        #expect(stage.host.sent.map { $0.message[2] } == [0])
        #expect(stage.host.programmed.map(\.operation) == [.remove])
        #expect(!stage.isMaster)
        stage.runToDeadline()
        #expect(stage.isMaster)
    }
}

extension Stage {
    fileprivate func becomeMasterKeepingMessages() { runToDeadline() }
}

/// Reloads that concern trackers and sync groups.
@Suite struct GroupReloadTests {
    private static func text(_ tracked: String, script: String = "") -> String {
        let instances = ["A", "B"].enumerated().map { index, name in
            """
            vrrp_instance \(name) {
                interface eth0
                virtual_router_id \(51 + index)
                virtual_ipaddress { 192.168.50.\(81 + index)/24 }
                \(name == "A" ? tracked : "")
            }
            """
        }
        return script + instances.joined(separator: "\n") + "\nvrrp_sync_group G {\ngroup {\nA\nB\n}\n}\n"
    }

    private func parse(_ text: String) -> Configuration {
        ConfigurationParser.parse(text: text).configuration
    }

    /// A new tracker that faults the first member takes the second one along, addresses included, though it stands
    /// behind it in the file.
    @Test func aFaultAtReloadReachesTheWholeGroup() {
        let stage = Stage(Self.text(""))
        while !stage.engine.dataText().contains("State = MASTER") { stage.runToDeadline() }
        stage.engine.interfaceChanged(Interface(index: 3, name: "eth1", isUp: false, mac: .zero))
        stage.host.forget()
        stage.engine.reload(parse(Self.text("track_interface {\neth1\n}")))
        stage.run(.milliseconds(1300))
        let removed = stage.host.programmed.filter { $0.operation == .remove }.map(\.address)
        #expect(Set(removed) == [Stage.address("192.168.50.81"), Stage.address("192.168.50.82")])
        #expect(!stage.engine.dataText().contains("State = MASTER"))
    }

    /// A member that joins a running group at a reload finds it as it was.
    @Test func aNewMemberDisturbsNobody() {
        let first = """
            vrrp_instance A {
                interface eth0
                virtual_router_id 51
                virtual_ipaddress { 192.168.50.81/24 }
            }
            vrrp_sync_group G {
                group {
                    A
                }
            }
            """
        let stage = Stage(first)
        while !stage.engine.dataText().contains("State = MASTER") { stage.runToDeadline() }
        stage.host.forget()
        stage.engine.reload(parse(Self.text("")))
        #expect(stage.host.programmed.allSatisfy { $0.operation == .add })
        while !stage.host.programmed.contains(where: { $0.address == Stage.address("192.168.50.82") }) {
            stage.runToDeadline()
        }
        #expect(stage.host.programmed.contains { $0.address == Stage.address("192.168.50.82") })
        #expect(!stage.host.sent.contains { $0.message[2] == 0 })
    }

    /// One member's new settings fault the group while another loses an address: nothing is left behind.
    @Test func anAddressThatVanishesInAFaultIsRemoved() {
        let stage = Stage(
            Self.text("").replacing("192.168.50.82/24", with: "192.168.50.82/24\n192.168.50.83/24"))
        while !stage.engine.dataText().contains("State = MASTER") { stage.runToDeadline() }
        stage.engine.interfaceChanged(Interface(index: 3, name: "eth1", isUp: false, mac: .zero))
        stage.host.forget()
        stage.engine.reload(parse(Self.text("track_interface {\neth1\n}")))
        stage.run(.milliseconds(1300))
        let removed = Set(stage.host.programmed.filter { $0.operation == .remove }.map(\.address))
        #expect(removed == Set([81, 82, 83].map { Stage.address("192.168.50.\($0)") }))
    }

    /// A driver that says again and again that the link is down does not put it off.
    @Test func aDelayBeginsOnce() {
        let stage = Stage("interface_up_down_delays {\neth0 2\n}\n" + Stage.standard)
        stage.becomeMaster()
        let down = Interface(index: 2, name: "eth0", isUp: false, mac: MACAddress(0x0200_0000_0001))
        for _ in 0..<4 {
            stage.engine.interfaceChanged(down)
            stage.host.now = stage.host.now + .milliseconds(700)
            stage.engine.tick()
        }
        #expect(!stage.isMaster)
    }

    /// A router that cannot hear must not become master; when it can, it takes part.
    @Test func whoCannotListenIsInFault() {
        let stage = Stage("")
        stage.host.refusesSockets = true
        stage.engine.reload(parse(Stage.standard))
        for _ in 0..<10 { stage.runToDeadline() }
        #expect(stage.engine.dataText().contains("State = FAULT") && stage.host.programmed.isEmpty)
        stage.host.refusesSockets = false
        for _ in 0..<10 { stage.runToDeadline() }
        #expect(stage.isMaster)
    }

    /// The interface of an address goes and comes: the address is added when it is there again.
    @Test func anAddressWaitsForItsInterface() {
        let stage = Stage(Stage.standard.replacing("88/24", with: "88/24 dev eth1"))
        stage.becomeMaster()
        stage.engine.interfaceRemoved(index: 3)
        stage.engine.addressRemoved(
            AssignedAddress(
                interfaceIndex: 3, address: Stage.address("192.168.50.88"), prefixLength: 24,
                isTentative: false))
        stage.engine.settleReports()
        stage.runToDeadline()
        stage.host.forget()
        stage.engine.interfaceChanged(Interface(index: 9, name: "eth1", isUp: true, mac: .zero))
        #expect(stage.host.programmed.map(\.interfaceIndex) == [9])
    }

    /// Many addresses that go together are put back together.
    @Test func addressesThatGoTogetherComeBackOnce() {
        let addresses = (1...50).map { "192.168.50.\($0)" }
        let stage = Stage(
            Stage.standard.replacing(
                "192.168.50.88/24", with: addresses.map { $0 + "/24" }.joined(separator: "\n")))
        stage.becomeMaster()
        for text in addresses { stage.engine.addressAdded(Stage.assigned(text)) }
        for text in addresses { stage.engine.addressRemoved(Stage.assigned(text)) }
        stage.engine.settleReports()
        #expect(stage.host.programmed.count == 50)
    }

    /// RFC 4861 7.2.5: a router whose advertisement says that it is none is given up by its neighbours.
    // RFC9568-6.4.1-04
    @Test(arguments: [true, false]) func neighboursLearnWhoIsRouter(_ isRouter: Bool) {
        let stage = Stage(
            Stage.standard.replacing("192.168.50.88/24", with: "fe80::88/64").replacing(
                "priority", with: "version 3\npriority"))
        stage.host.isRouter = isRouter
        stage.runToDeadline()
        // The flags follow Ethernet, IPv6 and the first four octets of ICMPv6.
        #expect(stage.host.frames.last.map { $0.frame[14 + 40 + 4] & 0x80 != 0 } == isRouter)
    }

    /// What a watch found before it was given up counts for nothing when it comes back.
    @Test func aFormerVerdictIsForgotten() {
        let script = "vrrp_script s {\nscript /bin/true\n}\n"
        let with = Self.text("track_script {\ns\n}", script: script)
        let stage = Stage(with)
        stage.engine.watched(WatchResult(kind: .script, name: "s", value: 1))
        while !stage.engine.dataText().contains("State = MASTER") { stage.runToDeadline() }
        stage.engine.watched(WatchResult(kind: .script, name: "s", value: 0))
        stage.engine.reload(parse(Self.text("")))
        while !stage.engine.dataText().contains("State = MASTER") { stage.runToDeadline() }
        stage.engine.reload(parse(with))
        #expect(stage.engine.dataText().contains("State = MASTER"))
    }

    /// What an instance waited for may vanish at a reload: then it takes part.
    @Test func aReloadEndsTheWaitForAScript() {
        let script = "vrrp_script s {\nscript /bin/true\n}\n"
        let stage = Stage(Self.text("track_script {\ns\n}", script: script))
        #expect(stage.engine.dataText().contains("State = INIT"))
        stage.engine.reload(parse(Self.text("")))
        #expect(!stage.engine.dataText().contains("State = INIT"))
    }

    @Test func aRunnerThatWasStartedAgainIsToldEverything() {
        let script = "vrrp_script s {\nscript /bin/true\n}\n"
        let stage = Stage(Self.text("track_script {\ns\n}", script: script))
        stage.host.forget()
        stage.engine.instructRunner()
        #expect(stage.host.requests.first == .watchesBegin && stage.host.requests.contains(.watchesEnd))
        #expect(stage.host.requests.contains { if case .watch = $0 { true } else { false } })
    }

    /// A tracker that is new counts for nothing until it reports, and an interface reports at once.
    @Test func aHealthyTrackerThatIsNewMovesNothing() {
        let stage = Stage(Stage.standard)
        stage.becomeMaster()
        stage.engine.reload(
            parse(Stage.standard.replacing("priority 100", with: "priority 100\ntrack_interface {\neth1\n}")))
        #expect(stage.isMaster)
        #expect(stage.host.programmed.isEmpty)
    }
}
