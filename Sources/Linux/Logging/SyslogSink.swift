// The system's log: datagrams to /dev/log in the form of RFC 3164 (<priority>time ident[pid]: text).
// An own socket rather than the C library's, which waits when the log daemon is slow. A log daemon
// that was restarted is found again with the next line.

import Glibc

/// Writes log lines to the system's log daemon.
package final class SyslogSink: LogSink {
    private let path: String
    private let facility: LogFacility
    private let tag: String
    private var socket: Descriptor?
    private var unreported: UInt64 = 0
    package private(set) var droppedCount: UInt64 = 0

    private static let maximumLine = 8_000

    /// `identifier` is the program's name in each line ("Keepalived_vrrp").
    package init(identifier: String, facility: LogFacility = .daemon, path: String = "/dev/log") {
        self.path = path
        self.facility = facility
        tag = "\(identifier)[\(getpid())]: "
    }

    package func log(_ priority: LogPriority, _ text: String) {
        if unreported > 0, deliver(.warning, "\(unreported) log lines were lost") { unreported = 0 }
        if !deliver(priority, text) {
            unreported += 1
            droppedCount += 1
        }
    }

    private func deliver(_ priority: LogPriority, _ text: String) -> Bool {
        let number = facility.rawValue << 3 | priority.rawValue
        let time = LocalTime(unixSeconds: RealtimeClock.seconds).syslogText
        let line = Array("<\(number)>\(time) \(tag)".utf8) + sanitised(text, limit: Self.maximumLine)
        if let socket, let isSent = send(line, on: socket) { return isSent }
        socket = connect()
        guard let socket else { return false }
        return send(line, on: socket) ?? false
    }

    /// Nil: the connection is of no use any more.
    private func send(_ line: [UInt8], on socket: Descriptor) -> Bool? {
        let flags = Int32(MSG_NOSIGNAL | MSG_DONTWAIT)
        while true {
            let result = line.withUnsafeBytes { Glibc.send(socket.raw, $0.baseAddress, $0.count, flags) }
            if result >= 0 { return true }
            switch errno {
            case EINTR: continue
            case EAGAIN, ENOBUFS, ENOMEM, EMSGSIZE: return false
            default: return nil
            }
        }
    }

    private func connect() -> Descriptor? {
        guard let descriptor = try? makeSocket(AF_UNIX, SOCK_DGRAM, 0),
            let address = try? SocketAddress(path: path),
            address.withPointer({ Glibc.connect(descriptor.raw, $0, $1) }) == 0
        else { return nil }
        return descriptor
    }
}
