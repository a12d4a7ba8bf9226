// Syslog's levels and facilities (RFC 3164 4.1.1), and what a log sink is.

/// How important a log line is; a smaller number is more important.
package enum LogPriority: UInt8, Sendable, Hashable, CaseIterable, Comparable {
    case emergency, alert, critical, error, warning, notice, info, debug

    package static func < (left: LogPriority, right: LogPriority) -> Bool { left.rawValue < right.rawValue }
}

/// The kind of program that logs.
package enum LogFacility: UInt8, Sendable, Hashable, CaseIterable {
    case kern, user, mail, daemon, auth, syslog, lpr, news, uucp, cron, authpriv, ftp
    case local0 = 16
    case local1, local2, local3, local4, local5, local6, local7

    /// From its name, or from the digit 0...7 of a local facility.
    package init?(_ text: String) {
        let names = LogFacility.allCases.filter { "\($0)" == text || "\($0)" == "local" + text }
        guard let facility = names.first else { return nil }
        self = facility
    }
}

/// Where log lines go. Never blocks, never fails; what could not be written is counted.
package protocol LogSink: AnyObject {
    /// Writes one line. Control characters become blanks, so that no input can forge a line.
    func log(_ priority: LogPriority, _ text: String)
    /// Lines lost so far.
    var droppedCount: UInt64 { get }
}

/// The text's octets with control characters as blanks, `limit` octets at most.
func sanitised(_ text: String, limit: Int) -> [UInt8] {
    text.utf8.prefix(limit).map { $0 < 0x20 || $0 == 0x7f ? UInt8(ascii: " ") : $0 }
}
