// Carries an SMTP session over TCP, blocking with timeouts: it runs on a thread of its own.

import Glibc
import Linux

enum SMTPConnection {
    /// Connects, runs the session to its end, and leaves the results in it.
    static func run(_ session: inout SMTPSession, server: String, port: UInt16, timeoutSeconds: UInt32) {
        guard let descriptor = connect(server, port, timeoutSeconds) else {
            return session.fail("cannot connect to \(server) port \(port)")
        }
        var received: [UInt8] = []
        while true {
            guard let line = readLine(descriptor, &received) else {
                return session.fail("the relay closed the connection or kept silent")
            }
            switch session.receive(line) {
            case .wait: continue
            case .send(let octets):
                guard writeAll(octets, descriptor) else { return session.fail("the connection broke") }
            case .done(let octets):
                _ = writeAll(octets, descriptor)
                return
            }
        }
    }

    private static func connect(_ server: String, _ port: UInt16, _ timeoutSeconds: UInt32) -> Descriptor? {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(server, String(port), &hints, &list) == 0 else { return nil }
        defer { freeaddrinfo(list) }
        var candidate = list
        while let info = candidate?.pointee {
            let type = info.ai_socktype | Int32(SOCK_CLOEXEC.rawValue)
            let raw = socket(info.ai_family, type, info.ai_protocol)
            if raw >= 0 {
                let descriptor = Descriptor(adopting: raw)
                var limit = timeval(tv_sec: Int(timeoutSeconds), tv_usec: 0)
                let size = socklen_t(MemoryLayout<timeval>.size)
                setsockopt(raw, SOL_SOCKET, SO_RCVTIMEO, &limit, size)
                setsockopt(raw, SOL_SOCKET, SO_SNDTIMEO, &limit, size)
                if Glibc.connect(raw, info.ai_addr, info.ai_addrlen) == 0 { return descriptor }
            }
            candidate = info.ai_next
        }
        return nil
    }

    /// A line without its end; nil at the end of the connection, at a timeout, or if it is too long.
    private static func readLine(_ descriptor: Descriptor, _ received: inout [UInt8]) -> String? {
        while true {
            if let end = received.firstIndex(of: UInt8(ascii: "\n")) {
                let line = received[..<end].filter { $0 != UInt8(ascii: "\r") }
                received.removeSubrange(...end)
                return String(decoding: line, as: UTF8.self)
            }
            guard received.count < 4096 else { return nil }
            var buffer = [UInt8](repeating: 0, count: 1024)
            let count = recv(descriptor.raw, &buffer, buffer.count, 0)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return nil }
            received += buffer[..<count]
        }
    }

    private static func writeAll(_ octets: [UInt8], _ descriptor: Descriptor) -> Bool {
        var rest = octets[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes {
                send(descriptor.raw, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }
}
