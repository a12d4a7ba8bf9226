// IP headers, ARP, neighbour advertisements and addresses as text.

import Testing
import Wire

@Suite struct PacketTests {
    private static let header = octets("45 c0 00 20 00 01 00 00 ff 70 00 00 c0 a8 32 0b e0 00 00 12")
    private static let payload = octets("31 33 64 01 00 64 77 66 c0 a8 32 58")

    private func parse(_ packet: [UInt8]) throws(Rejection) -> IPv4Header {
        try IPv4Header(packet.span.bytes)
    }

    @Test func header() throws {
        let header = try parse(Self.header + Self.payload)
        #expect(header.source == ip("192.168.50.11") && header.destination == .vrrpGroup4)
        #expect(header.ttl == 255 && header.protocolNumber == 112)
        #expect(header.payload == 20..<32)
    }

    /// A header is not always 20 octets long, and a frame may be padded.
    @Test func optionsAndPadding() throws {
        var packet = Self.header
        packet[0] = 0x46
        packet[3] = 0x24
        packet += [1, 1, 1, 0] + Self.payload + [0, 0, 0, 0]
        #expect(try parse(packet).payload == 24..<36)
    }

    @Test func malformedHeaders() {
        let good = Self.header + Self.payload
        for count in 0..<32 {
            #expect(throws: Rejection.malformedIPHeader) { try parse(Array(good.prefix(count))) }
        }
        for (offset, value) in [
            (0, UInt8(0x65)), (0, 0x44), (0, 0x4f), (3, 10), (2, 0xff), (6, 0x20), (7, 1),
        ] {
            var packet = good
            packet[offset] = value
            #expect(throws: Rejection.malformedIPHeader, "offset \(offset)") { try parse(packet) }
        }
    }

    // RFC9568-6.4.1-03
    @Test func gratuitousARP() {
        let frame = ARPPacket.gratuitousFrame(for: ip("192.168.50.88"), mac: MACAddress(0x0200_0000_0001))
        let golden = octets(
            "ff ff ff ff ff ff 02 00 00 00 00 01 08 06 00 01 08 00 06 04 00 01 "
                + "02 00 00 00 00 01 c0 a8 32 58 ff ff ff ff ff ff c0 a8 32 58")
        #expect(frame == golden)
        #expect(ARPPacket(frame: frame.span.bytes)?.isGratuitous == true)
        #expect(ARPPacket(frame: Array(frame.dropLast()).span.bytes) == nil)
    }

    @Test("RFC 5227 2.1.1: the sender's address is 0.0.0.0") func probe() {
        let frame = ARPPacket.probeFrame(for: ip("192.168.50.88"), mac: MACAddress(0x0200_0000_0001))
        let golden = octets(
            "ff ff ff ff ff ff 02 00 00 00 00 01 08 06 00 01 08 00 06 04 00 01 "
                + "02 00 00 00 00 01 00 00 00 00 00 00 00 00 00 00 c0 a8 32 58")
        #expect(frame == golden)
    }

    @Test("RFC 4862 5.4.2: from ::, to the solicited-node group") func neighbourSolicitation() {
        let frame = NeighborSolicitation.probeFrame(
            for: ip("2001:db8::aa12:3458"), mac: MACAddress(0x0200_0000_0001))
        let golden = octets(
            "33 33 ff 12 34 58 02 00 00 00 00 01 86 dd 60 00 00 00 00 18 3a ff "
                + "00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 "
                + "ff 02 00 00 00 00 00 00 00 00 00 01 ff 12 34 58 87 00")
        #expect(Array(frame.prefix(golden.count)) == golden)
        #expect(frame.count == 78)
    }

