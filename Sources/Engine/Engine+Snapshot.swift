// How the instances stand, as values: for those who look on and change nothing.

import Election
import Wire

/// An instance at a moment.
package struct InstanceSnapshot: Sendable {
    package let name: String
    package let state: State
    package let ledger: PriorityLedger
    /// What its advertisements are sent from; nil: nothing.
    package let source: IPAddress?

    /// It has said priority 0 and serves until its successor is heard.
    package var isLeaving: Bool { if case .leaving = state { true } else { false } }
}

extension Engine {
    /// In the order of the configuration.
    package var snapshots: [InstanceSnapshot] {
        instances.compactMap { instance in
            guard let router = node[instance.router] else { return nil }
            return InstanceSnapshot(
                name: instance.name, state: router.state, ledger: router.ledger, source: router.ownAddress)
        }
    }
}
