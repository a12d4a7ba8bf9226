// The daemon as an operator meets it: starting, stopping, reloading, crashing, refusing.

import Foundation
import Glibc
import Lab
import Linux
import Testing

@Suite(.serialized) struct DaemonLifeTests {
    private func single(_ configuration: String) throws -> (Network, LabHost, KeepalivedLike) {
        let network = try Network()
        let host = try network.addHost("lb1", number: 133)
        let daemon = try KeepalivedLike(
            Program.baton.path, on: host, configuration: configuration, flags: Program.baton.flags)
        return (network, host, daemon)
    }

    private static let owner = Flavour.v2.configuration(number: 133, priority: 100)
        .replacing("state BACKUP", with: "state MASTER")

    /// The engine dies three times and is not missed; then it counts as hopeless for a while.
    @Test(.timeLimit(.minutes(1))) func aCrashIsNoFailoverAndACrashLoopIs() throws {
        let (network, host, daemon) = try single(Self.owner)
        defer { withExtendedLifetime(network) {} }
        try daemon.start()
        try Wait.until(seconds: 5, daemon.log) { host.hasAddress("192.168.50.88") }
        let observer = try Observer(on: host)
        for round in 1...3 {
            let engine = try killEngine(host)
            try Wait.until(seconds: 5, daemon.log) {
                daemon.log.components(separatedBy: "goes on as MASTER").count == round + 1
            }
            #expect(host.hasAddress("192.168.50.88"))
            #expect(host.read("/run/lab/vrrp.pid").trimmingCharacters(in: .newlines) != "\(engine)")
        }
        func hasFarewell() -> Bool {
            observer.sightings.contains {
                if case .advertisement(_, 51, 0) = $0.kind { true } else { false }
            }
        }
        #expect(!hasFarewell())
        #expect(!daemon.log.contains("withdrawn"))
        _ = try killEngine(host)
        try Wait.until(seconds: 2, daemon.log) { daemon.log.contains("withdrawn") }
        #expect(hasFarewell())
        try Wait.until(seconds: 5, daemon.log) { host.hasAddress("192.168.50.88") }
        try daemon.stop()
        #expect(!host.hasAddress("192.168.50.88"))
        observer.stop()
    }

    /// A stopped engine says nothing: it is ended, and the next one goes on before the peers lose patience.
    @Test(.timeLimit(.minutes(1))) func aHungEngineIsReplaced() throws {
        let (network, host, daemon) = try single(Self.owner)
        defer { withExtendedLifetime(network) {} }
        try daemon.start()
        try Wait.until(seconds: 5, daemon.log) { host.hasAddress("192.168.50.88") }
        let engine = host.read("/run/lab/vrrp.pid").trimmingCharacters(in: .newlines)
        try host.check("kill -STOP \(engine)")
        try Wait.until(seconds: 4, daemon.log) { daemon.log.contains("does not answer") }
        try Wait.until(seconds: 4, daemon.log) { daemon.log.contains("goes on as MASTER") }
        #expect(!daemon.log.contains("withdrawn"))
        #expect(host.hasAddress("192.168.50.88"))
        try daemon.stop()
        #expect(!host.hasAddress("192.168.50.88"))
    }

    private func killEngine(_ host: LabHost) throws -> Int32 {
        let engine = try #require(Int32(host.read("/run/lab/vrrp.pid").trimmingCharacters(in: .newlines)))
        try host.check("kill -9 \(engine)")
        return engine
    }

    @Test(.timeLimit(.minutes(1))) func deathOfTheGuardReleasesTheAddress() throws {
        let (network, host, daemon) = try single(Self.owner)
        defer { withExtendedLifetime(network) {} }
        try daemon.start()
        try Wait.until(seconds: 5, daemon.log) { host.hasAddress("192.168.50.88") }
        daemon.process?.signal(SIGKILL)
        try Wait.until(seconds: 3, daemon.log) { !host.hasAddress("192.168.50.88") }
        try Wait.until(seconds: 8, "processes are left") {
            try !host.check("ps -eo args").contains("batond")
        }
    }

