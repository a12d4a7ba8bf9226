// What the runner watches, with real scripts, files and processes, and the pipes that tell of events.

import Control
import Foundation
import Glibc
import Linux
import Testing

@testable import Notification

extension RunnerRig {
    func watch(_ requests: [WatchRequest]) throws {
        for message in [.watchesBegin] + requests.map({ RunnerMessage.watch($0) }) + [.watchesEnd] {
            #expect(try channel.send(message.encoded))
        }
    }

    func script(
        _ name: String, _ text: String, interval: UInt32 = 100, timeout: UInt32? = nil,
        change: (inout ScriptWatch) -> Void = { _ in }
    ) -> WatchRequest {
        var watch = ScriptWatch(
            name: name, words: ["/bin/sh", "-c", text], intervalMilliseconds: interval,
            timeoutMilliseconds: timeout ?? interval)
        change(&watch)
        return .script(watch)
    }

    /// Results as they come, until `condition` holds for the last value of each name.
    @discardableResult
    func results(
        _ seconds: Double = 5, until condition: ([String: Int32]) -> Bool
    ) throws -> [String: Int32] {
        let end = MonotonicClock.now + Int64(seconds * 1e9)
        while true {
            guard case .message(let octets) = try channel.receive() else {
                if condition(last) { return last }
                try #require(MonotonicClock.now < end, "\(last) \(log)")
                usleep(5_000)
                continue
            }
            let result = try WatchResult(decoding: octets)
            last[result.name] = result.value
            history.append("\(result.name) \(result.value)")
        }
    }

    func write(_ name: String, _ text: String, mode: UInt32 = 0o755) throws {
        try FileSystem.writeAtomically("\(folder)/\(name)", Array(text.utf8), mode: mode)
    }

    func exists(_ pid: String) -> Bool {
        Int32(pid.trimmingCharacters(in: .whitespacesAndNewlines)).map { kill($0, 0) == 0 } ?? false
    }
}

@Suite(.serialized) struct ScriptWatchTests {
    @Test(.timeLimit(.minutes(1))) func theFirstRunDecides() throws {
        let rig = try RunnerRig()
        try rig.watch([
            rig.script("good", "exit 0") { $0.rise = 5 }, rig.script("bad", "exit 1") { $0.fall = 5 },
            rig.script("killed", "kill -9 $$"),
        ])
        try rig.results { $0 == ["good": 1, "bad": 0, "killed": 0] }
        #expect(rig.log.contains { $0 == "info: VRRP_Script(good) succeeded" })
        #expect(rig.log.contains { $0 == "notice: VRRP_Script(bad) failed (exited with status 1)" })
        try rig.drain()
    }

    @Test(.timeLimit(.minutes(1))) func riseAndFallCountInARow() throws {
        let rig = try RunnerRig()
        // Every run leaves a mark, so the runs between two verdicts can be counted.
        let text = "echo >> \(rig.folder)/runs; test ! -e \(rig.folder)/broken"
        try rig.watch([
            rig.script("s", text) {
                $0.rise = 2
                $0.fall = 3
            }
        ])
        try rig.results { $0["s"] == 1 }
        try rig.write("broken", "")
        let before = rig.text("runs").count
        try rig.results { $0["s"] == 0 }
        #expect(rig.text("runs").count - before >= 3)
        unlink("\(rig.folder)/broken")
        let failed = rig.text("runs").count
        try rig.results { $0["s"] == 1 }
        #expect(rig.text("runs").count - failed >= 2)
        try rig.drain()
    }

    @Test(.timeLimit(.minutes(1))) func initFailIsDownUntilItRises() throws {
        let rig = try RunnerRig()
        try rig.watch([
            rig.script("s", "exit 0", interval: 200) {
                $0.startsFailed = true; $0.rise = 2
            }
        ])
        try rig.results { $0["s"] == 1 }
        #expect(rig.history == ["s 0", "s 1"])
        try rig.drain()
    }

