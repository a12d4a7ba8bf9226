// What the guard remembers of the engine, so that the next one goes on where a dead one stood, and by what it knows a hung
// one. Without a system call: `Guard` and `Simulation` live by the same figures.

/// All moments and spans are nanoseconds of the monotonic clock.
package struct EngineMemory: Sendable {
    /// The present engine is ready.
    package var isReady = false
    /// Where each instance stands, in the order in which they were first told.
    package private(set) var standings: [Standing] = []
    /// Of the last authenticated packets.
    package var numbers: (header: UInt32, stamp: UInt64) = (0, 0)
    /// The last verdict of each watch.
    package private(set) var results: [WatchResult] = []
    /// When the engine was last known to be alive, and how soon it says so again.
    package private(set) var lastBeat: Int64 = 0
    private var beat: Int64 = 500_000_000
    /// Until then the guard itself was held up, and could not have heard anything.
    private var heldUpUntil: Int64 = 0

    /// Beats that may be missing before the engine counts as hung.
    private static let patience: Int64 = 4
    /// The least time, whatever the beat: a reload or a dump may take its time.
    private static let shortestWait: Int64 = 500_000_000
    /// Later than this the guard itself was held up.
    package static let tolerance: Int64 = 200_000_000

    package init() {}

    /// When the engine counts as hung if nothing is heard.
    package var deadline: Int64 {
        max(lastBeat, heldUpUntil) + max(beat * Self.patience, Self.shortestWait)
    }

    package mutating func begin(at now: Int64) {
        isReady = true
        lastBeat = now
    }

    /// `moment`: when the engine said so, not when it was heard. A guard that was stopped reads old messages, and the peers have not
    /// waited for it.
    package mutating func beat(_ interval: Int64, at moment: Int64) {
        beat = interval
        lastBeat = max(lastBeat, moment)
    }

    /// The guard's own lateness is not the engine's.
    package mutating func wasHeldUp(until now: Int64) { heldUpUntil = now }

    package mutating func learn(_ result: WatchResult) { results.put(result) }

    package mutating func remember(_ standing: Standing) {
        guard let place = standings.firstIndex(where: { $0.instance == standing.instance }) else {
            return standings.append(standing)
        }
        standings[place] = standing
    }

    package mutating func forgetStandings() { standings = [] }
}
