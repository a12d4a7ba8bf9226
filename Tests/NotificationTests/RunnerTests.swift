// The runner with real scripts and a real mail server.

import Control
import Foundation
import Glibc
import Linux
import Synchronization
import Testing

@testable import Notification

/// A runner on a thread of its own, with a folder for its files.
final class RunnerRig: @unchecked Sendable {
    // Sendable: the channel is used by the test alone; lines are behind a lock.
    let folder: String
    let channel: SequencedSocket
    /// What watches found: the last value of each, and all in order. The test's thread alone uses it.
    var last: [String: Int32] = [:]
    var history: [String] = []
    private let lines = Mutex<[String]>([])
    private let finished = Mutex(false)

    init(pauses: [Int64] = [1], folder: String? = nil) throws {
        var template = Array("/tmp/baton-test-XXXXXX".utf8CString)
        if folder == nil { try #require(mkdtemp(&template) != nil) }
        self.folder =
            folder ?? String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        chmod(self.folder, 0o755)
        let (own, other) = try SequencedSocket.pair()
        channel = own
        let box = Transfer(other)
        let spool = "\(self.folder)/spool"
        try WorkerThread.start { [self] in
            do {
                let runner = try Runner(
                    channel: box.socket, spoolDirectory: spool, mailPauses: pauses,
                    log: { [self] priority, text in lines.withLock { $0.append("\(priority): \(text)") } })
                try runner.run()
            } catch {
                lines.withLock { $0.append("\(error)") }
            }
            finished.withLock { $0 = true }
        }
    }

    /// Hands a socket to another thread.
    private struct Transfer: @unchecked Sendable {
        let socket: SequencedSocket
        init(_ socket: SequencedSocket) { self.socket = socket }
    }

    var log: [String] { lines.withLock { $0 } }

    func run(
        _ script: String, lane: String = "VI_1", timeout: UInt32 = 10, user: String? = nil,
        label: String = "notify"
    ) throws {
        let request = ScriptRequest(
            lane: lane, words: ["/bin/sh", "-c", script], user: user, timeoutSeconds: timeout, label: label)
        #expect(try channel.send(RunnerMessage.run(request).encoded))
    }

    func mail(_ subject: String, port: UInt16, to recipients: [String] = ["ops@example.org"]) throws {
        let request = MailRequest(
            server: "127.0.0.1", port: port, timeoutSeconds: 2, heloName: "lb1", from: "lb@example.org",
            recipients: recipients, subject: subject, body: "text\n", unixSeconds: RealtimeClock.seconds)
        #expect(try channel.send(RunnerMessage.mail(request).encoded))
    }

    func drain(seconds: Double = 8) throws {
        _ = try channel.send(RunnerMessage.drain(milliseconds: UInt32(seconds * 1000)).encoded)
        try until(seconds + 3) { self.finished.withLock { $0 } }
    }

    func until(_ seconds: Double, _ condition: () -> Bool) throws {
        let end = MonotonicClock.now + Int64(seconds * 1e9)
        while !condition() {
            try #require(MonotonicClock.now < end, "\(log)")
            usleep(10_000)
        }
    }

    func text(_ name: String) -> String {
        (try? FileSystem.read("\(folder)/\(name)")).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }
}

@Suite(.serialized) struct RunnerTests {
    @Test(.timeLimit(.minutes(1))) func aLaneIsInOrderAndLanesAreSideBySide() throws {
        let rig = try RunnerRig()
        let begun = MonotonicClock.now
        for index in 0..<5 { try rig.run("sleep 0.1; echo \(index) >> \(rig.folder)/a", lane: "A") }
        for index in 0..<5 { try rig.run("sleep 0.1; echo \(index) >> \(rig.folder)/b", lane: "B") }
        try rig.drain()
        #expect(rig.text("a") == "0\n1\n2\n3\n4\n" && rig.text("b") == "0\n1\n2\n3\n4\n")
        #expect(MonotonicClock.now - begun < 950_000_000)
    }