    @Test(.timeLimit(.minutes(1))) func reloadKeepsTheAddressAndRefusesNonsense() throws {
        let (network, host, daemon) = try single(Self.owner)
        defer { withExtendedLifetime(network) {} }
        try daemon.start()
        try Wait.until(seconds: 5, daemon.log) { host.hasAddress("192.168.50.88") }
        let more = Self.owner.replacing("192.168.50.88/24", with: "192.168.50.88/24\n192.168.50.89/24")
        try host.write(more, to: KeepalivedLike.configurationPath)
        daemon.process?.signal(SIGHUP)
        try Wait.until(seconds: 3, daemon.log) { host.hasAddress("192.168.50.89") }
        #expect(host.hasAddress("192.168.50.88"))
        try host.write("vrrp_instance VI_1 {", to: KeepalivedLike.configurationPath)
        daemon.process?.signal(SIGHUP)
        try Wait.until(seconds: 3, daemon.log) { daemon.log.contains("the old one stays in force") }
        #expect(host.hasAddress("192.168.50.88") && host.hasAddress("192.168.50.89"))
        #expect(daemon.log.components(separatedBy: "Entering MASTER STATE").count == 2)
        try daemon.stop()
    }

    @Test(.timeLimit(.minutes(1))) func dumpFiles() throws {
        let (network, host, daemon) = try single(Self.owner)
        defer { withExtendedLifetime(network) {} }
        try daemon.start()
        try Wait.until(seconds: 5, daemon.log) { host.hasAddress("192.168.50.88") }
        try host.check("ln -s /run/lab/victim /run/lab/keepalived.data")
        daemon.process?.signal(SIGUSR1)
        daemon.process?.signal(SIGUSR2)
        try Wait.until(seconds: 3, daemon.log) {
            host.read("/run/lab/keepalived.stats").contains("Became master: 1")
        }
        try Wait.until(seconds: 3, daemon.log) {
            host.read("/run/lab/keepalived.data").contains("State = MASTER")
        }
        #expect(try host.run("test -e /run/lab/victim").status != .exited(0))
        try daemon.stop()
    }

