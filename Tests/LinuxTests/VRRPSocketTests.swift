// Advertisements between two hosts over a real cable: what arrives, what the frame looked like, what does not.

import Glibc
import Linux
import Testing
import Wire

@Suite(.enabled(if: canMakeNamespaces)) struct VRRPSocketTests {
    private static let message: [UInt8] = [0x31, 51, 150, 1, 0, 100, 0, 0, 192, 0, 2, 88]

    /// A network whose hosts have addresses, and the sockets on it.
    private struct Pair: Sendable {
        let network: TestNetwork
        let leftIndex: Int32
        let rightIndex: Int32

        init() throws {
            network = try TestNetwork()
            leftIndex = try network.interfaceIndex(network.left)
            rightIndex = try network.interfaceIndex(network.right)
            for (host, number) in [(network.left, 1), (network.right, 2)] {
                try network.ip(host, "addr add 192.0.2.\(number)/24 dev eth0")
                try network.ip(host, "addr flush dev eth0 scope link")
                try network.ip(host, "addr add fe80::\(number)/64 dev eth0 nodad")
                try network.ip(host, "addr add 2001:db8::\(number)/64 dev eth0 nodad")
            }
        }

        func socket(left: Bool, _ family: AddressFamily, group: IPAddress?) throws -> VRRPSocket {
            let (host, index) = left ? (network.left, leftIndex) : (network.right, rightIndex)
            return try network.inside(host) { () throws(SystemError) in
                try VRRPSocket(
                    family: family, interfaceIndex: index, interfaceName: "eth0", group: group)
            }
        }
    }

    private func receive(_ socket: VRRPSocket) throws -> (packet: ReceivedPacket, message: [UInt8])? {
        var buffer = [UInt8](repeating: 0, count: 65536)
        return try eventually {
            try socket.receive(into: &buffer).map { ($0, Array(buffer[$0.message])) }
        }
    }

    private func nothingWaits(_ socket: VRRPSocket) throws -> Bool {
        var buffer = [UInt8](repeating: 0, count: 65536)
        usleep(50_000)
        return try socket.receive(into: &buffer) == nil
    }

    @Test(arguments: [
        (AddressFamily.ipv4, "224.0.0.18", "192.0.2.1"), (.ipv6, "ff02::12", "fe80::1"),
    ])
    func aMulticastArrivesWithAllThatIsToBeChecked(
        family: AddressFamily, groupText: String, sourceText: String
    ) throws {
        let pair = try Pair()
        let group = try #require(IPAddress(groupText))
        let source = try #require(IPAddress(sourceText))
        let sender = try pair.socket(left: true, family, group: group)
        let receiver = try pair.socket(left: false, family, group: group)
        try sender.send(Self.message, to: group, from: source, ttl: 255)
        let (packet, message) = try #require(try receive(receiver))
        #expect(message == Self.message)
        #expect(packet.source == source && packet.destination == group)
        #expect(packet.ttl == 255 && packet.interfaceIndex == pair.rightIndex)
        #expect(try nothingWaits(sender), "own packets do not come back")
        try sender.send(Self.message, to: group, from: source, ttl: 64)
        #expect(try receive(receiver)?.packet.ttl == 64, "the caller sees a wrong TTL and counts it")
    }

    @Test(arguments: [
        (AddressFamily.ipv4, "192.0.2.2", "192.0.2.1"), (.ipv6, "2001:db8::2", "2001:db8::1"),
        (.ipv6, "fe80::2", "fe80::1"),
    ])
    func aUnicastArrivesToo(family: AddressFamily, destinationText: String, sourceText: String) throws {
        let pair = try Pair()
        let destination = try #require(IPAddress(destinationText))
        let source = try #require(IPAddress(sourceText))
        let sender = try pair.socket(left: true, family, group: nil)
        let receiver = try pair.socket(left: false, family, group: nil)
        try sender.send(Self.message, to: destination, from: source, ttl: 255)
        let (packet, message) = try #require(try receive(receiver))
        #expect(message == Self.message && packet.ttl == 255)
        #expect(packet.source == source && packet.destination == destination)
        #expect(packet.interfaceIndex == pair.rightIndex)
    }

    @Test(arguments: [
        (AddressFamily.ipv4, "224.0.0.18", "224.0.0.19", "192.0.2.2", "192.0.2.1"),
        (.ipv6, "ff02::12", "ff02::13", "2001:db8::2", "2001:db8::1"),
    ])
    func noPacketIsHandedOutTwice(
        family: AddressFamily, groupText: String, otherText: String, unicastText: String, sourceText: String
    ) throws {
        let pair = try Pair()
        let group = try #require(IPAddress(groupText))
        let otherGroup = try #require(IPAddress(otherText))
        let destination = try #require(IPAddress(unicastText))
        let source = try #require(IPAddress(sourceText))
        let sender = try pair.socket(left: true, family, group: group)
        let grouped = try pair.socket(left: false, family, group: group)
        let other = try pair.socket(left: false, family, group: otherGroup)
        let unicast = try pair.socket(left: false, family, group: nil)
        try sender.send(Self.message, to: group, from: source, ttl: 255)
        #expect(try receive(grouped)?.packet.destination == group)
        #expect(try nothingWaits(other))
        #expect(try nothingWaits(unicast))
        try sender.send(Self.message, to: destination, from: source, ttl: 255)
        #expect(try receive(unicast)?.packet.destination == destination)
        #expect(try nothingWaits(grouped))
    }

    // RFC9568-5.1.1.2-01, RFC9568-5.1.1.3-01, RFC9568-5.1.1.4-01, RFC9568-5.1.2.2-01, RFC9568-5.1.2.3-01,
    // RFC9568-5.1.2.4-01, RFC9568-7.2-06
    @Test func theFrameIsWhatTheRFCAsksFor() throws {
        let pair = try Pair()
        let network = pair.network
        try network.ip(network.left, "link set eth0 address 02:00:00:00:00:01")
        let capture = try network.inside(network.right) { () throws(SystemError) in
            try FrameCapture(interfaceIndex: pair.rightIndex)
        }
        let source = try #require(IPAddress("192.0.2.1"))
        let sender = try pair.socket(left: true, .ipv4, group: .vrrpGroup4)
        try sender.send(Self.message, to: .vrrpGroup4, from: source, ttl: 255)
        let frame = try #require(
            try eventually {
                try capture.next().flatMap { $0.octets.count > 33 && $0.octets[23] == 112 ? $0 : nil }
            })
        #expect(Array(frame.octets[0..<6]) == [0x01, 0x00, 0x5e, 0x00, 0x00, 0x12])
        #expect(Array(frame.octets[6..<12]) == [2, 0, 0, 0, 0, 1])
        #expect(Array(frame.octets[12..<16]) == [0x08, 0x00, 0x45, 0xc0])
        #expect(frame.octets[22] == 255, "TTL")
        let header = try IPv4Header(frame.octets.span.bytes.extracting(14..<frame.octets.count))
        #expect(header.source == source && header.destination == .vrrpGroup4)
        #expect(
            Array(frame.octets[(14 + header.payload.lowerBound)..<(14 + header.payload.upperBound)])
                == Self.message)
        var sum: UInt32 = 0
        for offset in stride(from: 14, to: 34, by: 2) {
            sum += UInt32(frame.octets[offset]) << 8 | UInt32(frame.octets[offset + 1])
        }
        #expect((sum & 0xffff) + (sum >> 16) == 0xffff, "the header's checksum is right")

        let sixSource = try #require(IPAddress("fe80::1"))
        let six = try pair.socket(left: true, .ipv6, group: .vrrpGroup6)
        try six.send(Self.message, to: .vrrpGroup6, from: sixSource, ttl: 255)
        let sixFrame = try #require(
            try eventually {
                try capture.next().flatMap { $0.octets.count > 54 && $0.octets[20] == 112 ? $0 : nil }
            })
        #expect(Array(sixFrame.octets[0..<6]) == [0x33, 0x33, 0x00, 0x00, 0x00, 0x12])
        #expect(Array(sixFrame.octets[12..<15]) == [0x86, 0xdd, 0x6c], "traffic class 0xc0")
        #expect(sixFrame.octets[15] & 0xf0 == 0)
        #expect(sixFrame.octets[21] == 255, "hop limit")
        #expect(Array(sixFrame.octets[22..<38]) == sixSource.octets)
        #expect(Array(sixFrame.octets[54...]) == Self.message, "the checksum field is left alone")
    }

    @Test func otherProtocolsDoNotWakeTheSocket() throws {
        let pair = try Pair()
        let receiver = try pair.socket(left: false, .ipv4, group: nil)
        let target = try #require(IPAddress("192.0.2.2"))
        let echo = try pair.network.inside(pair.network.left) { () throws(SystemError) in
            try EchoSocket(target: target)
        }
        #expect(echo.send(sequence: 1))
        var answer = pollfd(fd: echo.raw, events: Int16(POLLIN), revents: 0)
        #expect(poll(&answer, 1, 2000) == 1, "the cable works")
        var waiting = pollfd(fd: receiver.raw, events: Int16(POLLIN), revents: 0)
        #expect(poll(&waiting, 1, 50) == 0)
    }

    @Test func aSocketBeginsWithItsOwnInterface() throws {
        let network = try TestNetwork()
        let index = try network.interfaceIndex(network.left)
        let foreign = try network.inside(network.left) { () throws(SystemError) in
            let local = IPAddress(v4: 0x7f00_0001)
            let noise = try Noise {
                let any = try? VRRPSocket(family: .ipv4, interfaceIndex: nil, interfaceName: nil, group: nil)
                guard let any else { return nil }
                let message = [UInt8](repeating: 0x21, count: 20)
                return { try? any.send(message, to: local, from: local, ttl: 255) }
            }
            defer { noise.stop() }
            var foreign = 0
            var buffer = [UInt8](repeating: 0, count: 2048)
            for _ in 0..<500 {
                let socket = try VRRPSocket(
                    family: .ipv4, interfaceIndex: index, interfaceName: "eth0", group: nil)
                while try socket.receive(into: &buffer) != nil { foreign += 1 }
            }
            return foreign
        }
        #expect(foreign == 0)
    }

    @Test func whatTheKernelRefusesIsAnError() throws {
        let pair = try Pair()
        let network = pair.network
        let missing = #expect(throws: SystemError.self) {
            try network.inside(network.left) { () throws(SystemError) in
                try VRRPSocket(family: .ipv4, interfaceIndex: 99, interfaceName: "nope0", group: .vrrpGroup4)
            }
        }
        #expect(missing?.errno == ENODEV && missing?.subject.contains("nope0") == true)
        let wrongIndex = #expect(throws: SystemError.self) {
            try network.inside(network.left) { () throws(SystemError) in
                try VRRPSocket(family: .ipv6, interfaceIndex: 99, interfaceName: "eth0", group: .vrrpGroup6)
            }
        }
        #expect(wrongIndex?.call == "setsockopt")
        let source = try #require(IPAddress("192.0.2.1"))
        let foreign = try #require(IPAddress("2001:db8::77"))
        let four = try pair.socket(left: true, .ipv4, group: .vrrpGroup4)
        let six = try pair.socket(left: true, .ipv6, group: .vrrpGroup6)
        #expect(throws: SystemError.self, "not an address of this host") {
            try six.send(Self.message, to: .vrrpGroup6, from: foreign, ttl: 255)
        }
        try network.ip(network.left, "link set eth0 down")
        let down = #expect(throws: SystemError.self) {
            try four.send(Self.message, to: .vrrpGroup4, from: source, ttl: 255)
        }
        #expect([ENETDOWN, ENETUNREACH].contains(down?.errno ?? 0))
    }

    @Test func withoutTheRightNoSocketIsMade() async {
        await #expect(processExitsWith: .exitCode(61)) {
            guard setgid(65534) == 0, setuid(65534) == 0 else { exit(1) }
            do throws(SystemError) {
                _ = try VRRPSocket(family: .ipv4, interfaceIndex: nil, interfaceName: nil, group: nil)
            } catch {
                exit(error.call == "socket" && error.errno == EPERM ? 61 : 2)
            }
        }
    }
}
