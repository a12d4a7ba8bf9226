// The event loop's promises: no drift, no starvation, no call after unwatching; and what feeds it.

import Glibc
import Linux
import Testing

@Suite(.serialized) struct EventLoopTests {
    private func makePipe() throws -> (reader: Descriptor, writer: Descriptor) {
        var ends: [Int32] = [-1, -1]
        try #require(pipe(&ends) == 0)
        return (Descriptor(adopting: ends[0]), Descriptor(adopting: ends[1]))
    }

    private func fill(_ descriptor: Descriptor) { _ = write(descriptor.raw, "x", 1) }

    @Test func aPeriodicDeadlineDoesNotDrift() throws {
        let loop = try EventLoop()
        let start = MonotonicClock.now
        var count: Int64 = 0
        var worst: Int64 = 0
        loop.onDeadline = {
            count += 1
            worst = max(worst, loop.lastLateness)
            if count == 50 { loop.stop() } else { loop.deadline = start + (count + 1) * 5_000_000 }
        }
        loop.deadline = start + 5_000_000
        try loop.run()
        let elapsed = MonotonicClock.now - start
        #expect(elapsed >= 250_000_000)
        // Late at the most by the last one's lateness: lateness does not add up.
        #expect(elapsed - 250_000_000 <= worst + 5_000_000)
    }

    @Test func aDeadlineThatMovesAwayIsKeptAndOneThatComesNearerToo() throws {
        let loop = try EventLoop()
        var fired: Int64?
        loop.onDeadline = { fired = MonotonicClock.now }
        let start = MonotonicClock.now
        loop.deadline = start + 20_000_000
        try loop.runOnce(timeoutMilliseconds: 1)
        loop.deadline = start + 60_000_000
        while fired == nil { try loop.runOnce(timeoutMilliseconds: 500) }
        #expect(try #require(fired) >= start + 60_000_000)

        fired = nil
        loop.deadline = start + 60_000_000_000
        try loop.runOnce(timeoutMilliseconds: 1)
        let nearer = MonotonicClock.now + 10_000_000
        loop.deadline = nearer
        while fired == nil { try loop.runOnce(timeoutMilliseconds: 2_000) }
        #expect(try #require(fired) >= nearer)
        #expect(try #require(fired) < nearer + 1_000_000_000)
    }

    @Test func noDeadlineFiresAfterItWasTakenBack() throws {
        let loop = try EventLoop()
        loop.onDeadline = { Issue.record("it was taken back") }
        loop.deadline = MonotonicClock.now + 2_000_000
        try loop.runOnce(timeoutMilliseconds: 0)
        loop.deadline = nil
        for _ in 0..<3 { try loop.runOnce(timeoutMilliseconds: 5) }
    }

    @Test func aBusyDescriptorStarvesNeitherTheDeadlineNorAnother() throws {
        let loop = try EventLoop()
        var pipes: [(reader: Descriptor, writer: Descriptor)] = []
        var calls = [Int](repeating: 0, count: 8)
        var ticks = 0
        for index in 0..<8 {
            let pair = try makePipe()
            fill(pair.writer)
            pipes.append(pair)
            // Never read: ready for ever.
            try loop.watch(pair.reader.raw) {
                calls[index] += 1
                usleep(20_000)
            }
        }
        var lateness: Int64 = 0
        loop.onDeadline = {
            ticks += 1
            lateness = max(lateness, loop.lastLateness)
            if ticks == 12 { loop.stop() }
            loop.deadline = MonotonicClock.now + 1_000_000
        }
        loop.deadline = MonotonicClock.now
        try loop.run()
        #expect(calls.allSatisfy { $0 > 0 })
        #expect(lateness < 120_000_000, "looked at between handlers, not only once in a round of 160 ms")
        withExtendedLifetime(pipes) {}
    }

    @Test func aDeadlineThatIsAlwaysPastStarvesNoDescriptor() throws {
        let loop = try EventLoop()
        let (reader, writer) = try makePipe()
        fill(writer)
        var isCalled = false
        try loop.watch(reader.raw) { isCalled = true }
        loop.onDeadline = { loop.deadline = 1 }
        loop.deadline = 1
        for _ in 0..<3 { try loop.runOnce(timeoutMilliseconds: 100) }
        #expect(isCalled)
    }

    @Test func unwatchingHoldsWithinTheRound() throws {
        let loop = try EventLoop()
        let first = try makePipe()
        let second = try makePipe()
        fill(first.writer)
        fill(second.writer)
        var calls: [String] = []
        try loop.watch(first.reader.raw) {
            calls.append("first")
            loop.unwatch(second.reader.raw)
        }
        try loop.watch(second.reader.raw) {
            calls.append("second")
            loop.unwatch(first.reader.raw)
        }
        try loop.runOnce(timeoutMilliseconds: 100)
        #expect(calls.count == 1)
    }

