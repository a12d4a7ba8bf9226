// The two clocks of the kernel that Baton reads.

import CLinux
import Glibc

/// CLOCK_MONOTONIC: never set, stops while the machine is suspended.
package enum MonotonicClock {
    /// Nanoseconds since boot, or thereabouts.
    package static var now: Int64 { read(CLOCK_MONOTONIC) }

    fileprivate static func read(_ clock: clockid_t) -> Int64 {
        var moment = timespec()
        clock_gettime(clock, &moment)
        return Int64(moment.tv_sec) * 1_000_000_000 + Int64(moment.tv_nsec)
    }
}

/// CLOCK_REALTIME: the time of day, for people.
package enum RealtimeClock {
    /// Nanoseconds since 1970.
    package static var nanoseconds: Int64 { MonotonicClock.read(CLOCK_REALTIME) }
    package static var seconds: Int64 { nanoseconds / 1_000_000_000 }
}

/// Since the machine was started, sleep included.
package enum BootClock {
    /// Nanoseconds.
    package static var now: Int64 {
        var time = timespec()
        clock_gettime(CLOCK_BOOTTIME, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}
