// What `baton simulate` found, for both ways of saying it.

import Configuration
import Simulation

struct SimulationReport {
    enum Result {
        case whatIfs([WhatIfOutcome])
        case runs([ClusterRun])
        case scenario(ScenarioRun)
    }
    let files: [String]
    let nodes: [ClusterNode]
    let cluster: ConfiguredCluster
    let result: Result
    /// What the files do not agree about.
    let comparison: [Diagnostic]

    init(files: [String], nodes: [ClusterNode], cluster: ConfiguredCluster, result: Result) {
        self.files = files
        self.nodes = nodes
        self.cluster = cluster
        self.result = result
        comparison = nodes.count > 1 ? PeerComparison.diagnostics(nodes) : []
    }

    /// The exit status is 1.
    var hasFailed: Bool { failures > 0 }

    /// Failed verdicts: those of the comparison are its errors.
    var failures: Int {
        let own =
            switch result {
            case .whatIfs(let outcomes): outcomes.flatMap(\.verdicts).count { $0.severity == .failed }
            case .runs(let runs): runs.reduce(0) { $0 + $1.violations.count }
            case .scenario(let run): run.failures.count
            }
        return own + comparison.count { $0.severity >= .error }
    }

    var warnings: Int {
        let own =
            switch result {
            case .whatIfs(let outcomes): outcomes.flatMap(\.verdicts).count { $0.severity == .warning }
            case .runs, .scenario: 0
            }
        return own + comparison.count { $0.severity == .warning }
    }
}
