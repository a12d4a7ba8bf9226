// One thread waits for descriptors and one deadline: epoll and a timerfd on CLOCK_MONOTONIC.
// The deadline is looked at between any two handlers, so a busy descriptor delays it by one
// handler at most; and it is fired once a round at most, so a deadline that is always past
// does not keep descriptors waiting either. Handlers MUST NOT block. Not thread-safe.

import CLinux
import Glibc

/// The event loop of a process.
package final class EventLoop {
    private struct Watch {
        let generation: UInt32
        let handler: () -> Void
    }

    private let poll: Descriptor
    private let timer: Descriptor
    /// Indexed by descriptor number.
    private var watches: [Watch?] = []
    private var generation: UInt32 = 0
    private var events = [epoll_event](repeating: epoll_event(), count: 64)
    /// When the timerfd will next wake the loop; nil if it has fired or was never set.
    private var armed: Int64?
    private var isStopping = false

    /// When `onDeadline` shall be called, in nanoseconds of CLOCK_MONOTONIC; nil: never. A moment in the
    /// past is due at once. Cleared before `onDeadline` is called, which sets the next one.
    package var deadline: Int64?
    package var onDeadline: (() -> Void)?
    /// By how many nanoseconds the last deadline was missed: 0 or more.
    package private(set) var lastLateness: Int64 = 0

    package init() throws(SystemError) {
        poll = Descriptor(adopting: try check(epoll_create1(Int32(EPOLL_CLOEXEC)), "epoll_create1"))
        let flags = Int32(TFD_NONBLOCK) | Int32(TFD_CLOEXEC)
        timer = Descriptor(adopting: try check(timerfd_create(CLOCK_MONOTONIC, flags), "timerfd_create"))
        // Edge-triggered: it is re-armed rather than read.
        var event = epoll_event(events: EPOLLIN.rawValue | EPOLLET.rawValue, data: epoll_data(u64: .max))
        try check(epoll_ctl(poll.raw, EPOLL_CTL_ADD, timer.raw, &event), "epoll_ctl", "timerfd")
    }

    /// Calls `handler` whenever `fd` is ready, until `unwatch`. Watching a descriptor again replaces its
    /// handler and conditions. The caller keeps the descriptor open and unwatches it before closing it.
    package func watch(
        _ fd: Int32, for interest: Interest = .read, handler: @escaping () -> Void
    ) throws(SystemError) {
        precondition(fd >= 0, "a descriptor must be open: \(fd)")
        generation &+= 1
        var event = epoll_event(
            events: interest.rawValue, data: epoll_data(u64: UInt64(generation) << 32 | UInt64(fd)))
        if epoll_ctl(poll.raw, EPOLL_CTL_MOD, fd, &event) < 0 {
            guard errno == ENOENT else { throw SystemError("epoll_ctl", errno: errno, subject: "\(fd)") }
            try check(epoll_ctl(poll.raw, EPOLL_CTL_ADD, fd, &event), "epoll_ctl", "\(fd)")
        }
        if watches.count <= fd {
            watches.append(contentsOf: repeatElement(nil, count: Int(fd) + 1 - watches.count))
        }
        watches[Int(fd)] = Watch(generation: generation, handler: handler)
    }

    /// Stops watching. The handler is not called again, not even for what this round has found already.
    package func unwatch(_ fd: Int32) {
        guard watches.indices.contains(Int(fd)), watches[Int(fd)] != nil else { return }
        watches[Int(fd)] = nil
        // Fails if the descriptor was closed, which had the same effect.
        _ = epoll_ctl(poll.raw, EPOLL_CTL_DEL, fd, nil)
    }

    /// Runs until `stop` is called.
    package func run() throws(SystemError) {
        isStopping = false
        while !isStopping { try runOnce(timeout: nil) }
    }

    /// Makes `run` return after the handler that calls this; remaining events stay pending.
    package func stop() { isStopping = true }

    /// One round: waits at most `timeout` nanoseconds (nil: without limit) for an event, then calls the
    /// handlers of what is ready.
    package func runOnce(timeout: Int64?) throws(SystemError) {
        let count = Int(try wait(milliseconds: try waitingTime(timeout)))
        var hasFired = fireIfDue()
        for index in 0..<count where !isStopping {
            dispatch(events[index].data.u64)
            if !hasFired { hasFired = fireIfDue() }
        }
    }

    /// A round interrupted by a signal finds nothing.
    private func wait(milliseconds: Int32) throws(SystemError) -> Int32 {
        let count = epoll_wait(poll.raw, &events, Int32(events.count), milliseconds)
        if count >= 0 { return count }
        guard errno == EINTR else { throw SystemError("epoll_wait", errno: errno) }
        return 0
    }

    private func dispatch(_ token: UInt64) {
        if token == .max {
            armed = nil
            return
        }
        let index = Int(token & 0xffff_ffff)
        guard index < watches.count, let watch = watches[index], watch.generation == UInt32(token >> 32)
        else {
            return
        }
        watch.handler()
    }

    private func fireIfDue() -> Bool {
        guard let deadline else { return false }
        let now = MonotonicClock.now
        guard now >= deadline else { return false }
        lastLateness = now - deadline
        self.deadline = nil
        onDeadline?()
        return true
    }

    /// Milliseconds for epoll_wait: 0 if the deadline has passed. Arms the timer if it would otherwise wake
    /// too late; one that wakes too early is left alone, since deadlines mostly move away.
    private func waitingTime(_ timeout: Int64?) throws(SystemError) -> Int32 {
        if let deadline {
            if deadline <= MonotonicClock.now { return 0 }
            if armed.map({ deadline < $0 }) ?? true {
                var setting = itimerspec()
                setting.it_value = timespec(nanoseconds: deadline)
                try check(
                    timerfd_settime(timer.raw, Int32(TFD_TIMER_ABSTIME), &setting, nil),
                    "timerfd_settime")
                armed = deadline
            }
        }
        guard let timeout else { return -1 }
        return Int32(clamping: (max(0, timeout) + 999_999) / 1_000_000)
    }
}
