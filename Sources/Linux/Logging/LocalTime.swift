// The time of day as log lines show it.

import CLinux
import Glibc

/// The local time in the two forms of log lines.
enum LocalTime {
    /// "Sat Nov 21 01:33:38 2026"
    static var console: String { format("%a %b %e %H:%M:%S %Y") }
    /// "Nov 21 01:33:38"
    static var syslog: String { format("%b %e %H:%M:%S") }

    private static func format(_ pattern: String) -> String {
        var seconds = time(nil)
        var parts = tm()
        localtime_r(&seconds, &parts)
        var buffer = [CChar](repeating: 0, count: 64)
        let count = strftime(&buffer, buffer.count, pattern, &parts)
        return String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
