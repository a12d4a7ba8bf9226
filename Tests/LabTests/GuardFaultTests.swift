// The guard with a fault in every system call that it makes: whatever it cannot do any more, no host holds an address
// for longer than the lease without advertising it.

import Foundation
import Glibc
import Lab
import Linux
import Testing
import Wire

@Suite(.serialized) struct GuardFaultTests {
    /// A host of its own network with a daemon that is master.
    private final class Subject {
        let network: Network
        let host: LabHost
        let daemon: KeepalivedLike
        private var tracer: ChildProcess?

        init() throws {
            network = try Network()
            host = try network.addHost("lb1", number: 133)
            let text = Flavour.v2.configuration(number: 133, priority: 100)
                .replacing("state BACKUP", with: "state MASTER")
            daemon = try KeepalivedLike(
                Program.baton.path, on: host, configuration: text, flags: Program.baton.flags)
            try daemon.start()
        }

        func awaitMaster() throws {
            try Wait.until(seconds: 10, daemon.log) { host.hasAddress("192.168.50.88") }
        }

        /// Traces the guard; `flags` are strace's.
        func trace(_ flags: [String], output: String = "/dev/null") throws {
            let pid = try #require(daemon.process?.pid)
            tracer = try ChildProcess.spawn(
                SpawnRequest(
                    path: "/usr/bin/strace",
                    arguments: ["strace", "-qq", "-o", output, "-p", "\(pid)"] + flags,
                    environment: []))
            try Wait.until(seconds: 5, "strace does not attach") {
                let status = (try? String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8)) ?? ""
                return !status.contains("TracerPid:\t0")
            }
        }

        func endTrace() {
            tracer?.signal(SIGTERM)
            usleep(300_000)
            tracer?.signal(SIGKILL)
            _ = tracer?.reap()
            tracer = nil
        }

        func killEngine() throws {
            let pid = host.read("/run/lab/vrrp.pid").trimmingCharacters(in: .newlines)
            _ = try host.run("kill -9 \(pid)")
        }

        /// Ends what is left, whatever state it is in.
        func end() {
            endTrace()
            for pid in daemon.process?.tree ?? [] { kill(pid, SIGKILL) }
        }
    }

    /// The system calls of a guard that hears heartbeats, loses its engine and starts another.
    private func systemCalls() throws -> [String] {
        let subject = try Subject()
        defer { subject.end() }
        try subject.awaitMaster()
        let file = FileManager.default.temporaryDirectory.appending(path: "baton-guard-\(getpid()).trace")
            .path
        defer { try? FileManager.default.removeItem(atPath: file) }
        try subject.trace([], output: file)
        usleep(1_500_000)
        try subject.killEngine()
        usleep(1_500_000)
        subject.endTrace()
        let text = try String(contentsOfFile: file, encoding: .utf8)
        let names = text.split(separator: "\n").compactMap { line -> String? in
            guard let end = line.firstIndex(of: "("), line.first?.isLowercase == true else { return nil }
            return String(line[..<end])
        }
        // What cannot fail, and what ends the process.
        return Set(names).subtracting(["exit_group", "getpid", "rt_sigreturn", "restart_syscall"]).sorted()
    }

    @Test(.timeLimit(.minutes(4)), .enabled(if: FileManager.default.fileExists(atPath: "/usr/bin/strace")))
    func everySystemCallFails() throws {
        let calls = try systemCalls()
        #expect(calls.contains("sendto") && calls.count > 8, "\(calls)")
        var problems: [String] = []
        for start in stride(from: 0, to: calls.count, by: 6) {
            problems += try round(Array(calls[start..<min(start + 6, calls.count)]))
        }
        print("a fault in each of the guard's \(calls.count) system calls: \(calls.joined(separator: " "))")
        #expect(problems.isEmpty, "\(problems.joined(separator: "\n"))")
    }

    /// Several calls at a time, each on a host of its own.
    private func round(_ calls: [String]) throws -> [String] {
        let subjects = try calls.map { call in (call: call, subject: try Subject()) }
        defer { for (_, subject) in subjects { subject.end() } }
        for (call, subject) in subjects {
            try subject.awaitMaster()
            try subject.trace(["-e", "trace=\(call)", "-e", "inject=\(call):error=EIO"])
        }
        usleep(1_000_000)
        for (_, subject) in subjects { try subject.killEngine() }
        // The lease, and time for the last renewal to be noticed.
        usleep(4_500_000)
        let observers = try subjects.map { try Observer(on: $0.subject.host) }
        usleep(2_500_000)
        return zip(subjects, observers).compactMap { entry, observer in
            observer.stop()
            let isAdvertised = observer.sightings.contains {
                if case .advertisement(_, 51, let priority) = $0.kind { priority > 0 } else { false }
            }
            let isHeld = entry.subject.host.hasAddress("192.168.50.88")
            print("\(entry.call): \(isHeld ? "goes on as master" : "the address is gone")")
            guard isHeld != isAdvertised else { return nil }
            return
                "\(entry.call): held \(isHeld), advertised \(isAdvertised)\n\(entry.subject.daemon.log.suffix(600))"
        }
    }
}
