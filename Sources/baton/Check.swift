// `baton check`: what is wrong with a configuration, as a person reads it or as JSON; with `--peers`, what is wrong
// between the configurations of a cluster (`Check+Peers.swift`).

import ArgumentParser
import Configuration
import Daemon

struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract:
            "Check configuration files, and with --peers what the hosts of a cluster do not agree about.",
        discussion: """
            Exit status: 0 nothing to complain of, 3 warnings, 4 only interfaces are missing here, 5 errors, \
            6 a file cannot be read. 'baton explain CODE' says more of a finding.
            """)

    @Argument(help: "The files to check; with --peers one for each host, FILE or NAME=FILE.")
    var files: [String]

    @Flag(help: "The files are those of a cluster's hosts: compare them as well.")
    var peers = false

    @Option(help: "The hosts' names in the order of the files, separated by commas.")
    var names: String?

    @Flag(help: "Print the findings as JSON.")
    var json = false

    @Option(
        name: [.customShort("i"), .customLong("config-id")],
        help: "Which @ID lines apply; by default the host's name.")
    var configID: String?

    @Flag(name: [.customShort("e"), .long], help: "Every include that finds nothing is an error.")
    var allConfig = false

    @Flag(help: "Interfaces need not exist on this host.")
    var anyInterface = false

    func validate() throws {
        if peers { return try validatePeers() }
        if names != nil { throw ValidationError("--names goes with --peers") }
    }

    func run() throws {
        if peers { return try runPeers() }
        let results = files.map { (file: $0, parsed: parse($0)) }
        if json {
            try DiagnosticReport.printJSON(
                results.flatMap(\.parsed.diagnostics).map { DiagnosticReport.Finding($0) })
        } else {
            for result in results { printText(result.parsed, result.file) }
        }
        try end(results.map { CheckVerdict($0.parsed.diagnostics) })
    }

    private func parse(_ file: String) -> ParsedConfiguration {
        var options = ConfigurationLoading.Options()
        options.configID = configID
        options.checksIncludes = allConfig
        options.checksHost = !anyInterface
        return ConfigurationLoading.load(file, options)
    }

    /// Ends with the worst status.
    func end(_ verdicts: [CheckVerdict]) throws {
        let status = verdicts.map(\.exitStatus).max() ?? 0
        if status != 0 { throw ExitCode(status) }
    }

    func printText(_ parsed: ParsedConfiguration, _ title: String) {
        DiagnosticReport.printText(parsed.diagnostics, parsed.sources)
        let instances = parsed.configuration.instances.count
        print(
            "\(title): \(instances) instance\(instances == 1 ? "" : "s"), "
                + DiagnosticReport.summary(parsed.diagnostics))
    }
}
