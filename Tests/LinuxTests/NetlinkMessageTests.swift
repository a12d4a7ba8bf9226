// The decoder of netlink messages: octets of a real kernel, and octets that no kernel ever sent.

import CLinux
import Testing
import Wire

@testable import Linux

@Suite struct NetlinkMessageTests {
    /// RTM_NEWADDR of 192.0.2.88/24 on interface 3, as Linux sends it.
    private static let newAddress: [UInt8] = [
        0x50, 0, 0, 0,  // length 80
        0x14, 0, 2, 0,  // RTM_NEWADDR, NLM_F_MULTI
        7, 0, 0, 0, 0, 0, 0, 0,  // sequence 7, port 0
        2, 24, 0x80, 0, 3, 0, 0, 0,  // AF_INET, /24, permanent, universe, interface 3
        8, 0, 1, 0, 192, 0, 2, 88,  // IFA_ADDRESS
        8, 0, 2, 0, 192, 0, 2, 88,  // IFA_LOCAL
        9, 0, 3, 0, 0x65, 0x74, 0x68, 0x30, 0, 0, 0, 0,  // IFA_LABEL "eth0", padded
        8, 0, 8, 0, 0x80, 2, 0, 0,  // IFA_FLAGS: permanent, no prefix route
        20, 0, 6, 0, 255, 255, 255, 255, 255, 255, 255, 255, 1, 0, 0, 0, 1, 0, 0, 0,  // IFA_CACHEINFO
    ]

    @Test func aMessageOfTheKernelIsRead() throws {
        let messages = NetlinkMessage.split((Self.newAddress + Self.newAddress)[...])
        #expect(messages.count == 2)
        let message = try #require(messages.last)
        #expect(message.type == UInt16(RTM_NEWADDR) && message.sequence == 7 && message.flags == 2)
        let address = try #require(InterfaceAddress(message))
        #expect(address.address == IPAddress("192.0.2.88") && address.prefixLength == 24)
        #expect(address.interfaceIndex == 3 && address.label == "eth0" && address.flags == 0x280)
        #expect(address.peer == nil && !address.isTentative && !address.isDeprecated)
    }

    @Test func aMessageCutShortIsNoMessage() {
        for length in 0..<Self.newAddress.count {
            #expect(NetlinkMessage.split(Self.newAddress.prefix(length)).isEmpty)
        }
    }

    @Test func damagedOctetsNeverTrap() {
        var state: UInt64 = 0x2545_f491_4f6c_dd1d
        func random() -> UInt64 {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return state
        }
        var decoded = 0
        for _ in 0..<20_000 {
            var octets = Self.newAddress
            for _ in 0..<(1 + random() % 6) {
                octets[Int(random() % UInt64(octets.count))] = UInt8(truncatingIfNeeded: random())
            }
            for message in NetlinkMessage.split(octets[...]) {
                if InterfaceAddress(message) != nil { decoded += 1 }
                _ = Link(message)
            }
        }
        #expect(decoded > 1000, "the damage is not so great that nothing is looked at")
    }

    @Test func aRequestIsAlignedAndKnowsItsLength() {
        var builder = NetlinkBuilder(type: UInt16(RTM_NEWADDR), flags: 5, sequence: 9)
        builder.attribute(3, text: "eth0")
        builder.attribute(11, [112])
        #expect(
            builder.message == [
                36, 0, 0, 0, 20, 0, 5, 0, 9, 0, 0, 0, 0, 0, 0, 0,
                9, 0, 3, 0, 0x65, 0x74, 0x68, 0x30, 0, 0, 0, 0,
                5, 0, 11, 0, 112, 0, 0, 0,
            ])
    }
}