    @Test(.timeLimit(.minutes(1))) func theExitStatusIsLogged() throws {
        let rig = try RunnerRig()
        try rig.run("exit 3", label: "notify_master")
        try rig.drain()
        #expect(
            rig.log.contains {
                $0.hasPrefix("warning: (VI_1) notify_master /bin/sh exited with status 3 after")
            },
            "\(rig.log)")
    }

    @Test(.timeLimit(.minutes(1))) func aTimeoutEndsTheWholeGroup() throws {
        let rig = try RunnerRig()
        try rig.run(
            "trap '' TERM; (trap '' TERM; echo $$ > \(rig.folder)/pid; sleep 60) & wait; sleep 60", timeout: 1
        )
        try rig.run("echo next > \(rig.folder)/next")
        try rig.until(8) { rig.text("next") == "next\n" }
        #expect(rig.log.contains { $0.contains("runs for more than 1 s") })
        #expect(rig.log.contains { $0.contains("was killed by SIGKILL") })
        try rig.drain()
    }

    @Test(.timeLimit(.minutes(1))) func whatCannotRunIsSaidLoudly() throws {
        let rig = try RunnerRig()
        for path in ["/nowhere/script", "\(rig.folder)/plain", "relative/path", "no-such-command"] {
            let request = ScriptRequest(lane: "VI_1", words: [path], label: "notify_fault")
            _ = try rig.channel.send(RunnerMessage.run(request).encoded)
        }
        try FileSystem.writeAtomically("\(rig.folder)/plain", Array("no program".utf8))
        let request = ScriptRequest(lane: "VI_1", words: ["/bin/true"], user: "no-such-user", label: "notify")
        _ = try rig.channel.send(RunnerMessage.run(request).encoded)
        try rig.drain()
        let errors = rig.log.filter { $0.hasPrefix("error:") }
        #expect(errors.count == 5, "\(rig.log)")
        #expect(errors.contains { $0.contains("execve(/nowhere/script): No such file or directory") })
        #expect(errors.contains { $0.contains("'relative/path' is neither an absolute path nor") })
        #expect(errors.contains { $0.contains("there is no command 'no-such-command'") })
        #expect(errors.contains { $0.contains("there is no user 'no-such-user'") })
    }

    @Test(.timeLimit(.minutes(1))) func runsAsItsUser() throws {
        let rig = try RunnerRig()
        chmod(rig.folder, 0o777)
        try rig.run("id -un > \(rig.folder)/who", user: "nobody")
        try rig.drain()
        #expect(rig.text("who") == "nobody\n")
    }

    @Test(.timeLimit(.minutes(1))) func securityRefusesWhatOthersCanChange() throws {
        let rig = try RunnerRig()
        let script = "\(rig.folder)/open.sh"
        try FileSystem.writeAtomically(
            script, Array("#!/bin/sh\ntouch \(rig.folder)/ran\n".utf8), mode: 0o777)
        chmod(script, 0o777)
        var request = ScriptRequest(lane: "VI_1", words: [script], label: "notify", requiresSecurity: true)
        _ = try rig.channel.send(RunnerMessage.run(request).encoded)
        request.words = ["/bin/true"]
        _ = try rig.channel.send(RunnerMessage.run(request).encoded)
        try rig.drain()
        #expect(rig.log.contains { $0.contains("\(script) can be changed by others") }, "\(rig.log)")
        #expect(access("\(rig.folder)/ran", F_OK) != 0)
        #expect(rig.log.contains { $0.contains("/bin/true exited with status 0") })
    }

    // MARK: Mail

