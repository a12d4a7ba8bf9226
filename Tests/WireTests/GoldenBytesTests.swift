// Messages as octets, one comment a field. VRID 51, priority 100, one second, VIP 192.168.50.88 (IPv6:
// fe80::58 and 2001:db8::58), from 192.168.50.11 to 224.0.0.18, from fe80::11 to ff02::12.

import Testing
import Wire

/// Hex with blanks as octets.
func octets(_ hex: String) -> [UInt8] {
    hex.split { $0 == " " || $0 == "\n" }.compactMap { UInt8($0, radix: 16) }
}

func ip(_ text: String) -> IPAddress { IPAddress(text) ?? .unspecified(.ipv4) }

/// A message with everything that is needed to send and to check it.
struct Golden: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let hex: String
    let advertisement: Advertisement
    let addresses: [IPAddress]
    let source: IPAddress
    let destination: IPAddress

    static let v2 = Golden(
        testDescription: "v2",
        hex: """
            21              version 2, type 1
            33 64 01        VRID, priority, address count
            00 01           no authentication, 1 s
            87 c9           checksum over the message
            c0 a8 32 58     192.168.50.88
            00 00 00 00 00 00 00 00
            """.comments,
        advertisement: Advertisement(
            version: .v2, vrid: 51, priority: 100, intervalCentiseconds: 100, addressCount: 1),
        addresses: [ip("192.168.50.88")], source: ip("192.168.50.11"), destination: .vrrpGroup4)

    static let v3 = Golden(
        testDescription: "v3 IPv4, RFC 9568 checksum",
        hex: "31 33 64 01 00 64 77 66 c0 a8 32 58",
        advertisement: Advertisement(
            version: .v3, vrid: 51, priority: 100, intervalCentiseconds: 100, addressCount: 1),
        addresses: [ip("192.168.50.88")], source: ip("192.168.50.11"), destination: .vrrpGroup4)

    static let v3Pseudo = Golden(
        testDescription: "v3 IPv4, RFC 5798 checksum",
        hex: "31 33 64 01 00 64 a4 23 c0 a8 32 58",
        advertisement: Advertisement(
            version: .v3, vrid: 51, priority: 100, intervalCentiseconds: 100, addressCount: 1,
            checksumForm: .pseudoHeader),
        addresses: [ip("192.168.50.88")], source: ip("192.168.50.11"), destination: .vrrpGroup4)

    static let v6 = Golden(
        testDescription: "v3 IPv6",
        hex: """
            31 33 64 02 00 64 3f 3d
            fe 80 00 00 00 00 00 00 00 00 00 00 00 00 00 58
            20 01 0d b8 00 00 00 00 00 00 00 00 00 00 00 58
            """,
        advertisement: Advertisement(
            version: .v3, vrid: 51, priority: 100, intervalCentiseconds: 100, addressCount: 2),
        addresses: [ip("fe80::58"), ip("2001:db8::58")], source: ip("fe80::11"), destination: .vrrpGroup6)

    static let all = [v2, v3, v3Pseudo, v6]

    var message: [UInt8] { octets(hex) }

    var expectation: Wire.Expectation {
        Wire.Expectation(
            version: advertisement.version, family: source.family, vrid: 51, isUnicast: false,
            authentication: advertisement.authentication, intervalCentiseconds: 100, addresses: addresses)
    }

    func parse(
        _ message: [UInt8], ttl: UInt8 = 255, expecting: Wire.Expectation? = nil
    ) throws(Rejection) -> Advertisement {
        try Advertisement.parse(
            message.span.bytes, expecting: expecting ?? expectation, source: source, destination: destination,
            ttl: ttl)
    }
}

extension String {
    /// Only the hex at the start of each line: what follows two blanks is a comment.
    fileprivate var comments: String {
        split(separator: "\n").map { line in
            line.split(separator: " ").prefix { $0.count == 2 && UInt8($0, radix: 16) != nil }.joined(
                separator: " ")
        }.joined(separator: " ")
    }
}

@Suite struct GoldenBytesTests {
    // RFC9568-5.2.1-01, RFC9568-5.2.2-01, RFC9568-5.2.8-01, RFC9568-5.2.8-02, RFC9568-5.2.8-03, RFC9568-7.2-02,
    // RFC3768-5.3.8-01, RFC3768-5.3.10-01, RFC5798-5.2.8-01
    @Test("sent as the vectors say", arguments: Golden.all)
    func encoded(_ golden: Golden) {
        var message: [UInt8] = []
        golden.advertisement.encode(
            addresses: golden.addresses, source: golden.source, destination: golden.destination,
            into: &message)
        #expect(message == golden.message)
    }

