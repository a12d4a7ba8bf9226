// What the guard remembers of the engine, so that the next one goes on where a dead one stood.

import Control

struct EngineMemory {
    /// The present engine is ready.
    var isReady = false
    /// States by the instance's name.
    var standings: [String: String] = [:]
    /// Of the last authenticated packets.
    var numbers: (header: UInt32, stamp: UInt64) = (0, 0)
    private(set) var results: [WatchResult] = []
    /// When the engine was last known to be alive, and how soon it says so again, in nanoseconds.
    private(set) var lastBeat: Int64 = 0
    private(set) var beat: Int64 = 500_000_000

    /// Beats that may be missing before the engine counts as hung.
    private static let patience: Int64 = 4
    /// The least time, whatever the beat: a reload or a dump may take its time.
    private static let shortestWait: Int64 = 500_000_000
    /// Later than this the guard itself was held up.
    static let tolerance: Int64 = 200_000_000

    /// When the engine counts as hung if nothing is heard.
    var deadline: Int64 { lastBeat + max(beat * Self.patience, Self.shortestWait) }

    mutating func begin(at now: Int64) {
        isReady = true
        lastBeat = now
    }

    mutating func beat(_ interval: Int64, at now: Int64) {
        beat = interval
        lastBeat = now
    }

    /// The last verdict of each watch.
    mutating func learn(_ result: WatchResult) {
        results.removeAll { $0.kind == result.kind && $0.name == result.name }
        results.append(result)
    }

    mutating func forgetStandings() { standings = [:] }
}
