// Two hosts joined by a cable, as network namespaces that live as long as a test: `left` and `right`, each
// with `eth0`. Made with iproute2, so that what it shows is not our own code's opinion.

import Glibc
import Linux
import Synchronization
import Testing

/// Whether this machine lets the tests make namespaces.
let canMakeNamespaces = getuid() == 0 && (access("/usr/sbin/ip", X_OK) == 0 || access("/sbin/ip", X_OK) == 0)

/// A program that could not do its work, and what it said.
struct CommandFailure: Error, CustomStringConvertible {
    let description: String
}

/// Runs a line of shell with a limit of ten seconds; its standard output.
@discardableResult
func shell(_ line: String) throws -> String {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { throw CommandFailure(description: "pipe") }
    let reader = Descriptor(adopting: ends[0])
    var request = SpawnRequest(
        path: "/bin/sh", arguments: ["sh", "-c", line], environment: ["PATH=/usr/sbin:/usr/bin:/sbin:/bin"])
    request.newProcessGroup = true
    request.descriptors = [(ends[1], 1), (ends[1], 2)]
    let child = try ChildProcess.spawn(request)
    close(ends[1])
    let limit = MonotonicClock.now + 10_000_000_000
    var output: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65536)
    while true {
        var waiting = pollfd(fd: reader.raw, events: Int16(POLLIN), revents: 0)
        guard poll(&waiting, 1, Int32((limit - MonotonicClock.now) / 1_000_000)) == 1 else {
            child.signalGroup(SIGKILL)
            _ = child.wait()
            throw CommandFailure(description: "\(line): still running after 10 s")
        }
        let count = read(reader.raw, &buffer, buffer.count)
        if count <= 0 { break }
        output += buffer.prefix(count)
    }
    let status = child.wait()
    let text = String(decoding: output, as: UTF8.self)
    guard status.isSuccess else { throw CommandFailure(description: "\(line): \(status): \(text)") }
    return text
}

/// Two namespaces and a veth pair between them, removed at the end.
final class TestNetwork: Sendable {
    let left: String
    let right: String
    private static let count = Atomic(0)

    init() throws {
        let number = Self.count.add(1, ordering: .relaxed).newValue
        left = "baton-t\(getpid())-\(number)l"
        right = "baton-t\(getpid())-\(number)r"
        try shell(
            """
            ip netns add \(left) && ip netns add \(right) &&
            ip -n \(left) link add eth0 type veth peer name eth0 netns \(right) &&
            for host in \(left) \(right); do
                ip netns exec $host sysctl -qw net.ipv6.conf.eth0.accept_dad=0 &&
                ip -n $host link set lo up && ip -n $host link set eth0 up || exit 1
            done
            """)
        // Carrier on both ends.
        for _ in 0..<100 where !(try ip(left, "link show eth0").contains("LOWER_UP")) { usleep(10_000) }
    }

    deinit { _ = try? shell("ip netns del \(left); ip netns del \(right)") }

    /// `ip -n host …`
    @discardableResult
    func ip(_ host: String, _ arguments: String) throws -> String { try shell("ip -n \(host) \(arguments)") }

    /// Runs `body` inside a host. What it makes may be used outside afterwards, by one thread.
    func inside<Value>(
        _ host: String, _ body: @escaping @Sendable () throws(SystemError) -> Value
    ) throws(SystemError) -> Value {
        try NetworkNamespace.run(in: "/run/netns/\(host)") { () throws(SystemError) in
            Moved(value: try body())
        }.value
    }

    func interfaceIndex(_ host: String) throws -> Int32 {
        let links = try inside(host) { () throws(SystemError) in try RouteSocket().links() }
        return try #require(links.first { $0.name == "eth0" }).index
    }

    func loopbackIndex(_ host: String) throws -> Int32 {
        let links = try inside(host) { () throws(SystemError) in try RouteSocket().links() }
        return try #require(links.first { $0.isLoopback }).index
    }

    private struct Moved<Value>: @unchecked Sendable {
        let value: Value
    }
}

/// Waits up to two seconds for something to arrive.
func eventually<Value>(_ body: () throws -> Value?) rethrows -> Value? {
    let limit = MonotonicClock.now + 2_000_000_000
    while MonotonicClock.now < limit {
        if let value = try body() { return value }
        usleep(2_000)
    }
    return nil
}
