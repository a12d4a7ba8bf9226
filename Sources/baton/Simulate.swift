// `baton simulate`: what happens to the operator's own configuration if a host dies. The files are read as `baton check
// --peers` reads them; the questions and verdicts are those of the room `Simulation`.

import ArgumentParser
import Configuration
import Daemon
import FoundationEssentials
import Simulation
import Wire

struct Simulate: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Say what happens to a cluster if a host dies, a link or a check fails.",
        discussion: """
            The hosts run their real configuration in virtual time. Exit status: 0 nothing failed (there may be \
            warnings), 1 a failed verdict, 5 errors in a file, 6 a file cannot be read.
            """)

    @Argument(help: "A file for each host, FILE or NAME=FILE.")
    var files: [String]

    @Option(help: "The hosts' names in the order of the files, separated by commas.")
    var names: String?

    @Option(
        name: .customLong("address"),
        help: "An address of a host, NAME:INTERFACE=ADDRESS[/LENGTH]; may be given often.")
    var addresses: [String] = []

    @Option(help: "Play this scenario instead; its hosts are those of the files.")
    var scenario: String?

    @Option(help: "Play so many runs of random faults instead.")
    var runs: Int?

    @Option(help: "Whatever is left to chance follows from this number, that of the first run.")
    var seed: UInt64?

    @Flag(help: "Print one JSON document.")
    var json = false

    @Option(
        name: [.customShort("i"), .customLong("config-id")],
        help: "Which @ID lines apply; by default those of each host's name.")
    var configID: String?

    func validate() throws {
        _ = try ClusterFiles(files, names: names)
        _ = try givenAddresses
        if scenario != nil, runs != nil { throw ValidationError("--scenario does not go with --runs") }
        if let runs, runs < 1 { throw ValidationError("--runs needs a number from 1 upwards") }
    }

    func run() throws {
        let hosts = try ClusterFiles(files, names: names).load(configID: configID)
        let verdicts = hosts.map { CheckVerdict($0.blocking) }
        if verdicts.contains(where: { $0 == .errors || $0 == .unreadable }) {
            return try refuse(hosts, verdicts)
        }
        let cluster = try makeCluster(hosts.map(\.node))
        let report = try SimulationReport(
            files: hosts.map(\.file), nodes: hosts.map(\.node), cluster: cluster, result: result(cluster))
        if json { try DiagnosticReport.printJSON(report.document) } else { report.printText() }
        if report.hasFailed { throw ExitCode(1) }
    }

    private func makeCluster(_ nodes: [ClusterNode]) throws -> ConfiguredCluster {
        let given = try givenAddresses
        do throws(ClusterError) {
            return try ConfiguredCluster(nodes, given: given)
        } catch {
            switch error {
            case .nothingToSimulate, .tooManyHosts: throw try failure("\(error)", 5)
            case .misplacedAddress: throw ValidationError("--address: \(error)")
            }
        }
    }

    private func result(_ cluster: ConfiguredCluster) throws -> SimulationReport.Result {
        if let scenario { return try play(scenario, cluster) }
        let seed = seed ?? 1
        if let runs {
            return .runs((0..<UInt64(runs)).map { ClusterRun.play(cluster, seed: seed &+ $0) })
        }
        return .whatIfs(
            WhatIf.standard(cluster).map { WhatIfRun.play($0, in: cluster, seed: seed) })
    }

    private func play(_ file: String, _ cluster: ConfiguredCluster) throws -> SimulationReport.Result {
        guard let octets = try? Data(contentsOf: URL(filePath: file)) else {
            throw try failure("cannot read \(file)", 6)
        }
        do throws(ScenarioError) {
            let scenario = try cluster.scenario(String(decoding: octets, as: UTF8.self), file: file)
            return .scenario(cluster.play(scenario, file: file, seed: seed ?? scenario.seed))
        } catch {
            throw try failure("\(error)", 5)
        }
    }

    // MARK: Arguments

    private var givenAddresses: [GivenAddress] {
        get throws {
            try addresses.map { text in
                guard let address = GivenAddress(argument: text) else {
                    throw ValidationError("--address needs NAME:INTERFACE=ADDRESS[/LENGTH], not '\(text)'")
                }
                return address
            }
        }
    }

    // MARK: Files

    /// What does not run as it is written is not simulated.
    private func refuse(_ hosts: [LoadedHost], _ verdicts: [CheckVerdict]) throws {
        if json {
            try DiagnosticReport.printJSON(
                SimulationDocument.Refusal(findings: hosts.flatMap(\.node.findings)))
        } else {
            for host in hosts {
                DiagnosticReport.printText(host.node.parsed.diagnostics, host.node.parsed.sources)
                print(
                    "\(host.node.name) (\(host.file)): "
                        + DiagnosticReport.summary(host.node.parsed.diagnostics))
            }
            print("not simulated: there are errors to mend first")
        }
        throw ExitCode(verdicts.map(\.exitStatus).max() ?? 5)
    }

    /// Says what is wrong.
    private func failure(_ message: String, _ status: Int32) throws -> ExitCode {
        if json {
            try DiagnosticReport.printJSON(["error": message])
        } else {
            print(message)
        }
        return ExitCode(status)
    }
}

extension LoadedHost {
    /// A virtual server that goes unserved does not concern the addresses.
    fileprivate var blocking: [Diagnostic] { node.parsed.diagnostics.filter { $0.code != "not-served" } }
}

extension GivenAddress {
    /// `lb1:eth0=192.0.2.1/24`; nil: it is something else.
    fileprivate init?(argument: String) {
        let sides = argument.split(separator: "=", maxSplits: 1)
        guard sides.count == 2 else { return nil }
        let places = sides[0].split(separator: ":", maxSplits: 1)
        let parts = sides[1].split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard places.count == 2, let address = IPAddress(parts[0]) else { return nil }
        var length: UInt8?
        if parts.count == 2 {
            guard let number = UInt8(parts[1]), (1...address.family.maximumPrefixLength).contains(Int(number))
            else { return nil }
            length = number
        }
        self.init(
            host: String(places[0]), interface: String(places[1]), address: address, prefixLength: length)
    }
}