    @Test("RFC9568-6.4.1-04: R as asked, S clear, O set, target and its MAC") func neighbourAdvertisement() {
        let frame = NeighborAdvertisement.unsolicitedFrame(
            for: ip("2001:db8::58"), mac: MACAddress(0x0200_0000_0001), isRouter: false)
        let golden = octets(
            "33 33 00 00 00 01 02 00 00 00 00 01 86 dd 60 00 00 00 00 20 3a ff "
                + "20 01 0d b8 00 00 00 00 00 00 00 00 00 00 00 58 "
                + "ff 02 00 00 00 00 00 00 00 00 00 00 00 00 00 01 88 00")
        #expect(Array(frame.prefix(golden.count)) == golden)
        #expect(frame[58] == 0x20 && frame.count == 86)
        let parsed = NeighborAdvertisement(frame: frame.span.bytes)
        #expect(parsed?.target == ip("2001:db8::58") && parsed?.mac == MACAddress(0x0200_0000_0001))
        #expect(parsed?.isSolicited == false && parsed?.overrides == true)
        // One's complement over pseudo-header and message is all ones.
        var sum = 32 + 58
        for index in stride(from: 22, to: 86, by: 2) { sum += Int(frame[index]) << 8 | Int(frame[index + 1]) }
        while sum > 0xffff { sum = (sum & 0xffff) + (sum >> 16) }
        #expect(sum == 0xffff)
    }

    @Test(
        "RFC 5952: one text for each address",
        arguments: [
            ("::", "::"), ("::1", "::1"), ("1::", "1::"), ("2001:DB8:0:0:1:0:0:1", "2001:db8::1:0:0:1"),
            ("2001:0db8::0001", "2001:db8::1"), ("1:0:3:4:5:6:7:8", "1:0:3:4:5:6:7:8"),
            ("::ffff:1.2.3.4", "::ffff:102:304"), ("fe80:0:0:0:0:0:0:58", "fe80::58"),
            ("0:0:1::", "0:0:1::"), ("192.168.50.88", "192.168.50.88"), ("0.0.0.0", "0.0.0.0"),
        ])
    func text(_ input: String, _ output: String) {
        #expect(IPAddress(input)?.description == output)
    }

    @Test(arguments: [
        "", ":", ":::", "1", "1.2.3", "1.2.3.4.5", "256.1.1.1", "01.2.3.4", "1.2.3.4 ", "1.2.3.-4", "::1::",
        "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "12345::", "g::", "1:2:3:4:5:6:7:8::", "fe80::1%eth0",
        "1.2.3.4/24",
        ":1", "1:", "::1.2.3", "1.2.3.4::",
    ])
    func noAddress(_ text: String) { #expect(IPAddress(text) == nil) }

    @Test(
        "RFC9568-7.3-01, RFC9568-7.3-02: the virtual router's MAC address",
        arguments: [
            (UInt8(1), AddressFamily.ipv4, "00:00:5e:00:01:01"), (51, .ipv4, "00:00:5e:00:01:33"),
            (255, .ipv4, "00:00:5e:00:01:ff"), (1, .ipv6, "00:00:5e:00:02:01"),
            (51, .ipv6, "00:00:5e:00:02:33"), (255, .ipv6, "00:00:5e:00:02:ff"),
        ])
    func virtualMAC(_ vrid: UInt8, _ family: AddressFamily, _ text: String) {
        #expect(MACAddress(vrid: vrid, family: family).description == text)
    }

    @Test("RFC9568-6.4.3-12: order is unsigned, in network order") func order() {
        #expect(ip("9.0.0.0") < ip("10.0.0.0") && ip("127.255.255.255") < ip("128.0.0.0"))
        #expect(ip("fe80::9") < ip("fe80::10") && ip("fe80::ffff") < ip("fe80::1:0"))
    }

    @Test func kinds() {
        #expect(ip("224.0.0.18").isMulticast && ip("ff02::12").isMulticast && !ip("223.1.1.1").isMulticast)
        #expect(ip("febf::1").isLinkLocal && !ip("fec0::1").isLinkLocal && ip("169.254.1.1").isLinkLocal)
    }
}
