// The two clocks: the monotonic one that all timers use, and the wall clock for logs and mails.

import Glibc

/// CLOCK_MONOTONIC: never set, never slewed backwards, does not count suspended time.
package enum MonotonicClock {
    /// Nanoseconds since an unspecified moment before boot ended.
    package static var now: Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return time.nanoseconds
    }
}

/// CLOCK_REALTIME: may jump; only for what humans read.
package enum RealtimeClock {
    /// Nanoseconds since 1970-01-01 UTC.
    package static var nanoseconds: Int64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return time.nanoseconds
    }

    /// Whole seconds since 1970-01-01 UTC.
    package static var seconds: Int64 { nanoseconds / 1_000_000_000 }
}

extension timespec {
    var nanoseconds: Int64 { Int64(tv_sec) * 1_000_000_000 + Int64(tv_nsec) }

    init(nanoseconds: Int64) {
        self.init(tv_sec: Int(nanoseconds / 1_000_000_000), tv_nsec: Int(nanoseconds % 1_000_000_000))
    }
}
