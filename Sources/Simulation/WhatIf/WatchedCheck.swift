// Something that is watched on a host, and may fail: a script, a process or a file that an instance tracks.

import Configuration
import Control
import Election

package struct WatchedCheck: Sendable, Hashable {
    package let kind: WatchKind
    package let name: String
    /// What is found when all is well, and when it is not.
    let well: Int32
    let failed: Int32
    /// After that long a failure is believed, and a recovery.
    let noticed: Duration
    let forgiven: Duration

    /// `script chk`
    package var words: String { "\(kind) \(name)" }

    func isTracked(by instance: InstanceConfiguration) -> Bool {
        instance.router.trackers.contains { $0.watchKind == kind && $0.name == name }
    }
}

extension Configuration {
    /// What the instances track, each once, in their order.
    var checks: [WatchedCheck] {
        var found: [WatchedCheck] = []
        for tracker in instances.flatMap(\.router.trackers) {
            guard let kind = tracker.watchKind else { continue }
            guard !found.contains(where: { $0.kind == kind && $0.name == tracker.name }) else { continue }
            let (noticed, forgiven) = waits(kind, tracker.name)
            let (well, failed) = tracker.values(kind)
            found.append(
                WatchedCheck(
                    kind: kind, name: tracker.name, well: well, failed: failed, noticed: noticed,
                    forgiven: forgiven))
        }
        return found
    }

    /// A script has to fail, or succeed, so often in a row; a process to be away, or there, for so long.
    private func waits(_ kind: WatchKind, _ name: String) -> (Duration, Duration) {
        switch kind {
        case .script:
            guard let script = scripts.first(where: { $0.name == name }) else { return (.zero, .zero) }
            return (script.interval * script.fall, script.interval * script.rise)
        case .process:
            guard let process = processes.first(where: { $0.name == name }) else { return (.zero, .zero) }
            return (process.terminateDelay, process.forkDelay)
        case .file: return (.zero, .zero)
        }
    }
}

extension TrackerSettings {
    /// Nil: it is no watch of the runner's.
    var watchKind: WatchKind? {
        switch kind {
        case .script: .script
        case .process: .process
        case .file: .file
        case .interface, .trackedInterface, .staticEntries: nil
        }
    }

    /// A file that fails holds the number that takes the priority down to 1, or is a fault.
    fileprivate func values(_ kind: WatchKind) -> (well: Int32, failed: Int32) {
        guard kind == .file else { return isReversed ? (0, 1) : (1, 0) }
        guard weight != 0 else { return isReversed ? (1, 0) : (0, 1) }
        let number = Int32(max(253 / abs(weight), 1))
        return (0, (weight > 0) != isReversed ? -number : number)
    }
}
