// One thread's wait for everything: descriptors by epoll, one deadline by timerfd. The thread's
// scheduling policy is the caller's, which is why this is not a library's loop
// (docs/decisions/0002-own-event-loop.md).

import CLinux
import Glibc

/// Calls handlers on the thread that runs it, one at a time.
package final class EventLoop {
    package enum Interest: Sendable { case reading, writing }

    private let epoll: Descriptor
    private let timer: Descriptor
    private var handlers: [Int32: () -> Void] = [:]
    private var isStopped = false
    private var armed: Int64?
    /// How late the deadline was last noticed, in nanoseconds.
    package private(set) var lastLateness: Int64 = 0
    /// Called when `deadline` has passed; the deadline is cleared before.
    package var onDeadline: (() -> Void)?

    /// A moment of `MonotonicClock`; nil: none. A past one fires at once.
    package var deadline: Int64?

    package init() throws(SystemError) {
        epoll = Descriptor(adopting: try check("epoll_create1") { epoll_create1(Int32(EPOLL_CLOEXEC)) })
        timer = Descriptor(
            adopting: try check("timerfd_create") {
                timerfd_create(CLOCK_MONOTONIC, Int32(TFD_CLOEXEC) | Int32(TFD_NONBLOCK))
            })
        try control(EPOLL_CTL_ADD, timer.raw, EPOLLIN.rawValue)
    }

    /// Calls `handler` whenever the descriptor is ready, or broken: level-triggered.
    package func watch(
        _ descriptor: Int32, for interest: Interest = .reading, _ handler: @escaping () -> Void
    ) throws(SystemError) {
        let events = interest == .reading ? EPOLLIN.rawValue : EPOLLOUT.rawValue
        let isKnown = handlers[descriptor] != nil
        try control(isKnown ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, descriptor, events)
        handlers[descriptor] = handler
    }

    /// The handler is not called any more, not even in this round. MUST come before the descriptor is closed.
    package func unwatch(_ descriptor: Int32) {
        guard handlers.removeValue(forKey: descriptor) != nil else { return }
        try? control(EPOLL_CTL_DEL, descriptor, 0)
    }

    package func stop() { isStopped = true }

    /// Runs until `stop`.
    package func run() throws(SystemError) {
        isStopped = false
        while !isStopped { try runOnce() }
    }

    /// Waits for one round of events and handles it.
    package func runOnce(timeoutMilliseconds: Int32 = -1) throws(SystemError) {
        arm()
        var events = [epoll_event](repeating: epoll_event(), count: 16)
        let count = epoll_wait(epoll.raw, &events, 16, isDue ? 0 : timeoutMilliseconds)
        guard count >= 0 else {
            guard errno == EINTR else { throw SystemError(call: "epoll_wait") }
            return
        }
        fireDeadline()
        for event in events.prefix(Int(count)) where !isStopped {
            handlers[event.data.fd]?()
            // No descriptor may starve the timer.
            fireDeadline()
        }
    }

    private var isDue: Bool { deadline.map { $0 <= MonotonicClock.now } ?? false }

    private func fireDeadline() {
        guard !isStopped, let due = deadline else { return }
        let now = MonotonicClock.now
        guard due <= now else { return }
        lastLateness = now - due
        deadline = nil
        onDeadline?()
    }

    /// Setting the timer anew also clears an expiry that was not read.
    private func arm() {
        guard armed != deadline || isDue else { return }
        armed = deadline
        var setting = itimerspec()
        if let deadline {
            setting.it_value.tv_sec = Int(max(deadline, 1) / 1_000_000_000)
            setting.it_value.tv_nsec = Int(max(deadline, 1) % 1_000_000_000)
        }
        timerfd_settime(timer.raw, Int32(TFD_TIMER_ABSTIME), &setting, nil)
    }

    private func control(_ operation: Int32, _ descriptor: Int32, _ events: UInt32) throws(SystemError) {
        var event = epoll_event()
        event.events = events
        event.data.fd = descriptor
        try check("epoll_ctl", "\(descriptor)") { epoll_ctl(epoll.raw, operation, descriptor, &event) }
    }
}
