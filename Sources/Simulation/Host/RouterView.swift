// How one instance of one host stands, as the checkers see it.

import Configuration
import Election
import Engine
import Wire

package struct RouterView: Sendable {
    package let name: String
    /// Nil: no engine runs it.
    package let state: StateName?
    package let isLeaving: Bool
    package let ledger: PriorityLedger?
    package let priority: UInt8
    package let source: IPAddress?
    /// All its addresses are in the host's kernel, any of them is.
    package let holdsAll: Bool
    package let holdsAny: Bool

    package var isMaster: Bool { state == .master && !isLeaving }
}

extension SimulatedHost {
    func makeViews() -> [RouterView] {
        let snapshots = engine?.engine?.snapshots ?? []
        return profiles.enumerated().map { place, instance in
            // Mostly the engine has the same instances in the same order.
            let isThere = snapshots.indices.contains(place) && snapshots[place].name == instance.name
            let snapshot = isThere ? snapshots[place] : snapshots.first { $0.name == instance.name }
            let held = instance.addresses.count { kernel.has($0) }
            return RouterView(
                name: instance.name, state: snapshot?.state.name, isLeaving: snapshot?.isLeaving ?? false,
                ledger: snapshot?.ledger, priority: snapshot?.ledger.effective ?? 0,
                source: snapshot?.source, holdsAll: held == instance.addresses.count, holdsAny: held > 0)
        }
    }
}
