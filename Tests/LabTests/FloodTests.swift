// Packets that nobody should send, at a daemon with real sockets; keepalived beside it.

import Foundation
import Glibc
import Lab
import Linux
import Testing
import Wire

@Suite(.serialized) struct FloodTests {
    /// A malicious neighbour in the client's network: `send` is called with a raw socket.
    private func attack(from client: LabHost, _ body: @escaping @Sendable (VRRPSocket) -> Void) throws {
        let namespace = "/proc/\(client.pid)/ns/net"
        let done = try EventNotifier()
        try WorkerThread.start {
            defer { done.notify() }
            guard (try? NetworkNamespace.enter(namespace)) != nil,
                let link = try? RouteSocket().links().first(where: { $0.name == "eth0" }),
                let socket = try? VRRPSocket(
                    family: .ipv4, interfaceIndex: link.index, interfaceName: "eth0", group: .vrrpGroup4)
            else { return }
            body(socket)
        }
        var poller = pollfd(fd: done.raw, events: Int16(POLLIN), revents: 0)
        #expect(poll(&poller, 1, 60_000) == 1)
    }

    private static let attacker = IPAddress("192.168.50.10") ?? .unspecified(.ipv4)

    private static func message(priority: UInt8) -> [UInt8] {
        var message: [UInt8] = []
        Advertisement(version: .v2, vrid: 51, priority: priority, intervalCentiseconds: 100, addressCount: 1)
            .encode(
                addresses: [IPAddress("192.168.50.88") ?? attacker], source: attacker,
                destination: .vrrpGroup4,
                into: &message)
        return message
    }

    @Test(.timeLimit(.minutes(1)), arguments: [Program.baton, .keepalived])
    func twoInvalidPacketsEachIntervalForEightSeconds(_ program: Program) throws {
        let network = try Network()
        let host = try network.addHost("lb1", number: 133)
        let client = try network.addHost("client", number: 10)
        let daemon = try KeepalivedLike(
            program.path, on: host, configuration: Flavour.v2.configuration(number: 133, priority: 100),
            flags: program.flags)
        try daemon.start()
        try Wait.until(seconds: 8, daemon.log) { host.hasAddress("192.168.50.88") }
        let observer = try Observer(on: client)
        let start = RealtimeClock.nanoseconds
        try attack(from: client) { socket in
            for _ in 0..<16 {
                var damaged = Self.message(priority: 200)
                damaged[10] ^= 1
                _ = try? socket.send(damaged, to: .vrrpGroup4, from: Self.attacker, ttl: 255)
                usleep(500_000)
            }
        }
        let own = observer.sightings.filter { sighting in
            guard sighting.moment >= start, case .advertisement(let source, _, _) = sighting.kind else {
                return false
            }
            return source.description == "192.168.50.133"
        }
        print("\(program): \(own.count) advertisements in 8 s under attack")
        if program == .baton { #expect((7...9).contains(own.count)) }
        observer.stop()
        try daemon.stop()
    }

    // RFC9568-7.1-13
    @Test(.timeLimit(.minutes(2))) func aHundredThousandMalformedPackets() throws {
        let network = try Network()
        let host = try network.addHost("lb1", number: 133)
        let client = try network.addHost("client", number: 10)
        let daemon = try KeepalivedLike(
            Program.baton.path, on: host, configuration: Flavour.v2.configuration(number: 133, priority: 100),
            flags: Program.baton.flags)
        try daemon.start()
        try Wait.until(seconds: 8, daemon.log) { host.hasAddress("192.168.50.88") }
        let engine = host.read("/run/lab/vrrp.pid").trimmingCharacters(in: .newlines)
        func resident() throws -> Int {
            let text = try host.check("grep VmRSS /proc/\(engine)/status")
            return text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
        }
        let lines = daemon.log.split(separator: "\n").count
        let begun = MonotonicClock.now
        let before = try resident()
        try attack(from: client) { socket in
            var state: UInt64 = 42
            func random(_ limit: Int) -> Int {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return Int(state >> 33) % limit
            }
            for index in 0..<100_000 {
                var octets = Self.message(priority: 255)
                if index % 2 == 0 {
                    octets = (0..<random(64)).map { _ in UInt8(random(256)) }
                } else {
                    octets[random(octets.count)] ^= UInt8(1 << random(8))
                }
                let ttl: UInt8 = index % 10 == 0 ? 254 : 255
                _ = try? socket.send(octets, to: .vrrpGroup4, from: Self.attacker, ttl: ttl)
                if index % 100 == 0 { usleep(1_000) }
            }
        }
        let seconds = Double(MonotonicClock.now - begun) / 1e9
        daemon.process?.signal(SIGUSR2)
        try Wait.until(seconds: 5, daemon.log) {
            host.read("/run/lab/keepalived.stats").contains("Checksum: ")
        }
        let statistics = host.read("/run/lab/keepalived.stats")
        let checksums =
            statistics.split(separator: "\n").first { $0.contains("Checksum:") }
            .flatMap { $0.split(separator: " ").last }.flatMap { Int($0) } ?? 0
        let more = daemon.log.split(separator: "\n").count - lines
        let after = try resident()
        print(
            "flood: \(seconds) s, \(checksums) bad checksums counted, \(more) log lines, RSS \(before) → \(after) kB"
        )
        #expect(checksums > 10_000)
        #expect(Double(more) <= 5 * (seconds + 1))
        #expect(after - before < 512)
        #expect(host.hasAddress("192.168.50.88"))
        #expect(daemon.log.components(separatedBy: "STATE").count == 3)
        try daemon.stop()
    }
}
