// The small servers and clients that the lab's demonstration needs, each in a host's network.

import Glibc
import Linux
import Synchronization

/// Blocking sockets with a time limit, for short conversations.
package final class TCPStream {
    private let descriptor: Descriptor
    private var received: [UInt8] = []

    fileprivate init(_ raw: Int32) {
        descriptor = Descriptor(adopting: raw)
        var limit = timeval(tv_sec: 2, tv_usec: 0)
        let size = socklen_t(MemoryLayout<timeval>.size)
        setsockopt(raw, SOL_SOCKET, SO_RCVTIMEO, &limit, size)
        setsockopt(raw, SOL_SOCKET, SO_SNDTIMEO, &limit, size)
    }

    /// Connects from the calling thread's network; nil: it did not work.
    package static func connect(_ address: String, _ port: UInt16) -> TCPStream? {
        let raw = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard raw >= 0 else { return nil }
        let stream = TCPStream(raw)
        var target = Self.address(port)
        inet_pton(AF_INET, address, &target.sin_addr)
        let result = withUnsafePointer(to: &target) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(raw, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        return result == 0 ? stream : nil
    }

    fileprivate static func address(_ port: UInt16) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        return address
    }

    package func send(_ text: String) {
        let octets = Array(text.utf8)
        _ = Glibc.send(descriptor.raw, octets, octets.count, Int32(MSG_NOSIGNAL))
    }

    /// A line without its end; nil at the end.
    package func line() -> String? {
        while true {
            if let end = received.firstIndex(of: UInt8(ascii: "\n")) {
                let line = received[..<end].filter { $0 != UInt8(ascii: "\r") }
                received.removeSubrange(...end)
                return String(decoding: line, as: UTF8.self)
            }
            guard fill() else { return nil }
        }
    }

    /// Everything up to the end.
    package func rest() -> String {
        while fill() {}
        return String(decoding: received, as: UTF8.self)
    }

    private func fill() -> Bool {
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = recv(descriptor.raw, &buffer, buffer.count, 0)
        if count > 0 { received += buffer[..<count] }
        return count > 0
    }
}

/// Accepts connections on a host, one at a time, until the program ends.
package enum TCPService {
    package static func start(
        on host: LabHost, port: UInt16, _ serve: @escaping @Sendable (TCPStream) -> Void
    ) throws {
        let namespace = "/proc/\(host.pid)/ns/net"
        let state = Mutex<Bool?>(nil)
        let ready = Box(state)
        try WorkerThread.start {
            guard (try? NetworkNamespace.enter(namespace)) != nil, let raw = listen(port) else {
                return ready.set(false)
            }
            ready.set(true)
            while true {
                let connection = accept(raw, nil, nil)
                guard connection >= 0 else { continue }
                serve(TCPStream(connection))
            }
        }
        let isReady = try Wait.value(seconds: 5, "port \(port) on \(host.name)") { ready.value }
        guard isReady else { throw LabError("cannot listen on port \(port) of \(host.name)") }
    }

    private final class Box: Sendable {
        private let state: Mutex<Bool?>
        init(_ state: consuming Mutex<Bool?>) { self.state = state }
        func set(_ value: Bool) { state.withLock { $0 = value } }
        var value: Bool? { state.withLock { $0 } }
    }

    private static func listen(_ port: UInt16) -> Int32? {
        let raw = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard raw >= 0 else { return nil }
        var one: Int32 = 1
        setsockopt(raw, SOL_SOCKET, SO_REUSEADDR, &one, socklen_t(MemoryLayout<Int32>.size))
        var address = TCPStream.address(port)
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(raw, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        return result == 0 && Glibc.listen(raw, 16) == 0 ? raw : nil
    }
}

/// A mail server that keeps the headers of what it gets.
package final class MailSink: Sendable {
    private let mails = Mutex<[[String]]>([])

    package init() {}

    package func start(on host: LabHost, port: UInt16) throws {
        try TCPService.start(on: host, port: port) { [self] stream in serve(stream) }
    }

    /// The lines of each mail, headers first.
    package var received: [[String]] { mails.withLock { $0 } }

    private func serve(_ stream: TCPStream) {
        stream.send("220 inbox\r\n")
        while let line = stream.line() {
            let verb = line.prefix(4).uppercased()
            switch verb {
            case "DATA":
                stream.send("354 go on\r\n")
                var lines: [String] = []
                while let text = stream.line(), text != "." { lines.append(text) }
                mails.withLock { $0.append(lines) }
                stream.send("250 kept\r\n")
            case "QUIT": return stream.send("221 bye\r\n")
            default: stream.send("250 ok\r\n")
            }
        }
    }
}

/// A page that says which host serves it, where no web server is installed.
package enum BuiltInPage {
    package static func start(on host: LabHost, text: String) throws {
        try TCPService.start(on: host, port: 80) { stream in
            while let line = stream.line(), !line.isEmpty {}
            stream.send("HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\n\(text)\n")
        }
    }
}

/// Fetches a page from a host's network.
package enum HTTPClient {
    /// The body; nil: no answer.
    package static func get(_ address: String, from host: LabHost) -> String? {
        let namespace = "/proc/\(host.pid)/ns/net"
        let answer = Answer()
        try? WorkerThread.start {
            var body: String?
            if (try? NetworkNamespace.enter(namespace)) != nil, let stream = TCPStream.connect(address, 80) {
                stream.send("GET / HTTP/1.0\r\nHost: \(address)\r\n\r\n")
                body = stream.rest().split(separator: "\r\n\r\n", maxSplits: 1).dropFirst().first.map(
                    String.init)
            }
            answer.state.withLock { $0 = .some(body) }
        }
        return (try? Wait.value(seconds: 5, "") { answer.state.withLock { $0 } }) ?? nil
    }

    private final class Answer: Sendable {
        let state = Mutex<String??>(nil)
    }
}
