// The states of a host's instances as its daemon's log tells them: batond and keepalived in the same words, FRR in its
// own.

import Election
import Simulation
import Synchronization

final class StateBook: Sendable {
    struct Change: Sendable {
        let moment: Int64
        let instance: String
        let state: StateName
    }
    private let changes = Mutex<[Change]>([])
    /// Names and VRIDs of the instances.
    private let instances: [(name: String, mark: String)]

    init(_ cluster: ClusterPlan) {
        instances = cluster.instances.map { ($0.name, "[VRID \($0.vrid)]") }
    }

    func read(_ line: LogLine) {
        guard let (instance, state) = change(in: line.text) else { return }
        changes.withLock { $0.append(Change(moment: line.moment, instance: instance, state: state)) }
    }

    private func change(in text: String) -> (String, StateName)? {
        for (name, mark) in instances {
            if text.contains("(\(name)) Stopping") { return (name, .initialize) }
            if text.contains("(\(name)) Entering ") {
                let states: [StateName] = [.backup, .master, .fault]
                return states.first { text.contains(" Entering \($0.rawValue) STATE") }.map { (name, $0) }
            }
            if text.contains(mark) {
                let states: [(String, StateName)] = [
                    ("-> Backup", .backup), ("-> Master", .master), ("-> Initialize", .initialize),
                ]
                return states.first { text.hasSuffix($0.0) }.map { (name, $0.1) }
            }
        }
        return nil
    }

    /// In order.
    var history: [Change] { changes.withLock { $0 } }

    /// Nil: nothing was said of it yet.
    func state(of instance: String) -> StateName? {
        changes.withLock { changes in changes.last { $0.instance == instance }?.state }
    }
}
