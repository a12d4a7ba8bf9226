// The files of a cluster's hosts as they are named on the command line: `FILE` or `NAME=FILE`, with `--names`.

import ArgumentParser
import Configuration

struct ClusterFiles {
    let nodes: [(name: String, file: String)]

    /// What was written in front of the file counts, then `--names`, then what the files' names suggest. Throws if
    /// there is not one name for each host.
    init(_ files: [String], names: String?) throws {
        let given = names?.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        if let given, given.count != files.count || given.contains("") {
            throw ValidationError("--names needs a name for each of the \(files.count) files")
        }
        let arguments = files.map(NodeNames.split)
        let guessed = given ?? NodeNames.guessed(arguments.map(\.file))
        nodes = zip(arguments, guessed).map { ($0.name ?? $1, $0.file) }
        let all = nodes.map(\.name)
        if let twice = all.first(where: { name in all.count { $0 == name } > 1 }) {
            throw ValidationError(
                "two hosts are called '\(twice)': name them, as in lb1=\(nodes[0].file) lb2=\(nodes[1].file)")
        }
    }
}
