// When something that somebody undoes, or the kernel refuses, is tried again: at once, then with growing pauses.

import Election

struct Backoff {
    /// Nil: nothing is to be tried.
    private(set) var due: Timestamp?
    private var pause: Duration = .zero
    private var lastTrouble = Timestamp(nanoseconds: .min / 2)

    private static let shortest: Duration = .milliseconds(100)
    private static let longest: Duration = .seconds(10)
    /// Quiet for so long, the next trouble is the first.
    private static let memory: Duration = .seconds(60)

    mutating func trouble(at now: Timestamp) {
        if now - lastTrouble > Self.memory { pause = .zero }
        lastTrouble = now
        due = now + pause
        pause = min(max(pause * 2, Self.shortest), Self.longest)
    }

    func isDue(at now: Timestamp) -> Bool { due.map { $0 <= now } ?? false }

    /// It is tried now.
    mutating func clear() { due = nil }
}