    struct Broken: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let change: @Sendable (String) -> String
        let message: String
        let checkStatus: Int32
        let startStatus: Int32
    }

    static let broken: [Broken] = [
        Broken(
            testDescription: "missing interface", change: { $0.replacing("eth0", with: "eth7") },
            message: "interface eth7 for vrrp_instance VI_1 doesn't exist", checkStatus: 4, startStatus: 2),
        Broken(
            testDescription: "no VRID", change: { $0.replacing("virtual_router_id 51", with: "") },
            message: "(VI_1) the virtual router id must be set", checkStatus: 5, startStatus: 2),
        Broken(
            testDescription: "duplicate VRID", change: { $0 + $0.replacing("VI_1", with: "VI_2") },
            message: "VI_1 and VI_2 both use VRID 51", checkStatus: 5, startStatus: 2),
        Broken(
            testDescription: "bad address", change: { $0.replacing("192.168.50.88", with: "192.168.50.888") },
            message: "'192.168.50.888/24' is not an IP address", checkStatus: 5, startStatus: 2),
        Broken(
            testDescription: "unbalanced braces", change: { String($0.dropLast(3)) },
            message: "is never closed", checkStatus: 5, startStatus: 2),
        Broken(
            testDescription: "missing file", change: { _ in "" }, message: "No such file or directory",
            checkStatus: 6, startStatus: 6),
    ]

    @Test(.timeLimit(.minutes(1)), arguments: broken)
    func whatCannotWorkEndsCheckAndStart(_ broken: Broken) throws {
        let (network, host, _) = try single(broken.change(Self.owner))
        defer { withExtendedLifetime(network) {} }
        let isMissing = broken.checkStatus == 6
        let path = isMissing ? "/run/lab/nothing.conf" : KeepalivedLike.configurationPath
        let check = try host.run("\(Program.baton.path) -t -f \(path)")
        #expect(check.status == .exited(broken.checkStatus), "\(check.output)")
        #expect(check.output.contains(broken.message), "\(check.output)")
        for flags in ["-n -l", ""] {
            let start = try host.run(
                "\(Program.baton.path) \(flags) -f \(path) -p /run/p -r /run/r", seconds: 10)
            #expect(start.status == .exited(broken.startStatus), "\(start.output)")
            #expect(start.output.contains(broken.message), "\(start.output)")
        }
        #expect(try !host.check("ps -eo args").contains("batond"))
    }

    /// The installed init script, as `service` uses it.
    @Test(.timeLimit(.minutes(2))) func service() throws {
        let (network, host, _) = try single(Self.owner)
        defer { withExtendedLifetime(network) {} }
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().path
        let built = Program.baton.path.split(separator: "/").dropLast().map { "/\($0)" }.joined()
        // The host gets an /etc and a /usr/local of its own.
        try host.check(
            "mkdir -p /run/etc /run/local && cp -a /etc/. /run/etc/ && mount --bind /run/etc /etc"
                + " && mount --bind /run/local /usr/local && mkdir -p /etc/keepalived")
        try host.check("\(root)/scripts/install --built \(built)", seconds: 60)
        try host.check("cp \(KeepalivedLike.configurationPath) /etc/keepalived/keepalived.conf")
        #expect(try host.run("service baton status").status == .exited(3))
        // The daemon must not hold the caller's pipe open: this returns at once.
        let before = MonotonicClock.now
        let start = try host.run("service baton start", seconds: 20)
        #expect(MonotonicClock.now - before < 5_000_000_000)
        #expect(start.status == .exited(0), "\(start.output)")
        try Wait.until(seconds: 5, "no address after service baton start: \(start.output)") {
            host.hasAddress("192.168.50.88")
        }
        #expect(try host.run("service baton status").status == .exited(0))
        #expect(try host.run("service baton reload").status == .exited(0))
        // A broken file: the caller is told, and everything stays as it is.
        try host.check("echo 'vrrp_instance BAD { interface eth0 }' >> /etc/keepalived/keepalived.conf")
        let broken = try host.run("service baton reload")
        #expect(broken.status != .exited(0) && broken.output.contains("virtual router id"), "\(broken)")
        #expect(host.hasAddress("192.168.50.88"))
        try host.check("sed -i /BAD/d /etc/keepalived/keepalived.conf")
        #expect(try host.run("service baton restart", seconds: 30).status == .exited(0))
        try Wait.until(seconds: 5, "no address after restart") { host.hasAddress("192.168.50.88") }
        // Nobody else would start it again when its main process is killed; an upgrade has replaced its file.
        try host.check("cp /usr/local/sbin/batond /run/local/new && mv /run/local/new /usr/local/sbin/batond")
        let former = try host.check("cat /run/baton.pid")
        try host.check("kill -9 \(former)")
        try Wait.until(seconds: 10, "the daemon does not come back") {
            (try? host.check("cat /run/baton.pid")) ?? former != former && host.hasAddress("192.168.50.88")
        }
        #expect(try host.run("service baton status").status == .exited(0))
        let stop = try host.run("service baton stop", seconds: 30)
        #expect(stop.status == .exited(0), "\(stop.output)")
        #expect(!host.hasAddress("192.168.50.88"))
        #expect(try !host.check("ps -eo args").contains("batond"))
        #expect(try host.run("service baton status").status == .exited(3))
        try host.check("\(root)/scripts/uninstall", seconds: 30)
        #expect(
            try host.run("test -e /usr/local/sbin/batond || test -e /etc/init.d/baton").status != .exited(0))
    }
}
