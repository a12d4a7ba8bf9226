// A host of the lab: its own network, mount, UTS and process namespaces, held by a process that does
// nothing else. Ending that process ends everything on the host, like a power cut.

import Glibc
import Linux

/// A host. Its directory `/run/lab` is its own; `path` names it from outside.
package final class LabHost {
    package let name: String
    private let holder: ChildProcess
    /// The host's first process, as seen from outside.
    package let pid: Int32

    package init(_ name: String) throws {
        self.name = name
        let setup = [
            "mount --make-rprivate /", "mount -t tmpfs tmpfs /run", "mkdir -p /run/lab /run/lock /run/frr",
            "hostname \(name)", "ip link set lo up", "touch /run/lab/ready", "{ sleep infinity & wait; }",
        ].joined(separator: " && ")
        var request = SpawnRequest(
            path: "/usr/bin/unshare",
            arguments: [
                "unshare", "--net", "--mount", "--uts", "--pid", "--fork", "--kill-child=SIGKILL",
                "--mount-proc", "sh", "-c", setup,
            ], environment: Environment.all)
        request.descriptors = [(2, 2)]
        holder = try ChildProcess.spawn(request)
        let parent = holder.pid
        pid = try Wait.value(seconds: 10, "host \(name) does not start") {
            guard let child = ProcessTree.children(of: parent).first,
                access("/proc/\(child)/root/run/lab/ready", F_OK) == 0
            else { return nil }
            return child
        }
    }

    deinit { powerOff() }

    /// Ends every process of the host at once.
    package func powerOff() {
        holder.signal(SIGKILL)
        _ = holder.wait()
    }

    /// A file of the host as seen from outside.
    package func path(_ path: String) -> String { "/proc/\(pid)/root\(path)" }

    package func write(_ text: String, to path: String) throws {
        try FileSystem.writeAtomically(self.path(path), Array(text.utf8), mode: 0o644)
    }

    package func read(_ path: String) -> String {
        String(decoding: (try? FileSystem.read(self.path(path))) ?? [], as: UTF8.self)
    }

    private func entering(_ words: [String]) -> [String] {
        ["/usr/bin/nsenter", "--target=\(pid)", "--net", "--mount", "--uts", "--pid", "--"] + words
    }

    /// Runs a shell command on the host to its end.
    package func run(_ command: String, seconds: Int64 = 60) throws -> CommandResult {
        try Command.run(entering(["/bin/sh", "-c", command]), seconds: seconds)
    }

    @discardableResult
    package func check(_ command: String, seconds: Int64 = 60) throws -> String {
        try Command.check(entering(["/bin/sh", "-c", command]), seconds: seconds)
    }

    /// Runs a shell command in the host's network only: it sees the lab's other processes by their outer pids.
    func checkInNetwork(_ command: String) throws {
        try Command.check(["/usr/bin/nsenter", "--target=\(pid)", "--net", "--", "/bin/sh", "-c", command])
    }

    /// Starts a program on the host; what it prints goes to `log`, a path of the host.
    package func start(_ words: [String], log: String, environment: [String] = []) throws -> HostProcess {
        let file = open(path(log), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
        guard file >= 0 else { throw SystemError(call: "open", subject: log) }
        defer { close(file) }
        let arguments = entering(words)
        var request = SpawnRequest(
            path: arguments[0], arguments: arguments,
            environment: Environment.all + ["TMPDIR=/run/lab"] + environment)
        request.descriptors = [(file, 1), (file, 2)]
        return try HostProcess(request)
    }

    /// Whether an address is on any interface of the host.
    package func hasAddress(_ address: String) -> Bool {
        let list = (try? run("ip -o addr show"))?.output ?? ""
        return list.contains(" \(address)/") || list.contains(" \(address) ")
    }
}

/// A program that was started on a host.
package final class HostProcess {
    private let enterer: ChildProcess
    /// The program's pid as seen from outside.
    package let pid: Int32

    fileprivate init(_ request: SpawnRequest) throws {
        let enterer = try ChildProcess.spawn(request)
        self.enterer = enterer
        pid = try Wait.value(seconds: 5, "\(request.arguments.last ?? "") does not start") {
            ProcessTree.children(of: enterer.pid).first ?? (enterer.reap() == nil ? nil : -1)
        }
    }

    /// It has not ended. It may be stopped, unlike `DaemonProcess.isRunning`.
    package var isRunning: Bool { enterer.reap() == nil && ProcessTree.nameAndState(of: pid) != nil }

    package func signal(_ number: Int32) {
        if isRunning { kill(pid, number) }
    }

    /// Nil: it still runs after that long.
    package func wait(seconds: Double) -> ExitStatus? {
        try? Wait.value(seconds: seconds, "") { reap() }
    }

    // nsenter, the program's parent, stops itself when the program is stopped. Continued, it continues the program: so it is
    // woken only once the program has ended, and at each question, since it may stop late.
    private func reap() -> ExitStatus? {
        if enterer.reap() == nil, ProcessTree.nameAndState(of: pid) == nil { enterer.signal(SIGCONT) }
        return enterer.reap()
    }

    /// The program's own children: of batond, the engine and the runner.
    package var children: [Int32] { isRunning ? ProcessTree.children(of: pid) : [] }

    /// The program and everything that it started, itself first; empty if it has ended.
    package var tree: [Int32] { isRunning ? ProcessTree.tree(of: pid) : [] }

    deinit {
        while reap() == nil {
            signal(SIGKILL)
            usleep(1000)
        }
    }
}

package enum ProcessTree {
    /// The children of a process, oldest first.
    package static func children(of pid: Int32) -> [Int32] {
        let text = (try? FileSystem.read("/proc/\(pid)/task/\(pid)/children")) ?? []
        return String(decoding: text, as: UTF8.self).split(separator: " ").compactMap { Int32($0) }
    }

    /// A process's name in parentheses, and its state's letter (proc_pid_stat(5)); nil: nothing is left of it, but perhaps
    /// its exit status.
    static func nameAndState(of pid: Int32) -> (name: Substring, state: Character)? {
        guard let bytes = try? FileSystem.read("/proc/\(pid)/stat") else { return nil }
        let line = String(decoding: bytes, as: UTF8.self)
        guard let begin = line.firstIndex(of: "("), let end = line.lastIndex(of: ")"),
            let state = line[end...].dropFirst(2).first, !"ZXx".contains(state)
        else { return nil }
        return (line[begin...end], state)
    }

    /// A process and all below it, itself first.
    package static func tree(of pid: Int32) -> [Int32] { [pid] + children(of: pid).flatMap(tree) }

    /// Ends processes at one moment: stopped first, so that none lives to see another's death and begins to tidy up.
    package static func killAtOnce(_ pids: [Int32]) {
        for signal in [SIGSTOP, SIGKILL] {
            for pid in pids { kill(pid, signal) }
        }
    }
}

package enum Wait {
    /// Asks every 10 ms until there is a value.
    package static func value<Value>(
        seconds: Double, _ failure: @autoclosure () -> String, _ body: () throws -> Value?
    ) throws -> Value {
        let deadline = MonotonicClock.now + Int64(seconds * 1e9)
        while true {
            if let value = try body() { return value }
            guard MonotonicClock.now < deadline else { throw LabError(failure()) }
            usleep(10_000)
        }
    }

    /// Asks every 10 ms until it is true.
    package static func until(
        seconds: Double, _ failure: @autoclosure () -> String, _ body: () throws -> Bool
    ) throws {
        _ = try value(seconds: seconds, failure()) { try body() ? true : nil }
    }
}
