// When a process that died is started again: at once, unless it keeps dying. The first deaths may be a mistake of
// somebody's; a process that dies again and again gets pauses.

/// Pauses that grow while a process does not live long.
package struct RestartPolicy: Sendable {
    /// A life longer than this (nanoseconds) makes the next death count as the first.
    private static let longLife: Int64 = 30_000_000_000
    private static let pauses: [Int64] = [0, 0, 0, 1, 2, 5, 10, 30]
    private var deaths = 0
    private var started: Int64 = 0

    package init() {}

    package mutating func started(at now: Int64) { started = now }

    /// Seconds to wait before the next start.
    package mutating func pauseAfterDeath(at now: Int64) -> Int64 {
        if now - started > Self.longLife { deaths = 0 }
        defer { deaths += 1 }
        return Self.pauses[min(deaths, Self.pauses.count - 1)]
    }
}
