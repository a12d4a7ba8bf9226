// One thread's wait for everything: descriptors by epoll, one deadline by timerfd. The thread's
// scheduling policy is the caller's, which is why this is not a library's loop
// (docs/decisions/0002-own-event-loop.md). The deadline is looked at between any two handlers, so that a
// busy descriptor delays it by one handler at most. Handlers MUST NOT wait for anything.

import CLinux
import Glibc

/// Calls handlers on the thread that runs it, one at a time.
package final class EventLoop {
    package enum Interest: Sendable { case reading, writing }

    private struct Watch {
        let generation: UInt32
        let handler: () -> Void
    }

    private let epoll: Descriptor
    private let timer: Descriptor
    /// By descriptor number.
    private var watches: [Watch?] = []
    /// Tells a descriptor from another one that got its number within the same round.
    private var generation: UInt32 = 0
    private var events = [epoll_event](repeating: epoll_event(), count: 64)
    private var isStopped = false
    /// When the timer wakes the loop next; nil: it has done so, or was never set.
    private var armed: Int64?
    /// How late the deadline was last noticed, in nanoseconds.
    package private(set) var lastLateness: Int64 = 0
    /// Called when `deadline` has passed; the deadline is cleared before.
    package var onDeadline: (() -> Void)?
    /// Called after each round of handlers, before the next wait: what follows from whatever happened.
    package var onRound: (() -> Void)?

    /// A moment of `MonotonicClock`; nil: none. A past one fires at once. Setting it costs no system call.
    package var deadline: Int64?

    /// Stands for the timer among the watches.
    private static let timerToken = UInt64.max

    package init() throws(SystemError) {
        epoll = Descriptor(adopting: try check("epoll_create1") { epoll_create1(Int32(EPOLL_CLOEXEC)) })
        timer = Descriptor(
            adopting: try check("timerfd_create") {
                timerfd_create(CLOCK_MONOTONIC, Int32(TFD_CLOEXEC) | Int32(TFD_NONBLOCK))
            })
        // Edge-triggered: it is armed anew, never read.
        var event = epoll_event(
            events: EPOLLIN.rawValue | EPOLLET.rawValue, data: epoll_data(u64: Self.timerToken))
        try check("epoll_ctl", "timer") { epoll_ctl(epoll.raw, EPOLL_CTL_ADD, timer.raw, &event) }
    }

    /// Calls `handler` whenever the descriptor is ready, or broken: level-triggered. Watching it again replaces
    /// handler and interest.
    package func watch(
        _ descriptor: Int32, for interest: Interest = .reading, _ handler: @escaping () -> Void
    ) throws(SystemError) {
        precondition(descriptor >= 0, "a descriptor is open: \(descriptor)")
        generation &+= 1
        var event = epoll_event(
            events: interest == .reading ? EPOLLIN.rawValue : EPOLLOUT.rawValue,
            data: epoll_data(u64: UInt64(generation) << 32 | UInt64(descriptor)))
        // One that was closed and opened again under its number is unknown to the kernel.
        if epoll_ctl(epoll.raw, EPOLL_CTL_MOD, descriptor, &event) < 0 {
            try check("epoll_ctl", "\(descriptor)") {
                epoll_ctl(epoll.raw, EPOLL_CTL_ADD, descriptor, &event)
            }
        }
        let missing = Int(descriptor) + 1 - watches.count
        if missing > 0 { watches.append(contentsOf: repeatElement(nil, count: missing)) }
        watches[Int(descriptor)] = Watch(generation: generation, handler: handler)
    }

    /// The handler is not called any more, not even in this round. MUST come before the descriptor is closed.
    package func unwatch(_ descriptor: Int32) {
        guard watches.indices.contains(Int(descriptor)), watches[Int(descriptor)] != nil else { return }
        watches[Int(descriptor)] = nil
        var event = epoll_event()
        _ = epoll_ctl(epoll.raw, EPOLL_CTL_DEL, descriptor, &event)
    }

    /// Ends `run` after the handler that calls this.
    package func stop() { isStopped = true }

    /// Runs until `stop`.
    package func run() throws(SystemError) {
        isStopped = false
        while !isStopped { try runOnce() }
    }

    /// Waits for one round of events, or `timeoutMilliseconds` (-1: for ever), and handles it.
    package func runOnce(timeoutMilliseconds: Int32 = -1) throws(SystemError) {
        let isDue = try arm()
        let timeout = isDue ? 0 : timeoutMilliseconds
        let count = epoll_wait(epoll.raw, &events, Int32(events.count), timeout)
        guard count >= 0 else {
            guard errno == EINTR else { throw SystemError(call: "epoll_wait") }
            return
        }
        fireDeadline()
        for index in 0..<Int(count) {
            let token = events[index].data.u64
            // The timer tells once only: a stopped loop that runs again must know that it is not set.
            guard !isStopped || token == Self.timerToken else { continue }
            dispatch(token)
            fireDeadline()
        }
        if !isStopped { onRound?() }
    }

    private func dispatch(_ token: UInt64) {
        guard token != Self.timerToken else {
            armed = nil
            return
        }
        let number = Int(token & 0xffff_ffff)
        guard number < watches.count, let watch = watches[number],
            watch.generation == UInt32(truncatingIfNeeded: token >> 32)
        else { return }
        watch.handler()
    }

    private func fireDeadline() {
        guard !isStopped, let due = deadline else { return }
        let now = MonotonicClock.now
        guard due <= now else { return }
        lastLateness = now - due
        deadline = nil
        onDeadline?()
    }

    /// Whether the deadline has passed already. Sets the timer if it would wake the loop too late; one that
    /// wakes it too early is left alone, since deadlines mostly move away (each advertisement heard).
    private func arm() throws(SystemError) -> Bool {
        guard let deadline else { return false }
        guard deadline > MonotonicClock.now else { return true }
        if let armed, armed <= deadline { return false }
        var setting = itimerspec()
        setting.it_value.tv_sec = Int(deadline / 1_000_000_000)
        setting.it_value.tv_nsec = Int(deadline % 1_000_000_000)
        try check("timerfd_settime") {
            timerfd_settime(timer.raw, Int32(TFD_TIMER_ABSTIME), &setting, nil)
        }
        armed = deadline
        return false
    }
}
