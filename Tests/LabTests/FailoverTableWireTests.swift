// The rows of docs/failover.md in which the network is to blame: a forged advertisement, and two halves of a
// network that meet again.

import Foundation
import Glibc
import Lab
import Linux
import Testing
import Wire

@Suite(.serialized) struct FailoverTableWireTests {
    /// One advertisement of the instance, priority 254, from a host that has no business to send it.
    private func forge(from stranger: LabHost, number: Int) throws {
        let source = try #require(IPAddress("192.168.50.\(number)"))
        let address = try #require(IPAddress("192.168.50.88"))
        var message: [UInt8] = []
        Advertisement(version: .v2, vrid: 51, priority: 254, intervalCentiseconds: 100, addressCount: 1)
            .encode(addresses: [address], source: source, destination: .vrrpGroup4, into: &message)
        let namespace = "/proc/\(stranger.pid)/ns/net"
        let done = try EventNotifier()
        try WorkerThread.start { [message] in
            defer { done.notify() }
            guard (try? NetworkNamespace.enter(namespace)) != nil,
                let link = try? RouteSocket().links().first(where: { $0.name == "eth0" }),
                let socket = try? VRRPSocket(
                    family: .ipv4, interfaceIndex: link.index, interfaceName: "eth0", group: .vrrpGroup4)
            else { return }
            _ = try? socket.send(message, to: .vrrpGroup4, from: source, ttl: 255)
        }
        var poller = pollfd(fd: done.raw, events: Int16(POLLIN), revents: 0)
        #expect(poll(&poller, 1, 5000) == 1)
    }

    /// Row 8.
    @Test(.timeLimit(.minutes(2)), arguments: TableSettings.two)
    func forgedAdvertisement(_ programs: [Program]) throws {
        let trial = try Trial("8 one forged advertisement, priority 254", programs)
        let stranger = try trial.pair.network.addHost("stranger", number: 66)
        let observer = try Observer(on: trial.pair.client)
        let effect = try trial.measure { recording in
            try forge(from: stranger, number: 66)
            usleep(4_500_000)
            #expect(recording.holders == [true, false])
        }
        observer.stop()
        // Else the row shows nothing.
        #expect(observer.count { $0.source == "192.168.50.66" && $0.priority == 254 } == 1)
        #expect(effect.outage < (trial.isBaton ? 5 + TableSettings.slack : 8000))
    }

    /// How the two hosts lose each other while the client hears both.
    enum Split: String, Sendable, CustomTestStringConvertible {
        case everything, advertisements
        var testDescription: String { rawValue }

        func apply(_ pair: Pair, _ isSeparate: Bool) throws {
            switch self {
            case .everything: try pair.network.separate(pair.hosts, isSeparate)
            case .advertisements:
                for host in pair.hosts {
                    try host.check(
                        isSeparate
                            ? "nft 'add table ip split; add chain ip split in { type filter hook input priority 0; };"
                                + " add rule ip split in ip protocol 112 drop'"
                            : "nft delete table ip split")
                }
            }
        }
    }

    struct Partition: Sendable, CustomTestStringConvertible {
        let programs: [Program]
        let flavour: Flavour
        let split: Split
        var testDescription: String { "\(programs[0])-\(programs[1]) \(flavour) \(split)" }
    }

    static let partitions =
        TableSettings.three.map { Partition(programs: $0, flavour: .v2, split: .everything) }
        + TableSettings.pairs([TableSettings.baton]).map {
            Partition(programs: $0, flavour: .v3, split: .advertisements)
        }

    /// Row 9, as often as `BATON_MEETINGS` says; the worst counts.
    @Test(.timeLimit(.minutes(15)), arguments: partitions)
    func twoMastersMeetAgain(_ partition: Partition) throws {
        let row = "9 two masters meet again (\(partition.flavour), \(partition.split) cut)"
        // The winner's second volley of announcements is to be over when the two part.
        let trial = try Trial(row, partition.programs, partition.flavour, lines: "garp_master_delay 1\n")
        let observer = try Observer(on: trial.pair.client)
        var effects: [Effect] = []
        var strays = 0
        for _ in 0..<(trial.isBaton ? TableSettings.meetings : 1) {
            effects.append(try meeting(trial, partition.split, observer))
            let neighbour = try trial.pair.client.check("ip neigh show 192.168.50.88 dev eth0")
            let link = try trial.pair.hosts[0].check("ip -o link show dev eth0")
            let mac = neighbour.firstMatch(of: /lladdr ([0-9a-f:]+)/)?.output.1
            strays += mac.map { link.contains($0) } ?? false ? 0 : 1
        }
        observer.stop()
        let effect = Effect.worst(of: effects)
        effect.print(row, partition.programs)
        print("\(row): \(effects.count) times, after \(strays) the client asks the other host, or nobody")
        guard trial.isBaton else { return }
        #expect(effect.outage <= 100)
        #expect(strays == 0)
    }

    /// Both are masters long enough for the client to be sure of the loser. They meet again just after the loser's
    /// advertisement: so the winner's comes next, the loser yields at once, and the winner hears nothing that tells it to
    /// announce itself.
    private func meeting(_ trial: Trial, _ split: Split, _ observer: Observer) throws -> Effect {
        try trial.measure(isQuiet: true) { recording in
            usleep(1_200_000)
            try split.apply(trial.pair, true)
            #expect(recording.await([true, true], seconds: 5))
            usleep(5_500_000)
            let seen = observer.count { $0.source == "192.168.50.134" }
            try Wait.until(seconds: 3, "lb2 says nothing\n\(trial.pair.logs)") {
                observer.count { $0.source == "192.168.50.134" } > seen
            }
            try split.apply(trial.pair, false)
            recording.restart()
            #expect(recording.await([true, false], seconds: 5), "\(trial.pair.logs)")
        }
    }
}

extension Observer {
    /// How many advertisements of a kind were seen.
    fileprivate func count(where matches: ((source: String, priority: UInt8)) -> Bool) -> Int {
        sightings.count { sighting in
            guard case .advertisement(let source, _, let priority) = sighting.kind else { return false }
            return matches((source.description, priority))
        }
    }
}
