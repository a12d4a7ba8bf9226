// Each reason to discard a message, and what must not be one: the mistakes of other implementations.

import Testing
import Wire

@Suite struct RejectionTests {
    /// Changes octets and mends the checksum.
    private func altered(_ golden: Golden, _ changes: [(Int, UInt8)]) -> [UInt8] {
        var message = golden.message
        for (offset, value) in changes { message[offset] = value }
        message[6] = 0
        message[7] = 0
        var sum = 0
        for index in stride(from: 0, to: message.count, by: 2) {
            sum += Int(message[index]) << 8 | Int(message[index + 1])
        }
        if golden.source.family == .ipv6 {
            for octets in [golden.source.octets, golden.destination.octets] {
                for index in stride(from: 0, to: 16, by: 2) {
                    sum += Int(octets[index]) << 8 | Int(octets[index + 1])
                }
            }
            sum += message.count + 112
        }
        while sum > 0xffff { sum = (sum & 0xffff) + (sum >> 16) }
        message[6] = UInt8(~sum >> 8 & 0xff)
        message[7] = UInt8(~sum & 0xff)
        return message
    }

    // RFC9568-5.2.2-02, RFC9568-7.1-03, RFC9568-7.1-04, RFC9568-7.1-11, RFC3768-5.3.6-01, RFC3768-7.1-01,
    // RFC3768-7.1-04, RFC3768-7.1-05
    @Test(
        "each with a right checksum",
        arguments: [
            (Golden.v3, [(0, 0x21)], Rejection.version), (.v3, [(0, 0x01)], .version),
            (.v3, [(0, 0xf1)], .version), (.v3, [(0, 0x30)], .type), (.v3, [(0, 0x32)], .type),
            (.v3, [(0, 0x3f)], .type), (.v3, [(1, 52)], .unknownVRID), (.v3, [(3, 2)], .length),
            (.v3, [(5, 0)], .zeroInterval), (.v2, [(5, 2)], .intervalMismatch),
            (.v2, [(5, 0)], .zeroInterval), (.v2, [(4, 1)], .authenticationTypeMismatch),
            (.v2, [(4, 2)], .authenticationTypeMismatch), (.v2, [(4, 3)], .unknownAuthenticationType),
            (.v2, [(4, 255)], .unknownAuthenticationType), (.v2, [(0, 0x31)], .version),
        ] as [(Golden, [(Int, UInt8)], Rejection)])
    func rejected(_ golden: Golden, _ changes: [(Int, UInt8)], _ rejection: Rejection) {
        #expect(throws: rejection) { try golden.parse(altered(golden, changes)) }
    }

    // RFC9568-5.2.5-02, RFC9568-7.1-09
    @Test("a count of zero (erratum 8299)") func noAddresses() {
        var message = octets("31 33 64 00 00 64 00 00")
        let sum = 0x3133 + 0x6400 + 0x0064
        message[6] = UInt8(~sum >> 8 & 0xff)
        message[7] = UInt8(~sum & 0xff)
        #expect(throws: Rejection.noAddresses) { try Golden.v3.parse(message) }
    }

    @Test("RFC9568-7.1-16: another interval is no reason to discard in v3") func otherInterval() throws {
        #expect(try Golden.v3.parse(altered(.v3, [(5, 200)])).intervalCentiseconds == 200)
        #expect(try Golden.v3.parse(altered(.v3, [(4, 0x0f), (5, 0xff)])).intervalCentiseconds == 4095)
    }

    // RFC9568-7.1-19, RFC3768-7.1-06, RFC3768-7.1-07
    @Test("RFC9568-7.1-20: another address list is told, not discarded", arguments: [Golden.v2, .v3])
    func otherList(_ golden: Golden) throws {
        #expect(try !golden.parse(altered(golden, [(11, 99)])).addressListMatches)
        #expect(try golden.parse(golden.message).addressListMatches)
    }

    /// Erratum 8300 is not enforced: keepalived's users name global addresses alone.
    @Test func aGlobalAddressMayStandFirst() throws {
        #expect(try Golden.v6.parse(altered(.v6, [(8, 0x20)])).priority == 100)
    }

    @Test func wrongPassword() throws {
        var advertisement = Golden.v2.advertisement
        advertisement.authentication = Authentication(password: "1111")
        var message: [UInt8] = []
        advertisement.encode(
            addresses: Golden.v2.addresses, source: Golden.v2.source, destination: .vrrpGroup4, into: &message
        )
        var expectation = Golden.v2.expectation
        #expect(throws: Rejection.authenticationTypeMismatch) {
            try Golden.v2.parse(message, expecting: expectation)
        }
        expectation.authentication = Authentication(password: "1112")
        #expect(throws: Rejection.authenticationFailed) {
            try Golden.v2.parse(message, expecting: expectation)
        }
    }

    @Test func unicastKnowsNoTTL() throws {
        var expectation = Golden.v3.expectation
        expectation.isUnicast = true
        #expect(try Golden.v3.parse(Golden.v3.message, ttl: 3, expecting: expectation).priority == 100)
    }

    @Test func peek() throws {
        #expect(try Advertisement.peek(Golden.v3.message.span.bytes).vrid == 51)
        #expect(throws: Rejection.unknownVRID) { try Advertisement.peek(([0x31, 0] as [UInt8]).span.bytes) }
        #expect(throws: Rejection.length) { try Advertisement.peek(([0x31] as [UInt8]).span.bytes) }
    }

    /// Every decoder on a hundred thousand random and damaged inputs.
    @Test func randomOctetsAreNeverACrash() {
        var state: UInt64 = 3
        func random(_ limit: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % limit
        }
        var rejections: [Rejection: Int] = [:]
        for index in 0..<100_000 {
            let golden = Golden.all[index % Golden.all.count]
            var message = golden.message
            if index % 3 == 0 {
                message = (0..<random(80)).map { _ in UInt8(random(256)) }
            } else {
                for _ in 0...random(3) { message[random(message.count)] = UInt8(random(256)) }
            }
            do throws(Rejection) { _ = try golden.parse(message) } catch {
                rejections[error, default: 0] += 1
            }
            _ = try? IPv4Header(message.span.bytes)
            _ = ARPPacket(frame: message.span.bytes)
            _ = NeighborAdvertisement(frame: message.span.bytes)
        }
        #expect(rejections.values.reduce(0, +) > 95_000)
        #expect(rejections.keys.count >= 4)
    }
}