    @Test(.timeLimit(.minutes(1))) func aTimeoutIsAFailureAndEndsTheGroup() throws {
        let rig = try RunnerRig()
        let text =
            "trap '' TERM; (trap '' TERM; sh -c 'echo $PPID' > \(rig.folder)/child; sleep 60) & sleep 60"
        let begun = MonotonicClock.now
        try rig.watch([rig.script("s", text, interval: 30_000, timeout: 300)])
        try rig.results { $0["s"] == 0 }
        #expect(MonotonicClock.now - begun < 1_500_000_000)
        #expect(rig.log.contains { $0.contains("VRRP_Script(s) failed (timed_out)") })
        let child = rig.text("child")
        try #require(!child.isEmpty)
        try rig.until(5) { !rig.exists(child) }
        try rig.drain()
    }

    @Test(.timeLimit(.minutes(1))) func whatCannotRunHasFailedAndIsSaidOnce() throws {
        let rig = try RunnerRig()
        let path = "\(rig.folder)/check"
        try rig.watch([
            .script(
                ScriptWatch(
                    name: "s", words: [path], intervalMilliseconds: 50, timeoutMilliseconds: 50))
        ])
        try rig.results { $0["s"] == 0 }
        usleep(300_000)
        #expect(rig.log.count { $0.hasPrefix("error:") && $0.contains("cannot be run") } == 1, "\(rig.log)")
        try rig.write("check", "#!/bin/sh\nexit 0\n")
        try rig.results { $0["s"] == 1 }
        try rig.drain()
    }

    @Test(.timeLimit(.minutes(1))) func commandsAreFoundAsOnACommandLine() throws {
        let rig = try RunnerRig()
        try rig.write("bare", "exit 0\n")
        func words(_ name: String, _ words: [String]) -> WatchRequest {
            .script(
                ScriptWatch(
                    name: name, words: words, intervalMilliseconds: 1000, timeoutMilliseconds: 1000))
        }
        try rig.watch([
            words("path", ["true"]), words("no shebang", ["\(rig.folder)/bare"]),
            words("redirection", ["</dev/null"]),
        ])
        try rig.results { $0 == ["path": 1, "no shebang": 1, "redirection": 1] }
        try rig.drain()
    }

    @Test(.timeLimit(.minutes(1))) func aNewRoundKeepsWhatStaysAndTellsItAgain() throws {
        let rig = try RunnerRig()
        let stays = rig.script("stays", "echo >> \(rig.folder)/runs", interval: 60_000)
        try rig.watch([stays, rig.script("goes", "echo >> \(rig.folder)/gone")])
        try rig.results { $0 == ["stays": 1, "goes": 1] }
        rig.last = [:]
        try rig.watch([stays, rig.script("comes", "exit 1")])
        try rig.results { $0 == ["stays": 1, "comes": 0] }
        let gone = rig.text("gone").count
        usleep(400_000)
        #expect(rig.text("gone").count <= gone + 1)
        #expect(rig.text("runs") == "\n")
        try rig.drain()
    }

    /// Issue: 200 scripts, a tenth of them hanging, forking, failing: each has its verdict, and nothing is left.
    @Test(.timeLimit(.minutes(2))) func twoHundredScripts() throws {
        let rig = try RunnerRig()
        let mark = "sleep 1234.\(getpid())"
        let requests = (0..<200).map { index in
            let text =
                switch index % 10 {
                case 0: mark
                case 1: "(\(mark)) & (\(mark)) & wait"
                case 2: "exit 1"
                default: "exit 0"
                }
            return rig.script("s\(index)", text, interval: 1000)
        }
        try rig.watch(requests)
        // On a busy machine a good script may take longer than its second once.
        try rig.results(30) { results in results.count == 200 && results.filter { $0.value == 0 }.count == 60
        }
        sleep(3)
        let running = try Self.processes(mark)
        #expect(running <= 140, "each script runs once at a time: \(running)")
        try rig.drain()
        #expect(try Self.processes(mark) == 0)
    }

    /// How many processes have this command line.
    static func processes(_ text: String) throws -> Int {
        RunningProcess.all.count { $0.arguments.joined(separator: " ") == text }
    }
}

