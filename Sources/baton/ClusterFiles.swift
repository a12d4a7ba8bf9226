// The files of a cluster's hosts as they are named on the command line: `FILE` or `NAME=FILE`, with `--names`.

import ArgumentParser
import Configuration
import Daemon

/// A host's file, read under the host's name.
struct LoadedHost {
    let node: ClusterNode
    let file: String
}

struct ClusterFiles {
    let nodes: [(name: String, file: String)]

    /// Of a file alone its name counts, without `.conf`.
    private static func guessed(_ files: [String]) -> [String] {
        guard files.count == 1, let name = files[0].split(separator: "/").last else {
            return NodeNames.guessed(files)
        }
        return [String(name.hasSuffix(".conf") ? name.dropLast(5) : name)]
    }

    /// What was written in front of the file counts, then `--names`, then what the files' names suggest. Throws if
    /// there is not one name for each host.
    init(_ files: [String], names: String?) throws {
        let given = names?.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        if let given, given.count != files.count || given.contains("") {
            throw ValidationError("--names needs a name for each of the \(files.count) files")
        }
        let arguments = files.map(NodeNames.split)
        let guessed = given ?? Self.guessed(arguments.map(\.file))
        nodes = zip(arguments, guessed).map { ($0.name ?? $1, $0.file) }
        let all = nodes.map(\.name)
        if let twice = all.first(where: { name in all.count { $0 == name } > 1 }) {
            throw ValidationError(
                "two hosts are called '\(twice)': name them, as in lb1=\(nodes[0].file) lb2=\(nodes[1].file)")
        }
    }

    /// The files are of other hosts: the interfaces of this one are not asked for. Without a `configID` the `@ID` lines of
    /// each host's own name apply.
    func load(configID: String?, checksIncludes: Bool = false) -> [LoadedHost] {
        nodes.map { node in
            var options = ConfigurationLoading.Options()
            options.configID = configID ?? node.name
            options.checksIncludes = checksIncludes
            options.checksHost = false
            let parsed = ConfigurationLoading.load(node.file, options)
            return LoadedHost(node: ClusterNode(name: node.name, parsed: parsed), file: node.file)
        }
    }
}

extension ClusterNode {
    /// What is wrong with the host's own file.
    var findings: [DiagnosticReport.Finding] {
        parsed.diagnostics.map { DiagnosticReport.Finding($0, node: name) }
    }
}