    @Test("read back", arguments: Golden.all) func parsed(_ golden: Golden) throws {
        #expect(try golden.parse(golden.message) == golden.advertisement)
    }

    @Test("RFC9568-7.1-06: one flipped bit in any octet is rejected", arguments: Golden.all)
    func flipped(_ golden: Golden) {
        for offset in golden.message.indices {
            for bit in 0..<8 {
                var message = golden.message
                message[offset] ^= 1 << UInt8(bit)
                #expect(throws: Rejection.self) { try golden.parse(message) }
            }
        }
    }

    // RFC3768-7.1-02
    @Test("RFC9568-7.1-05: cut at every octet, and one octet too long", arguments: Golden.all)
    func cut(_ golden: Golden) {
        for count in 0..<golden.message.count {
            #expect(throws: Rejection.length) { try golden.parse(Array(golden.message.prefix(count))) }
        }
        #expect(throws: Rejection.length) { try golden.parse(golden.message + [0]) }
    }

    // RFC9568-5.1.1.3-02, RFC9568-5.1.2.3-02, RFC9568-7.1-01, RFC9568-7.1-02
    @Test("another TTL is rejected", arguments: Golden.all)
    func ttl(_ golden: Golden) {
        #expect(throws: Rejection.timeToLive) { try golden.parse(golden.message, ttl: 254) }
    }

    // RFC9568-5.2.5-01, RFC9568-5.2.9-01
    @Test(arguments: [1, 2, 20]) func roundTripsOfManyAddresses(_ count: Int) throws {
        let addresses = (0..<count).map { IPAddress(v4: 0xc0a8_3200 + UInt32($0)) }
        var advertisement = Golden.v2.advertisement
        advertisement.addressCount = UInt8(count)
        advertisement.authentication = Authentication(password: "1111")
        var expectation = Golden.v2.expectation
        expectation.addresses = addresses.reversed()
        expectation.authentication = advertisement.authentication
        var message: [UInt8] = []
        advertisement.encode(
            addresses: addresses, source: Golden.v2.source, destination: .vrrpGroup4, into: &message)
        #expect(try Golden.v2.parse(message, expecting: expectation) == advertisement)
    }

    @Test(
        "RFC9568-5.2.6-01, RFC9568-5.2.7-01, RFC3768-5.3.7-01: the whole range of intervals, reserved bits zero",
        arguments: [
            (Golden.v3, UInt16(1), [UInt8(0), 1]), (.v3, 100, [0, 100]), (.v3, 4095, [0x0f, 0xff]),
            (.v6, 4095, [0x0f, 0xff]), (.v2, 100, [0, 1]), (.v2, 25_500, [0, 255]),
        ])
    func intervals(_ golden: Golden, _ centiseconds: UInt16, _ field: [UInt8]) throws {
        var advertisement = golden.advertisement
        advertisement.intervalCentiseconds = centiseconds
        var message: [UInt8] = []
        advertisement.encode(
            addresses: golden.addresses, source: golden.source, destination: golden.destination,
            into: &message)
        #expect(Array(message[4..<6]) == field)
        var expectation = golden.expectation
        expectation.intervalCentiseconds = centiseconds
        #expect(try golden.parse(message, expecting: expectation).intervalCentiseconds == centiseconds)
    }

    @Test("RFC9568-5.2.6-02: the reserved bits are ignored") func reserved() throws {
        var message = octets("31 33 64 01 f0 64 87 65 c0 a8 32 58")
        #expect(try Golden.v3.parse(message).intervalCentiseconds == 100)
        message[4] = 0
        #expect(throws: Rejection.checksum) { try Golden.v3.parse(message) }
    }

    @Test("RFC3768-5.3.10-01: authentication data without a type is ignored") func strayPassword() throws {
        var message = Golden.v2.message
        message.replaceSubrange(12..<20, with: octets("01 02 03 04 05 06 07 08"))
        // The sum of what was added, taken from the checksum.
        let sum = 0x87c9 - 0x0102 - 0x0304 - 0x0506 - 0x0708
        message[6] = UInt8(sum >> 8)
        message[7] = UInt8(sum & 0xff)
        #expect(try Golden.v2.parse(message).authentication == .none)
    }
}
