// The clocks of one host: a monotonic one that may run too fast or too slow and stands still while the machine sleeps,
// and the time of day, which may jump.

import Election

struct LocalClock {
    /// When the present rate began, in the simulation's time and in the host's.
    private var anchor: Timestamp
    private var base: Timestamp
    private var partsPerMillion: Int64 = 0
    /// The time of day at the simulation's zero.
    private(set) var dayOffset: Int64 = 1_700_000_000_000_000_000
    /// Nil: it runs.
    private(set) var sleepingSince: Timestamp?

    init(uptime: Duration) {
        anchor = Timestamp(nanoseconds: 0)
        base = anchor + uptime
    }

    func local(_ time: Timestamp) -> Timestamp {
        let elapsed = (sleepingSince ?? time).nanoseconds - anchor.nanoseconds
        let drift = partsPerMillion == 0 ? 0 : elapsed / 1000 * partsPerMillion / 1000
        return Timestamp(nanoseconds: base.nanoseconds + elapsed + drift)
    }

    /// The first moment of the simulation at which the host's clock shows `local`, or a microsecond later.
    func global(_ local: Timestamp) -> Timestamp {
        let wanted = local.nanoseconds - base.nanoseconds
        guard partsPerMillion != 0 else { return Timestamp(nanoseconds: anchor.nanoseconds + wanted) }
        let guess = wanted / 1000 * 1_000_000 / (1_000_000 + partsPerMillion) * 1000
        var time = Timestamp(nanoseconds: anchor.nanoseconds + guess)
        while self.local(time) < local { time.nanoseconds += 1000 }
        return time
    }

    var isAsleep: Bool { sleepingSince != nil }

    func timeOfDay(_ time: Timestamp) -> Int64 { dayOffset + time.nanoseconds }

    mutating func drift(_ partsPerMillion: Int64, at time: Timestamp) {
        base = local(time)
        anchor = sleepingSince ?? time
        self.partsPerMillion = partsPerMillion
    }

    mutating func jump(_ span: Duration) { dayOffset += span.nanoseconds }

    mutating func sleep(at time: Timestamp) { sleepingSince = sleepingSince ?? time }

    /// Returns for how long it slept.
    mutating func wake(at time: Timestamp) -> Duration {
        guard let since = sleepingSince else { return .zero }
        base = local(time)
        anchor = time
        sleepingSince = nil
        return time - since
    }
}
