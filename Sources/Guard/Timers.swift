// Things to do later, on the guard's event loop.

import Linux

/// Sets the loop's deadline; nobody else may.
final class Timers {
    private let loop: EventLoop
    private var timers: [(due: Int64, action: () -> Void)] = []

    init(_ loop: EventLoop) {
        self.loop = loop
        loop.onDeadline = { [weak self] in self?.fire() }
    }

    /// Calls `action` once, `nanoseconds` from now.
    func after(_ nanoseconds: Int64, _ action: @escaping () -> Void) {
        timers.append((MonotonicClock.now + nanoseconds, action))
        arm()
    }

    private func arm() { loop.deadline = timers.map(\.due).min() }

    private func fire() {
        let now = MonotonicClock.now
        let due = timers.filter { $0.due <= now }
        timers.removeAll { $0.due <= now }
        for timer in due { timer.action() }
        arm()
    }
}
