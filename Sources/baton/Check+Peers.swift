// `baton check --peers`: each host's file by itself, then all of them together. The files are of other hosts, so the
// interfaces of this one are not asked for, and each is read under the name of its own host.

import ArgumentParser
import Configuration

extension Check {
    func validatePeers() throws {
        guard files.count > 1 else { throw ValidationError("--peers needs the files of two hosts at least") }
        let given = names?.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        if let given, given.count != files.count || given.contains("") {
            throw ValidationError("--names needs a name for each of the \(files.count) files")
        }
        let names = nodes.map(\.name)
        if let twice = names.first(where: { name in names.count { $0 == name } > 1 }) {
            throw ValidationError(
                "two hosts are called '\(twice)': name them, as in lb1=\(nodes[0].file) lb2=\(nodes[1].file)")
        }
    }

    /// What was written in front of the file counts, then `--names`, then what the files' names suggest.
    private var nodes: [(name: String, file: String)] {
        let arguments = files.map(NodeNames.split)
        let given = names?.split(separator: ",").map(String.init) ?? NodeNames.guessed(arguments.map(\.file))
        return zip(arguments, given).map { ($0.name ?? $1, $0.file) }
    }

    func runPeers() throws {
        let results = nodes.map { node in
            let parsed = parse(node.file, configID ?? node.name, checksHost: false)
            return (node: ClusterNode(name: node.name, parsed: parsed), file: node.file)
        }
        let readable = results.map(\.node).filter { CheckVerdict($0.parsed.diagnostics) != .unreadable }
        let differences = readable.count > 1 ? PeerComparison.diagnostics(readable) : []
        if json {
            let own = results.flatMap { result in
                result.node.parsed.diagnostics.map {
                    DiagnosticReport.Finding($0, node: result.node.name)
                }
            }
            try DiagnosticReport.printJSON(own + differences.map { DiagnosticReport.Finding($0) })
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