    /// Debian's aiosmtpd; one line for each mail. Recipients at refuse.org are refused for good.
    private func server(_ folder: String, port: UInt16) throws -> ChildProcess {
        let program = """
            import asyncio
            from email import message_from_bytes
            from aiosmtpd.controller import Controller
            class Handler:
                async def handle_RCPT(self, server, session, envelope, address, options):
                    if address.endswith('@refuse.org'): return '550 nobody here'
                    envelope.rcpt_tos.append(address)
                    return '250 ok'
                async def handle_DATA(self, server, session, envelope):
                    mail = message_from_bytes(envelope.content)
                    with open('\(folder)/inbox', 'a') as inbox:
                        inbox.write(mail['Subject'] + ' ' + ','.join(envelope.rcpt_tos) + chr(10))
                    return '250 kept'
            controller = Controller(Handler(), hostname='127.0.0.1', port=\(port))
            controller.start()
            asyncio.new_event_loop().run_forever()
            """
        let process = try ChildProcess.spawn(
            SpawnRequest(
                path: "/usr/bin/python3", arguments: ["/usr/bin/python3", "-c", program],
                environment: Environment.all)
        )
        let end = MonotonicClock.now + 20_000_000_000
        while !isListening(port) {
            try #require(
                MonotonicClock.now < end && process.reap() == nil, "python3-aiosmtpd must be installed")
            usleep(50_000)
        }
        return process
    }

    /// It is gone then: the next test's server takes the same port.
    private func stop(_ server: ChildProcess) {
        server.signal(SIGKILL)
        while server.reap() == nil { usleep(1000) }
    }

    private func isListening(_ port: UInt16) -> Bool {
        let raw = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(raw) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(raw, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }

    private var port: UInt16 { UInt16(20_000 + getpid() % 10_000) }

    @Test(.timeLimit(.minutes(1))) func mailsArriveInOrder() throws {
        let rig = try RunnerRig()
        let server = try server(rig.folder, port: port)
        defer { stop(server) }
        for state in ["MASTER", "BACKUP", "FAULT"] {
            try rig.mail("[LB] Entering \(state) state", port: port)
        }
        try rig.drain()
        #expect(
            rig.text("inbox")
                == ["MASTER", "BACKUP", "FAULT"].map { "[LB] Entering \($0) state ops@example.org\n" }
                .joined())
        #expect(try FileSystem.list("\(rig.folder)/spool") == ["failed"])
    }

    @Test(.timeLimit(.minutes(1))) func aRestartLosesNothingAndSendsOnce() throws {
        let rig = try RunnerRig()
        try rig.mail("first", port: port)
        try rig.mail("second", port: port)
        try rig.until(5) { rig.log.contains { $0.contains("mail waits") } }
        try rig.drain(seconds: 1)
        #expect(try FileSystem.list("\(rig.folder)/spool").filter { $0.hasSuffix(".mail") }.count == 2)
        let server = try server(rig.folder, port: port)
        defer { stop(server) }
        let next = try RunnerRig(folder: rig.folder)
        try next.until(10) { next.text("inbox").split(separator: "\n").count == 2 }
        usleep(1_500_000)
        try next.drain()
        #expect(next.text("inbox") == "first ops@example.org\nsecond ops@example.org\n")
    }

    @Test(.timeLimit(.minutes(1))) func whatIsRefusedForGoodIsKept() throws {
        let rig = try RunnerRig()
        let server = try server(rig.folder, port: port)
        defer { stop(server) }
        try rig.mail("two", port: port, to: ["a@refuse.org", "b@example.org"])
        try rig.drain()
        #expect(rig.text("inbox") == "two b@example.org\n")
        #expect(
            rig.log.contains { $0.contains("mail 'two' to a@refuse.org is refused: the relay says '550") })
        let kept = try FileSystem.list("\(rig.folder)/spool/failed")
        #expect(kept.count == 1)
        #expect(rig.text("spool/failed/\(kept.first ?? "")").contains("Subject: two"))
    }

    @Test(.timeLimit(.minutes(1))) func aDamagedFileDoesNotBlockTheQueue() throws {
        let rig = try RunnerRig()
        try rig.drain(seconds: 1)
        try FileSystem.writeAtomically("\(rig.folder)/spool/0-0.mail", [1, 2, 3])
        let server = try server(rig.folder, port: port)
        defer { stop(server) }
        let next = try RunnerRig(folder: rig.folder)
        try next.mail("fine", port: port)
        try next.drain()
        #expect(next.text("inbox") == "fine ops@example.org\n")
        #expect(try FileSystem.list("\(rig.folder)/spool/failed") == ["0-0.mail"])
    }
}
