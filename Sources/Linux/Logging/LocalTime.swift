// The wall clock in the two forms that log lines have, in English whatever the locale is.

import Glibc

/// A moment in local time.
package struct LocalTime {
    private let fields: tm

    /// From seconds since 1970.
    package init(unixSeconds: Int64) {
        var seconds = time_t(unixSeconds)
        var fields = tm()
        localtime_r(&seconds, &fields)
        self.fields = fields
    }

    /// Seconds east of UTC.
    package var offsetFromUTC: Int { fields.tm_gmtoff }
    package var year: Int { Int(fields.tm_year) + 1900 }
    /// 1...31.
    package var day: Int { Int(fields.tm_mday) }

    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
    private static let weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]

    package var monthName: String { Self.months[Int(fields.tm_mon) % 12] }
    package var weekdayName: String { Self.weekdays[Int(fields.tm_wday) % 7] }

    /// "01:33:38".
    package var clock: String {
        [fields.tm_hour, fields.tm_min, fields.tm_sec].map { ($0 < 10 ? "0" : "") + String($0) }
            .joined(separator: ":")
    }

    private var paddedDay: String { (day < 10 ? " " : "") + String(day) }

    /// "Nov 21 01:33:38", the time of RFC 3164 4.1.2.
    package var syslogText: String { "\(monthName) \(paddedDay) \(clock)" }

    /// "Sat Nov 21 01:33:38 2026".
    package var consoleText: String { "\(weekdayName) \(monthName) \(paddedDay) \(clock) \(year)" }
}
