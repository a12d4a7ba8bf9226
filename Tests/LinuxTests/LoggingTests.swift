// What a log daemon, a console and a service manager really get.

import Glibc
import Linux
import Testing

@Suite struct LoggingTests {
    @Test func aSyslogLineHasTheFormOfRFC3164() throws {
        let path = "/tmp/baton-test-log-\(getpid())"
        let server = UnixServer(path: path, type: SOCK_DGRAM)
        defer { server.close() }
        let sink = SyslogSink(ident: "Keepalived_vrrp", facility: 3 << 3, path: path)
        sink.write(.notice, "(web) Entering MASTER STATE")
        let line = try #require(server.next())
        #expect(
            line.contains(
                /^<29>[A-Z][a-z]{2} [ 0-9]\d \d\d:\d\d:\d\d Keepalived_vrrp\[\d+\]: \(web\) Entering MASTER STATE$/
            ))
        #expect(line.contains("[\(getpid())]"))
    }

    @Test func noInputForgesALine() throws {
        let path = "@baton-test-log-forge-\(getpid())"
        let server = UnixServer(path: path, type: SOCK_DGRAM)
        defer { server.close() }
        let sink = SyslogSink(ident: "x", path: path)
        sink.write(.error, "one\n<0>two\r\u{1b}[2Jthree\0")
        #expect(try #require(server.next()).hasSuffix("]: one <0>two  [2Jthree "))
        sink.write(.error, String(repeating: "é", count: 20_000))
        #expect(try #require(server.next()).utf8.count < 8200)
    }

    @Test func aRestartedLogDaemonIsFoundAndTheGapIsTold() throws {
        let path = "/tmp/baton-test-log-restart-\(getpid())"
        let sink = SyslogSink(ident: "x", path: path)
        sink.write(.info, "nobody listens")
        sink.write(.info, "nobody listens")
        #expect(sink.dropped == 2)
        let first = UnixServer(path: path, type: SOCK_DGRAM)
        sink.write(.info, "first")
        #expect(first.next()?.hasSuffix("2 log lines were lost") == true)
        #expect(first.next()?.hasSuffix("first") == true)
        first.close()
        let second = UnixServer(path: path, type: SOCK_DGRAM)
        defer { second.close() }
        sink.write(.info, "second")
        #expect(second.next()?.hasSuffix("]: second") == true)
        #expect(sink.dropped == 2)
    }

    @Test func aLogDaemonThatDoesNotReadNeverStopsTheDaemon() {
        let path = "@baton-test-log-slow-\(getpid())"
        let server = UnixServer(path: path, type: SOCK_DGRAM)
        defer { server.close() }
        let sink = SyslogSink(ident: "x", path: path)
        let start = MonotonicClock.now
        for _ in 0..<2000 { sink.write(.info, "line") }
        #expect(sink.dropped > 0)
        #expect(MonotonicClock.now - start < 2_000_000_000)
    }

    @Test func aConsoleLineHasTheFormOfKeepalived() throws {
        var ends: [Int32] = [-1, -1]
        try #require(pipe(&ends) == 0)
        let (reader, writer) = (Descriptor(adopting: ends[0]), Descriptor(adopting: ends[1]))
        let sink = ConsoleSink(descriptor: writer.raw)
        sink.write(.info, "Starting")
        var buffer = [UInt8](repeating: 0, count: 256)
        let count = read(reader.raw, &buffer, buffer.count)
        let text = String(decoding: buffer.prefix(max(0, count)), as: UTF8.self)
        // "Sat Nov 21 01:33:38 2026: Starting"
        #expect(text.contains(/^[A-Z][a-z]{2} [A-Z][a-z]{2} [ 0-9]\d \d\d:\d\d:\d\d \d{4}: Starting\n$/))

        for _ in 0..<3000 { sink.write(.info, "nobody reads this line any more") }
        #expect(sink.dropped > 0, "a full pipe loses lines and does not stop the daemon")
    }

    @Test(arguments: ["/tmp/baton-test-notify-\(getpid())", "@baton-test-notify-\(getpid())"])
    func theServiceManagerHears(path: String) {
        let server = UnixServer(path: path, type: SOCK_DGRAM)
        defer { server.close() }
        let notifier = ServiceNotifier(
            socketPath: path, watchdogMicroseconds: "3000000", watchdogPID: "\(getpid())")
        #expect(notifier.watchdogInterval == 3_000_000_000)
        notifier.notify("READY=1\nSTATUS=2 instances")
        #expect(server.next() == "READY=1\nSTATUS=2 instances")
        notifier.notifyReloading()
        #expect(server.next()?.contains(/^RELOADING=1\nMONOTONIC_USEC=\d+$/) == true)
    }

    @Test func withoutAServiceManagerNothingHappens() {
        for path in [nil, "", "relative", "vsock:2:1234", "/nonexistent/notify"] as [String?] {
            ServiceNotifier(socketPath: path).notify("READY=1")
        }
        #expect(ServiceNotifier(socketPath: nil, watchdogMicroseconds: "x").watchdogInterval == nil)
        for odd in ["0", "-5", "9223372036854775807"] {
            #expect(ServiceNotifier(socketPath: nil, watchdogMicroseconds: odd).watchdogInterval == nil)
        }
        let foreign = ServiceNotifier(socketPath: nil, watchdogMicroseconds: "5", watchdogPID: "1")
        #expect(foreign.watchdogInterval == nil)
    }
}
