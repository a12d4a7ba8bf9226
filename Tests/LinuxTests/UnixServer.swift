// A plain local socket that the tests listen on: a log daemon, a service manager, an abandoned path.

import Glibc

/// A bound AF_UNIX socket.
final class UnixServer {
    private let raw: Int32
    private let path: String

    /// `path` may be an abstract name with a leading `@`.
    init(path: String, type: __socket_type = SOCK_SEQPACKET) {
        self.path = path
        raw = socket(AF_UNIX, Int32(type.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        var octets = Array(path.utf8)
        if octets[0] == UInt8(ascii: "@") { octets[0] = 0 }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: octets) }
        let length = socklen_t(MemoryLayout<sa_family_t>.size + octets.count + (octets[0] == 0 ? 0 : 1))
        withUnsafePointer(to: &address) { pointer in
            _ = pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(raw, $0, length) }
        }
    }

    /// The next datagram, or nil after a second.
    func next() -> String? {
        var waiting = pollfd(fd: raw, events: Int16(POLLIN), revents: 0)
        guard poll(&waiting, 1, 1000) == 1 else { return nil }
        var buffer = [UInt8](repeating: 0, count: 65536)
        let count = recv(raw, &buffer, buffer.count, 0)
        return count < 0 ? nil : String(decoding: buffer.prefix(count), as: UTF8.self)
    }

    func close(removingPath: Bool = true) {
        Glibc.close(raw)
        if removingPath { unlink(path) }
    }
}
