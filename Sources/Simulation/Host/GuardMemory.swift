// What the guard remembers of the engine and of deaths: the model of `EngineMemory` and `RestartPolicy`.

import Control
import Election

struct GuardMemory {
    /// The present engine is ready.
    var isReady = false
    /// In the order in which they were first told.
    private(set) var standings: [Standing] = []
    /// Of the last authenticated packets.
    var numbers: (header: UInt32, stamp: UInt64) = (0, 0)
    private(set) var results: [WatchResult] = []
    private(set) var lastBeat = Timestamp(nanoseconds: 0)
    private(set) var interval: Duration = .milliseconds(500)

    private static let shortestWait: Duration = .milliseconds(500)

    /// When the engine counts as hung if nothing is heard.
    var deadline: Timestamp { lastBeat + max(interval * 4, Self.shortestWait) }

    mutating func begin(at now: Timestamp) {
        isReady = true
        lastBeat = now
    }

    mutating func beat(_ interval: Duration, at now: Timestamp) {
        self.interval = interval
        lastBeat = now
    }

    mutating func learn(_ result: WatchResult) {
        results.removeAll { $0.kind == result.kind && $0.name == result.name }
        results.append(result)
    }

    mutating func remember(_ standing: Standing) {
        guard let place = standings.firstIndex(where: { $0.instance == standing.instance }) else {
            return standings.append(standing)
        }
        standings[place] = standing
    }

    mutating func forgetStandings() { standings = [] }
}

/// Pauses that grow while a process does not live long.
struct RestartPauses {
    private static let longLife: Duration = .seconds(30)
    private static let pauses: [Int64] = [0, 0, 0, 1, 2, 5, 10, 30]
    private var deaths = 0
    private var started = Timestamp(nanoseconds: 0)

    mutating func started(at now: Timestamp) { started = now }

    mutating func pauseAfterDeath(at now: Timestamp) -> Duration {
        if now - started > Self.longLife { deaths = 0 }
        defer { deaths += 1 }
        return .seconds(Self.pauses[min(deaths, Self.pauses.count - 1)])
    }
}
