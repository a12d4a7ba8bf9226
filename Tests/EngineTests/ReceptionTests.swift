// Which virtual router an advertisement is for, and what is said of one that is odd but used.

import Configuration
import Engine
import Testing
import Wire

@Suite struct ReceptionTests {
    private static func instance(_ name: String, _ lines: String) -> String {
        "vrrp_instance \(name) {\ninterface eth0\nvirtual_router_id 51\nversion 3\n\(lines)\n}\n"
    }

    private func states(_ stage: Stage) -> [String] {
        stage.engine.dataText().split(separator: "\n").filter { $0.contains(" State = ") }.map {
            String($0.drop { $0 == " " })
        }
    }

    @Test("RFC9568-5.2.3-01, RFC9568-6.4-01: one VRID over IPv4 and over IPv6 are two virtual routers")
    func twoFamilies() {
        let stage = Stage(
            Self.instance("four", "virtual_ipaddress { 192.168.50.88/24 }")
                + Self.instance("six", "virtual_ipaddress { fe80::88/64 }"))
        while states(stage) != ["State = MASTER", "State = MASTER"] { stage.runToDeadline() }
        for _ in 1...2 {
            stage.hear(
                priority: 200, version: .v3, from: Stage.address("fe80::2"), to: .vrrpGroup6,
                addresses: [Stage.address("fe80::88")])
        }
        stage.run(.milliseconds(30))
        #expect(states(stage) == ["State = MASTER", "State = BACKUP"])
        for _ in 1...2 { stage.hear(priority: 200, version: .v3) }
        stage.run(.milliseconds(30))
        #expect(states(stage) == ["State = BACKUP", "State = BACKUP"])
    }

    @Test("RFC9568-7.1-07: the VRID of another interface is not this one's")
    func otherInterface() {
        let stage = Stage()
        stage.becomeMaster()
        var message: [UInt8] = []
        Advertisement(version: .v2, vrid: 51, priority: 200, intervalCentiseconds: 100, addressCount: 1)
            .encode(
                addresses: [Stage.address("192.168.50.88")], source: Stage.peer, destination: .vrrpGroup4,
                into: &message)
        for index in [3, 3, 2, 2] as [Int32] {
            #expect(stage.isMaster)
            stage.engine.receive(
                PacketOrigin(
                    interfaceIndex: index, source: Stage.peer, destination: .vrrpGroup4, ttl: 255),
                message: message.span.bytes)
        }
        stage.run(.milliseconds(30))
        #expect(!stage.isMaster)
    }

    @Test("RFC9568-5.2.9-04: the addresses are sent in the order of the configuration")
    func order() {
        let stage = Stage(
            Self.instance("four", "virtual_ipaddress {\n192.168.50.90\n192.168.50.88\n192.168.50.89\n}"))
        stage.runToDeadline()
        #expect(
            stage.packet.dropFirst(8) == [192, 168, 50, 90, 192, 168, 50, 88, 192, 168, 50, 89])
    }

    @Test("RFC9568-7.1-08, RFC9568-8.3.2-02: a second owner is told of, a few times, and obeyed")
    func secondOwner() {
        let stage = Stage(Stage.standard.replacing("priority 100", with: "priority 255"))
        while !stage.isMaster { stage.runToDeadline() }
        stage.host.forget()
        for _ in 1...100 { stage.hear(priority: 255, from: Stage.address("192.168.50.9")) }
        let lines = stage.host.lines.filter { $0.contains("are both configured as address owner") }
        #expect((1...3).contains(lines.count), "\(stage.host.lines)")
        #expect(stage.isMaster, "the smaller address yields")
        for _ in 1...2 { stage.hear(priority: 255, from: Stage.address("192.168.50.200")) }
        stage.run(.milliseconds(30))
        #expect(!stage.isMaster)
    }

    @Test("RFC9568-7.1-15, RFC9568-7.1-17: another interval is told of once")
    func otherInterval() {
        let stage = Stage(Self.instance("four", "virtual_ipaddress { 192.168.50.88/24 }"), detail: true)
        for _ in 1...5 { stage.hear(priority: 200, version: .v3) { Stage.alter(&$0, 5, to: 200) } }
        let lines = stage.host.lines.filter {
            $0.contains("advertisement interval updated from 1000ms to 2000ms")
        }
        #expect(lines.count == 1, "\(stage.host.lines)")
    }

    @Test(
        "RFC9568-8.1.2-04, RFC9568-8.2.2-06: an address that a reload brings is announced",
        arguments: [("192.168.50.88", "192.168.50.89"), ("fe80::88", "2001:db8::89")])
    func newAddress(_ first: String, _ second: String) {
        let text = { (lines: String) in Self.instance("one", "virtual_ipaddress {\n\(lines)\n}") }
        let stage = Stage(text(first))
        stage.becomeMaster()
        stage.engine.reload(ConfigurationParser.parse(text: text("\(first)\n\(second)")).configuration)
        stage.serve(stage.host.programmed.filter { $0.address.family == .ipv6 })
        let announced = stage.host.frames.compactMap { frame in
            ARPPacket(frame: frame.frame.span.bytes)?.senderAddress
                ?? NeighborAdvertisement(frame: frame.frame.span.bytes)?.target
        }
        #expect(announced.contains(Stage.address(second)))
    }

    @Test(
        "RFC3768-6.4.3-02, RFC9568-6.4.3-07: an owner takes packets to its addresses whatever is configured")
    func ownerAccepts() {
        for (priority, isClosed) in [(200, true), (255, false)] {
            let stage = Stage(
                Stage.standard.replacing("priority 100", with: "priority \(priority)\nno_accept"))
            while !stage.isMaster { stage.runToDeadline() }
            #expect(stage.host.firewalls.contains { $0 != nil } == isClosed)
        }
    }
}
