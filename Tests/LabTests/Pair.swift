// Two hosts and a client on a LAN, with a VRRP daemon on each host: what most integration tests need.

import Foundation
import Glibc
import Lab
import Linux
import Testing
import Wire

/// Which program runs on a host.
enum Program: String, Sendable, CustomTestStringConvertible {
    case baton, keepalived
    var testDescription: String { rawValue }

    /// The daemon under test stands beside the test bundle.
    var path: String {
        switch self {
        case .keepalived: "/usr/sbin/keepalived"
        case .baton:
            Environment.executablePath.split(separator: "/").dropLast().map { "/\($0)" }.joined() + "/batond"
        }
    }

    var flags: [String] { self == .baton ? ["--spool", "/run/lab/spool"] : [] }
}

/// What the two hosts speak.
enum Flavour: String, Sendable, CaseIterable, CustomTestStringConvertible {
    case v2, v2WithPassword, v3, v3IPv6, unicast
    var testDescription: String { rawValue }

    var virtualAddress: String { self == .v3IPv6 ? "2001:db8:50::88" : "192.168.50.88" }

    func configuration(number: Int, priority: Int) -> String {
        let lines: String
        switch self {
        case .v2: lines = "version 2"
        case .v2WithPassword: lines = "version 2\nauthentication {\nauth_type PASS\nauth_pass 1111\n}"
        case .v3: lines = "version 3"
        case .v3IPv6: lines = "version 3"
        case .unicast:
            lines =
                "unicast_src_ip 192.168.50.\(number)\nunicast_peer {\n192.168.50.\(number == 133 ? 134 : 133)\n}"
        }
        let addresses = self == .v3IPv6 ? "fe80::88/64\n\(virtualAddress)/64" : "\(virtualAddress)/24"
        return """
            global_defs {
                router_id lab
            }
            vrrp_instance VI_1 {
                state BACKUP
                interface eth0
                virtual_router_id 51
                priority \(priority)
                advert_int 1
                \(lines)
                virtual_ipaddress {
                    \(addresses)
                }
            }

            """
    }
}

/// The first host is to be master: its priority is higher.
final class Pair {
    let network: Network
    let hosts: [LabHost]
    let client: LabHost
    let daemons: [KeepalivedLike]
    let virtualAddress: String

    init(
        _ programs: [Program], virtualAddress: String = "192.168.50.88", configurations: [String]
    ) throws {
        network = try Network()
        let first = try network.addHost("lb1", number: 133)
        let second = try network.addHost("lb2", number: 134)
        hosts = [first, second]
        client = try network.addHost("client", number: 10)
        self.virtualAddress = virtualAddress
        daemons = try zip(zip(hosts, programs), configurations).map { pair, configuration in
            try KeepalivedLike(pair.1.path, on: pair.0, configuration: configuration, flags: pair.1.flags)
        }
    }

    convenience init(_ programs: [Program], _ flavour: Flavour) throws {
        try self.init(
            programs, virtualAddress: flavour.virtualAddress,
            configurations: [
                flavour.configuration(number: 133, priority: 150),
                flavour.configuration(number: 134, priority: 100),
            ])
    }

    var logs: String { "--- lb1\n\(daemons[0].log)\n--- lb2\n\(daemons[1].log)" }

    var holders: [Bool] { hosts.map { $0.hasAddress(virtualAddress) } }

    /// Starts both and waits until just the first holds the address.
    func start() throws {
        for daemon in daemons { try daemon.start() }
        try awaitHolder(0, seconds: 12)
    }

    func awaitHolder(_ index: Int, seconds: Double) throws {
        try Wait.until(seconds: seconds, "lb\(index + 1) should hold the address alone: \(holders)\n\(logs)")
        {
            holders == [index == 0, index == 1]
        }
    }

    func stop() throws {
        for daemon in daemons where daemon.process != nil { try daemon.stop() }
    }

    /// Kills a host's VRRP process; the next one goes on where it stood.
    func crash(_ index: Int) throws {
        let former = daemons[index].log.components(separatedBy: "goes on as MASTER").count
        kill(try #require(daemons[index].process?.children.last), SIGKILL)
        try Wait.until(seconds: 5, "does not come back\n\(logs)") {
            daemons[index].log.components(separatedBy: "goes on as MASTER").count > former
        }
    }

    /// The same once more than the guard bears: after one crash, two that it makes good and the one that is too much.
    func crashForGood(_ index: Int) throws {
        for _ in 1...2 { try crash(index) }
        kill(try #require(daemons[index].process?.children.last), SIGKILL)
    }

    /// Does something while a client probes; returns what the client saw, in milliseconds.
    func outage(of act: String, until holder: Int, seconds: Double, _ body: () throws -> Void) throws
        -> Double
    {
        let prober = try Prober(from: client, target: IPAddress(virtualAddress) ?? .unspecified(.ipv4))
        try Wait.until(seconds: 5, "the address does not answer\n\(logs)") { prober.isAnswered }
        try body()
        try Wait.until(seconds: seconds, "lb\(holder + 1) does not take over\n\(logs)") {
            hosts[holder].hasAddress(virtualAddress)
        }
        try Wait.until(seconds: 5, "the address does not answer any more\n\(logs)") { prober.isAnswered }
        usleep(300_000)
        let report = prober.stop()
        let outage = report.longestOutage()
        print("\(act): \(outage) ms without an answer")
        #expect(report.longestPause < 1000, "\(act): the prober was held up")
        return outage
    }
}
