// `baton check --peers`: each host's file by itself, then all of them together.

import ArgumentParser
import Configuration

extension Check {
    func validatePeers() throws {
        guard files.count > 1 else { throw ValidationError("--peers needs the files of two hosts at least") }
        _ = try ClusterFiles(files, names: names)
    }

    func runPeers() throws {
        let results = try ClusterFiles(files, names: names).load(
            configID: configID, checksIncludes: allConfig)
        let readable = results.map(\.node).filter { CheckVerdict($0.parsed.diagnostics) != .unreadable }
        let differences = readable.count > 1 ? PeerComparison.diagnostics(readable) : []
        if json {
            try DiagnosticReport.printJSON(
                results.flatMap(\.node.findings) + differences.map { DiagnosticReport.Finding($0) })
        } else {
            for result in results { printText(result.node.parsed, "\(result.node.name) (\(result.file))") }
            print("")
            printTogether(readable, differences)
        }
        try end(results.map { CheckVerdict($0.node.parsed.diagnostics) } + [CheckVerdict(differences)])
    }

    private func printTogether(_ nodes: [ClusterNode], _ differences: [Diagnostic]) {
        guard nodes.count > 1 else {
            return print("not compared: there is only one file that can be read, or none")
        }
        let sources = nodes.reduce(into: [:]) { $0.merge($1.parsed.sources) { first, _ in first } }
        DiagnosticReport.printText(differences, sources)
        let names = nodes.map(\.name).joined(separator: ", ")
        print("\(names) together: \(DiagnosticReport.summary(differences))")
    }
}