@Suite(.serialized) struct FileWatchTests {
    @Test(.timeLimit(.minutes(1))) func theNumberIsFollowed() throws {
        let rig = try RunnerRig()
        let path = "\(rig.folder)/deep/number"
        try rig.watch([.file(FileWatch(name: "f", path: path))])
        try rig.results { $0["f"] == 0 }
        try FileSystem.makeDirectory("\(rig.folder)/deep")
        try rig.write("deep/number", " -12 \n")
        try rig.results { $0["f"] == -12 }
        try rig.write("deep/number", "+7x")
        try rig.results { $0["f"] == 7 }
        rename(path, "\(path).old")
        try rig.results { $0["f"] == 0 }
        try rig.write("deep/number", "999999999999999999999999")
        try rig.results { $0["f"] == .max }
        unlink(path)
        try rig.results { $0["f"] == 0 }
        symlink("number.old", path)
        try rig.results { $0["f"] == -12 || $0["f"] == 7 }
        try rig.drain()
    }

    @Test(.timeLimit(.minutes(1))) func aFileCanBeginWithANumber() throws {
        let rig = try RunnerRig()
        try rig.write("kept", "3")
        try rig.write("replaced", "3")
        let requests = ["new", "kept", "replaced"].map { name in
            var watch = FileWatch(name: name, path: "\(rig.folder)/\(name)")
            watch.initialValue = 5
            watch.overwrites = name == "replaced"
            return WatchRequest.file(watch)
        }
        try rig.watch(requests)
        try rig.results { $0 == ["new": 5, "kept": 3, "replaced": 5] }
        try rig.drain()
    }

    @Test(.timeLimit(.minutes(1))) func aPipeOrADirectoryIsNoNumber() throws {
        let rig = try RunnerRig()
        mkfifo("\(rig.folder)/pipe", 0o600)
        try rig.watch([
            .file(FileWatch(name: "p", path: "\(rig.folder)/pipe")),
            .file(FileWatch(name: "d", path: "/tmp")),
        ])
        try rig.results { $0 == ["p": 0, "d": 0] }
        try rig.drain()
    }
}

@Suite(.serialized) struct ProcessWatchTests {
    @Test(.timeLimit(.minutes(1))) func processesComeAndGo() throws {
        let rig = try RunnerRig()
        let name = "napper\(getpid() % 10_000)"
        try rig.write("link", "")
        unlink("\(rig.folder)/link")
        symlink("/bin/sleep", "\(rig.folder)/\(name)")
        let program = "\(rig.folder)/\(name)"
        var two = ProcessWatch(name: "two", words: [name])
        two.quorum = 2
        var exact = ProcessWatch(name: "exact", words: [program, "61"])
        exact.comparesFullCommand = true
        exact.parameterMatch = .exact
        var initial = ProcessWatch(name: "initial", words: [program, "6"])
        initial.comparesFullCommand = true
        initial.parameterMatch = .initial
        try rig.watch([
            .process(ProcessWatch(name: "one", words: [name])), .process(two), .process(exact),
            .process(initial),
        ])
        try rig.results { $0 == ["one": 0, "two": 0, "exact": 0, "initial": 0] }
        let first = try ChildProcess.spawn(
            SpawnRequest(path: program, arguments: [program, "60"], environment: []))
        try rig.results { $0 == ["one": 1, "two": 0, "exact": 0, "initial": 1] }
        let second = try ChildProcess.spawn(
            SpawnRequest(path: program, arguments: [program, "61"], environment: []))
        try rig.results { $0 == ["one": 1, "two": 1, "exact": 1, "initial": 1] }
        first.signal(9)
        _ = first.wait()
        try rig.results { $0["two"] == 0 && $0["one"] == 1 }
        second.signal(9)
        _ = second.wait()
        try rig.results { $0.values.allSatisfy { $0 == 0 } }
        #expect(rig.log.contains { $0.contains("Quorum gained for tracked process two") })
        try rig.drain()
    }

