// The order of what happens, and of what is drawn: both must be the same on every machine.

import Election
import Testing

@testable import Simulation

@Suite struct EventQueueTests {
    @Test func occurrencesComeByTimeAndThenInTheOrderOfScheduling() {
        var (queue, random) = (EventQueue(), SplitMix64(seed: 5))
        for number in 0..<500 {
            let time = Timestamp(nanoseconds: Int64(random.number(below: 50)))
            queue.schedule(.engineDue(host: number), at: time)
        }
        var former: (time: Timestamp, host: Int)?
        var count = 0
        while let (time, occurrence) = queue.next(until: Timestamp(nanoseconds: 49)) {
            guard case .engineDue(let host) = occurrence else { continue }
            if let former { #expect((former.time, former.host) < (time, host)) }
            former = (time, host)
            count += 1
        }
        #expect(count == 500)
    }

    @Test func nothingComesBeforeItsTime() {
        var queue = EventQueue()
        queue.schedule(.probe, at: Timestamp(nanoseconds: 10))
        #expect(queue.next(until: Timestamp(nanoseconds: 9)) == nil)
        #expect(queue.next(until: Timestamp(nanoseconds: 10)) != nil)
    }

    /// The reference implementation's first numbers for the seed 1234567.
    @Test func theGeneratorIsTheKnownOne() {
        var random = SplitMix64(seed: 1_234_567)
        let numbers = (0..<3).map { _ in random.next() }
        #expect(numbers == [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423])
    }

    @Test func aClockThatDriftsMeetsItsDeadlines() {
        for rate in [-2000, -1, 0, 1, 350, 2000] {
            var clock = LocalClock(uptime: .seconds(1000))
            clock.drift(Int64(rate), at: Timestamp(nanoseconds: 5_000_000_123))
            for offset in [1, 999, 1_000_000, 86_400_000_000_000] {
                let local = clock.local(Timestamp(nanoseconds: 6_000_000_000)) + .nanoseconds(offset)
                let due = clock.global(local)
                #expect(clock.local(due) >= local)
                #expect(clock.local(due) - local <= .microseconds(2))
            }
        }
    }
}
