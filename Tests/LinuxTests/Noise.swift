// Traffic that goes on while a socket is being made, from a thread of its own.

import Glibc
import Linux
import Synchronization

/// Repeats a sending until it is stopped, ten seconds at most.
final class Noise: Sendable {
    private let isStopped = Atomic(false)
    private let hasBegun = Atomic(false)
    private let hasEnded = Atomic(false)

    /// `make` runs on the new thread, in the network namespace of the caller's; nil: it cannot send. Returns
    /// once the first has been sent.
    init(_ make: @escaping @Sendable () -> (() -> Void)?) throws(SystemError) {
        try WorkerThread.start {
            defer {
                self.hasBegun.store(true, ordering: .releasing)
                self.hasEnded.store(true, ordering: .releasing)
            }
            guard let send = make() else { return }
            let limit = MonotonicClock.now + 10_000_000_000
            while !self.isStopped.load(ordering: .acquiring), MonotonicClock.now < limit {
                send()
                self.hasBegun.store(true, ordering: .releasing)
            }
        }
        while !hasBegun.load(ordering: .acquiring) { usleep(1_000) }
    }

    /// Returns when the thread sends no more.
    func stop() {
        isStopped.store(true, ordering: .releasing)
        while !hasEnded.load(ordering: .acquiring) { usleep(1_000) }
    }
}