    @Test(.timeLimit(.minutes(1))) func aChangeMustLast() throws {
        let rig = try RunnerRig()
        let name = "blink\(getpid() % 10_000)"
        symlink("/bin/sleep", "\(rig.folder)/\(name)")
        var watch = ProcessWatch(name: "w", words: [name])
        watch.forkDelayMicroseconds = 1_500_000
        try rig.watch([.process(watch)])
        try rig.results { $0["w"] == 0 }
        let program = "\(rig.folder)/\(name)"
        let short = try ChildProcess.spawn(
            SpawnRequest(path: program, arguments: [program, "0.3"], environment: []))
        _ = short.wait()
        let long = try ChildProcess.spawn(
            SpawnRequest(path: program, arguments: [program, "60"], environment: []))
        let begun = MonotonicClock.now
        try rig.results { $0["w"] == 1 }
        #expect(MonotonicClock.now - begun > 1_000_000_000)
        #expect(rig.history == ["w 0", "w 1"])
        long.signal(9)
        _ = long.wait()
        try rig.drain()
    }
}

@Suite(.serialized) struct PipeTests {
    private func event(_ rig: RunnerRig, _ subject: String, _ line: String) throws {
        while try !rig.channel.send(RunnerMessage.event(subject: subject, line: line + "\n").encoded) {
            usleep(1000)
        }
    }

    @Test(.timeLimit(.minutes(1))) func aReaderGetsEveryLineAndTwoPipesAreAlike() throws {
        let rig = try RunnerRig()
        try rig.write("reader", "#!/bin/sh\nexec cat $1 \"$2\" > \(rig.folder)/out\n")
        let (first, second) = ("\(rig.folder)/one.fifo", "\(rig.folder)/two.fifo")
        _ = try rig.channel.send(
            RunnerMessage.pipes([
                PipeRequest(path: first, readerWords: ["\(rig.folder)/reader", "-u"]),
                PipeRequest(path: second),
            ]).encoded)
        for index in 0..<50 { try event(rig, "INSTANCE A", "INSTANCE \"A\" MASTER \(index)") }
        try rig.until(5) { rig.text("out").split(separator: "\n").count == 50 }
        #expect(rig.text("out").hasSuffix("INSTANCE \"A\" MASTER 49\n"))
        let other = try ChildProcess.spawn(
            SpawnRequest(
                path: "/bin/sh",
                arguments: ["sh", "-c", "head -n 50 \(second) > \(rig.folder)/copy"], environment: []))
        #expect(other.wait().isSuccess)
        #expect(rig.text("copy") == rig.text("out"))
        try rig.drain()
        #expect(!FileSystem.exists(first))
    }

    @Test(.timeLimit(.minutes(1))) func aSlowReaderLosesNoFinalState() throws {
        let rig = try RunnerRig()
        let path = "\(rig.folder)/slow.fifo"
        _ = try rig.channel.send(RunnerMessage.pipes([PipeRequest(path: path)]).encoded)
        let padding = String(repeating: "x", count: 200)
        try event(rig, "INSTANCE B", "INSTANCE \"B\" FAULT 0")
        for index in 0..<3000 { try event(rig, "INSTANCE A", "\(padding) \(index)") }
        try event(rig, "INSTANCE C", "INSTANCE \"C\" MASTER 1")
        try rig.until(5) { rig.log.contains { $0.contains("older events give way") } }
        let reader = try ChildProcess.spawn(
            SpawnRequest(
                path: "/bin/sh",
                arguments: ["sh", "-c", "grep -m 1 'INSTANCE \"C\"' \(path) > \(rig.folder)/c"],
                environment: []))
        #expect(reader.wait().isSuccess)
        #expect(rig.text("c") == "INSTANCE \"C\" MASTER 1\n")
        try rig.drain()
    }

    @Test(.timeLimit(.minutes(1))) func nothingElseIsOverwritten() throws {
        let rig = try RunnerRig()
        try rig.write("file", "precious")
        symlink("\(rig.folder)/file", "\(rig.folder)/link")
        let paths = ["file", "link"].map { PipeRequest(path: "\(rig.folder)/\($0)") }
        _ = try rig.channel.send(RunnerMessage.pipes(paths).encoded)
        try rig.drain()
        #expect(rig.text("file") == "precious")
        #expect(rig.log.count { $0.hasPrefix("error: events are not written") } == 2, "\(rig.log)")
    }
}
