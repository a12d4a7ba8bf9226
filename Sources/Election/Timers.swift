// The intervals that the RFCs derive from settings, priority and the master's interval. The engine's
// status shows the same functions' values that arm the timers.

import Wire

/// RFC 9568 6.1 and RFC 3768 6.1, in exact nanoseconds.
package enum Timers {
    /// Skew_Time. v3: (256 − priority) × interval / 256; v2: (256 − priority) / 256 seconds,
    /// whatever the interval.
    package static func skew(version: VRRPVersion, priority: UInt8, interval: Duration) -> Duration {
        let unit = version == .v2 ? 1_000_000_000 : interval.nanoseconds
        return .nanoseconds((256 - Int64(priority)) * unit / 256)
    }

    /// How long a master that has sent priority 0 waits for its successor: the longest skew time that a backup can have,
    /// and a margin for its start; never more than `longestFarewell`.
    package static func farewell(version: VRRPVersion, interval: Duration) -> Duration {
        min((version == .v2 ? .seconds(1) : interval) + .milliseconds(200), longestFarewell)
    }

    package static let longestFarewell: Duration = .seconds(10)

    /// A successor that has advertised has the addresses by then, and has announced them.
    package static let takeover: Duration = .milliseconds(25)

    /// A successor that has announced an address announces its next one by then, or has no other.
    package static let announcing: Duration = .milliseconds(100)

    /// Master_Down_Interval: so many intervals (3 in the RFCs) and the skew.
    package static func masterDown(
        version: VRRPVersion, priority: UInt8, interval: Duration, advertisements: Int
    ) -> Duration {
        .nanoseconds(interval.nanoseconds * Int64(advertisements))
            + skew(version: version, priority: priority, interval: interval)
    }

    /// The first wait after start: the down interval; with keepalived's `state MASTER` one interval and
    /// the skew of an owner.
    package static func initialDown(_ settings: VirtualRouterSettings, priority: UInt8) -> Duration {
        masterDown(
            version: settings.version,
            priority: settings.wantsMaster ? 255 : priority,
            interval: settings.advertisementInterval,
            advertisements: settings.wantsMaster ? 1 : settings.downTimerAdvertisements)
    }
}
