// What an attacker, a broken peer or a bad cable may send: it is counted, at most a few lines say so, and
// nothing changes.

import Configuration
import Control
import Election
import Engine
import Glibc
import Testing
import Wire

@Suite struct HostilePacketTests {
    /// Deterministic randomness.
    struct SplitMix64: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state &+= 0x9e37_79b9_7f4a_7c15
            var word = state
            word = (word ^ (word >> 30)) &* 0xbf58_476d_1ce4_e5b9
            word = (word ^ (word >> 27)) &* 0x94d0_49bb_1331_11eb
            return word ^ (word >> 31)
        }
    }

    static let rejections: [(String, @Sendable (Stage) -> Void)] = [
        ("TTL:", { $0.hear(priority: 255, ttl: 254) }),
        ("Version:", { $0.hear(priority: 255, version: .v3) }),
        ("Invalid Type:", { $0.hear(priority: 255) { $0[0] = 0x22 } }),
        ("Length:", { $0.hear(priority: 255) { $0.removeLast() } }),
        ("Length:", { $0.hear(priority: 255) { $0.append(0) } }),
        ("Checksum:", { $0.hear(priority: 255) { $0[10] ^= 1 } }),
        ("Type Mismatch:", { $0.hear(priority: 255) { Stage.alter(&$0, 4, to: 1) } }),
        ("Invalid Type:", { $0.hear(priority: 255) { Stage.alter(&$0, 4, to: 9) } }),
        ("Advertisement Interval:", { $0.hear(priority: 255) { Stage.alter(&$0, 5, to: 2) } }),
    ]

    // RFC9568-7.1-12, RFC9568-7.1-14, RFC9568-7.1-15, RFC9568-7.1-18, RFC3768-7.1-05
    @Test(arguments: rejections.indices)
    func aRejectedPacketIsCountedAndChangesNothing(_ index: Int) {
        let (label, hear) = Self.rejections[index]
        let stage = Stage()
        stage.becomeMaster()
        let deadline = stage.engine.nextDeadline
        hear(stage)
        #expect(stage.isMaster)
        #expect(stage.host.sent.isEmpty && stage.host.programmed.isEmpty)
        #expect(stage.engine.nextDeadline == deadline)
        let text = stage.engine.statisticsText(clear: false)
        #expect(text.split(separator: "\n").contains { $0.hasSuffix("\(label) 1") }, "\(text)")
    }

    /// peers.md's interval 0, address count 0 and foreign VRID.
    // RFC9568-5.2.3-01, RFC9568-7.1-07, RFC9568-7.1-09, RFC9568-7.1-11, RFC9568-7.1-12, RFC9568-7.1-20,
    // RFC3768-7.1-07
    @Test func zeroIntervalCountAndForeignVRID() {
        let stage = Stage(Stage.standard.replacing("priority 100", with: "priority 100\nversion 3"))
        stage.becomeMaster()
        stage.hear(priority: 255, version: .v3) { Stage.alter(&$0, 5, to: 0) }
        stage.hear(priority: 255, version: .v3, addresses: [])
        stage.hear(priority: 255, version: .v3, vrid: 77)
        #expect(stage.isMaster)
        // A different address list is no reason to have two masters.
        for _ in 1...2 {
            stage.hear(priority: 255, version: .v3, addresses: [Stage.address("192.168.50.99")])
        }
        stage.run(.milliseconds(30))
        #expect(!stage.isMaster)
    }

    @Test func twoInvalidPacketsEachIntervalDoNotSilenceTheMaster() {
        let stage = Stage()
        stage.becomeMaster()
        for _ in 0..<8 {
            stage.hear(priority: 255) { $0[10] ^= 1 }
            stage.hear(priority: 255, ttl: 1)
            stage.runToDeadline()
        }
        #expect(stage.host.sent.count >= 8)
        #expect(stage.host.sent.allSatisfy { $0.message[2] == 100 })
    }

    // RFC9568-7.1-13
    @Test func aHundredThousandMalformedPackets() {
        let stage = Stage(detail: true)
        stage.becomeMaster()
        var random = SplitMix64(state: 7)
        let start = stage.host.now
        for index in 0..<100_000 {
            stage.host.now = start + .microseconds(index * 5)
            if index % 2 == 0 {
                let length = Int.random(in: 0...64, using: &random)
                let octets = (0..<length).map { _ in UInt8.random(in: 0...255, using: &random) }
                stage.engine.receive(
                    PacketOrigin(
                        interfaceIndex: 2, source: Stage.peer, destination: .vrrpGroup4, ttl: 255),
                    message: octets.span.bytes)
            } else {
                stage.hear(priority: 255) { message in
                    let place = Int.random(in: 0..<message.count, using: &random)
                    message[place] ^= 1 << UInt8.random(in: 0...7, using: &random)
                }
            }
        }
        #expect(stage.isMaster)
        #expect(stage.host.programmed.isEmpty)
        // Half a second of flood: not more than a few lines.
        #expect(stage.host.lines.count <= 10, "\(stage.host.lines)")
    }

    /// Must show: memory flat over a million received advertisements.
    @Test func aMillionAdvertisementsLeaveNoMemoryBehind() {
        let stage = Stage()
        stage.hear(priority: 200)
        let advertisement = Advertisement(
            version: .v2, vrid: 51, priority: 200, intervalCentiseconds: 100, addressCount: 1)
        var message: [UInt8] = []
        advertisement.encode(
            addresses: [Stage.address("192.168.50.88")], source: Stage.peer, destination: .vrrpGroup4,
            into: &message)
        let origin = PacketOrigin(
            interfaceIndex: 2, source: Stage.peer, destination: .vrrpGroup4, ttl: 255)
        for _ in 0..<1000 { stage.engine.receive(origin, message: message.span.bytes) }
        let before = residentPages()
        for _ in 0..<1_000_000 {
            stage.host.now = stage.host.now + .seconds(1)
            stage.engine.receive(origin, message: message.span.bytes)
        }
        let after = residentPages()
        #expect(after <= before + 256)
        #expect(stage.engine.statisticsText(clear: false).contains("Received: 1001001"))
    }
}

/// Pages of this process that are in memory (proc(5), statm).
private func residentPages() -> Int {
    let file = open("/proc/self/statm", O_RDONLY)
    defer { close(file) }
    var buffer = [UInt8](repeating: 0, count: 128)
    let count = max(0, read(file, &buffer, buffer.count))
    let fields = String(decoding: buffer[..<count], as: UTF8.self).split(separator: " ")
    return fields.dropFirst().first.flatMap { Int($0) } ?? 0
}

extension Stage {
    /// Changes an octet and mends the checksum.
    static func alter(_ message: inout [UInt8], _ offset: Int, to value: UInt8) {
        message[offset] = value
        message[6] = 0
        message[7] = 0
        var sum = 0
        for index in stride(from: 0, to: message.count, by: 2) {
            sum += Int(message[index]) << 8 | Int(message[index + 1])
        }
        while sum > 0xffff { sum = (sum & 0xffff) + (sum >> 16) }
        message[6] = UInt8(~sum >> 8 & 0xff)
        message[7] = UInt8(~sum & 0xff)
    }
}
