// One host of a cluster, as its configuration describes it, and its part of a virtual router. Values that the
// comparison's rules read; nothing here knows the hosts themselves.

import Election
import Wire

/// A host with the configuration that it runs.
package struct ClusterNode: Sendable {
    /// How the operator calls the host; no two nodes of a comparison have one name.
    package var name: String
    package var parsed: ParsedConfiguration

    package init(name: String, parsed: ParsedConfiguration) {
        self.name = name
        self.parsed = parsed
    }
}

/// A node's instance of a virtual router that the nodes share.
struct Member {
    /// The node's place in the list of all nodes.
    let index: Int
    let node: ClusterNode
    let instance: InstanceConfiguration

    var name: String { node.name }
    var router: VirtualRouterSettings { instance.router }

    /// Where the first of these keywords stands; the instance's beginning, if none of them is in it.
    func place(of keywords: String...) -> Diagnostic.Place {
        let places = node.parsed.places[instance.location] ?? [:]
        return keywords.lazy.compactMap { places[$0] }.first
            ?? Diagnostic.Place(location: instance.location, length: max(1, instance.name.count))
    }
}

extension Member {
    /// The ledger with every check in its better or its worse state. A file's number is bounded by nothing: it counts
    /// for zero here, and `hasOpenPriority` says that it might be anything.
    private func ledger(atBest: Bool) -> PriorityLedger {
        var ledger = PriorityLedger(base: router.basePriority, trackers: router.trackers)
        for index in router.trackers.indices where router.trackers[index].kind != .file {
            ledger.set(index, .up)
            let up = ledger.entries[index].contribution
            ledger.set(index, .down)
            let down = ledger.entries[index].contribution
            if (up > down) == atBest { ledger.set(index, .up) }
        }
        return ledger
    }

    /// What is advertised when every check is well.
    var bestPriority: UInt8 { ledger(atBest: true).effective }

    /// What is advertised when every check with a weight has failed.
    var worstPriority: UInt8 { ledger(atBest: false).effective }

    var weightedTrackers: [TrackerSettings] { router.trackers.filter { $0.weight != 0 } }

    var hasOpenPriority: Bool { weightedTrackers.contains { $0.kind == .file } }
}