    @Test func aNumberThatIsUsedAgainWithinTheRoundIsAnotherDescriptor() throws {
        let loop = try EventLoop()
        let first = try makePipe()
        var second: (reader: Descriptor, writer: Descriptor)? = try makePipe()
        fill(first.writer)
        if let second { fill(second.writer) }
        var replacement: (reader: Descriptor, writer: Descriptor)?
        let number = try #require(second?.reader.raw)
        try loop.watch(first.reader.raw) {
            guard replacement == nil else { return }
            loop.unwatch(number)
            second = nil
            replacement = try? self.makePipe()
            guard let replacement, replacement.reader.raw == number || replacement.writer.raw == number else {
                return
            }
            try? loop.watch(replacement.reader.raw) { Issue.record("nothing was written to it") }
        }
        try loop.watch(number) {}
        for _ in 0..<2 { try loop.runOnce(timeoutMilliseconds: 20) }
        #expect(replacement != nil)
    }

    @Test func stopEndsTheRoundAtOnce() throws {
        let loop = try EventLoop()
        let first = try makePipe()
        let second = try makePipe()
        fill(first.writer)
        fill(second.writer)
        var calls = 0
        for reader in [first.reader, second.reader] {
            try loop.watch(reader.raw) {
                calls += 1
                loop.stop()
            }
        }
        try loop.run()
        #expect(calls == 1)
    }

    @Test func aStoppedLoopThatRunsAgainKeepsItsDeadlines() throws {
        let loop = try EventLoop()
        let (reader, writer) = try makePipe()
        loop.deadline = MonotonicClock.now + 2_000_000
        try loop.runOnce(timeoutMilliseconds: 0)
        // Both ready in one round: the descriptor, whose handler stops the loop, and behind it the timer.
        loop.deadline = MonotonicClock.now + 60_000_000_000
        fill(writer)
        try loop.watch(reader.raw) {
            loop.unwatch(reader.raw)
            loop.stop()
        }
        usleep(5_000)
        try loop.run()

        // Without its timer the loop would sleep until it is woken from outside.
        let limit = try EventNotifier()
        try loop.watch(limit.raw) { loop.stop() }
        try WorkerThread.start {
            usleep(2_000_000)
            limit.notify()
        }
        var fired = false
        loop.onDeadline = {
            fired = true
            loop.stop()
        }
        let start = MonotonicClock.now
        loop.deadline = start + 10_000_000
        try loop.run()
        #expect(fired && MonotonicClock.now - start < 1_000_000_000)
    }

    @Test func whatCannotBeWatchedIsAnError() throws {
        let loop = try EventLoop()
        let closed = try makePipe().reader.raw
        let error = #expect(throws: SystemError.self) { try loop.watch(closed + 500) {} }
        #expect(error?.call == "epoll_ctl")
        #expect(error?.errno == EBADF)
    }

    @Test func anEventFromAnotherThreadWakesTheLoop() throws {
        let loop = try EventLoop()
        let notifier = try EventNotifier()
        try loop.watch(notifier.raw) {
            notifier.clear()
            loop.stop()
        }
        try WorkerThread.start(stackBytes: 256 * 1024) {
            usleep(10_000)
            notifier.notify()
        }
        loop.onDeadline = {
            Issue.record("not woken")
            loop.stop()
        }
        loop.deadline = MonotonicClock.now + 5_000_000_000
        try loop.run()
    }

    @Test func theEndOfAChildWakesTheLoop() throws {
        let loop = try EventLoop()
        let child = try ChildProcess.spawn(
            SpawnRequest(path: "/bin/sh", arguments: ["sh", "-c", "exit 4"], environment: []))
        var status: Linux.ExitStatus?
        try loop.watch(child.raw) {
            status = child.reap()
            loop.unwatch(child.raw)
            loop.stop()
        }
        loop.onDeadline = { loop.stop() }
        loop.deadline = MonotonicClock.now + 5_000_000_000
        try loop.run()
        #expect(status == .exited(4))
    }

    @Test func signalsArriveAsData() throws {
        // Sent to this very thread: no other thread of the test process may take its default action.
        let source = try SignalSource([SIGUSR1, SIGUSR2])
        #expect(source.next() == nil)
        pthread_kill(pthread_self(), SIGUSR2)
        #expect(source.next() == SIGUSR2)
        #expect(source.next() == nil)
        #expect(Signals.name(SIGUSR2) == "SIGUSR2")
        #expect(Signals.name(Signals.realtimeMaximum) == "signal \(Signals.realtimeMaximum)")
    }
}
