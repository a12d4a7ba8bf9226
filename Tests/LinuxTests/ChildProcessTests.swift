// Spawning real programs: what they get, what is refused, and how they end.

import Glibc
import Linux
import Testing

@Suite struct ChildProcessTests {
    /// Runs a shell line with its standard output in a pipe; the output and the status.
    private func run(
        _ line: String, adjust: (inout SpawnRequest) -> Void = { _ in }
    ) throws -> (output: String, status: Linux.ExitStatus) {
        var ends: [Int32] = [0, 0]
        try #require(pipe(&ends) == 0)
        let (reader, writer) = (Descriptor(adopting: ends[0]), Descriptor(adopting: ends[1]))
        var request = SpawnRequest(
            path: "/bin/sh", arguments: ["sh", "-c", line], environment: ["PATH=/usr/bin:/bin"])
        request.descriptors = [(writer.raw, 1)]
        adjust(&request)
        let child = try ChildProcess.spawn(request)
        let status = child.wait()
        var buffer = [UInt8](repeating: 0, count: 4096)
        _ = fcntl(reader.raw, F_SETFL, O_NONBLOCK)
        let count = max(0, read(reader.raw, &buffer, buffer.count))
        return (String(decoding: buffer.prefix(count), as: UTF8.self), status)
    }

    @Test func aProgramGetsItsArgumentsEnvironmentAndStatus() throws {
        let (output, status) = try run("echo $COLOUR $0; exit 3") {
            $0.arguments = ["sh", "-c", "echo $COLOUR $0; exit 3", "name with blank"]
            $0.environment = ["COLOUR=blue"]
        }
        #expect(output == "blue name with blank\n")
        #expect(status == .exited(3))
        #expect(status.description == "exited with status 3")
    }

    @Test func onlyTheNamedDescriptorsAreOpen() throws {
        let extra = open("/etc/hostname", O_RDONLY)
        defer { close(extra) }
        let (output, _) = try run("exec ls -l /proc/self/fd") {
            $0.descriptors += [(extra, 7), (extra, 5)]
        }
        let open = output.split(separator: "\n").compactMap { line -> String? in
            let words = line.split(separator: " ")
            // The directory that `ls` itself reads does not count.
            guard words.count > 3, !line.hasSuffix("/fd") else { return nil }
            return "\(words[words.count - 3]) \(words[words.count - 1])"
        }
        #expect(
            open.filter { !$0.hasPrefix("1 ") } == [
                "0 /dev/null", "2 /dev/null", "5 /etc/hostname", "7 /etc/hostname",
            ])
        #expect(open.count == 5)
    }

    @Test func descriptorsMaySwapTheirNumbers() throws {
        let first = open("/etc/hostname", O_RDONLY)
        let second = open("/etc/passwd", O_RDONLY)
        defer {
            close(first)
            close(second)
        }
        let (output, _) = try run("readlink /proc/$$/fd/\(first) /proc/$$/fd/\(second)") {
            $0.descriptors += [(first, second), (second, first)]
        }
        #expect(output == "/etc/passwd\n/etc/hostname\n")
    }

    @Test(arguments: [
        ("/nonexistent/program", ENOENT), ("/proc/version", EACCES), ("/", EACCES),
    ])
    func aProgramThatCannotRunIsAnErrorNotAnExitStatus(path: String, number: Int32) throws {
        let error = #expect(throws: SystemError.self) {
            try ChildProcess.spawn(SpawnRequest(path: path, arguments: [path], environment: []))
        }
        #expect(error == SystemError(call: "execve", errno: number, subject: path))
    }

    @Test func aScriptWithoutItsInterpreterIsAnError() throws {
        let path = "/tmp/baton-test-script-\(getpid())"
        try FileSystem.writeAtomically(path, Array("#!/nonexistent/shell\n".utf8), mode: 0o755)
        defer { unlink(path) }
        let error = #expect(throws: SystemError.self) {
            try ChildProcess.spawn(SpawnRequest(path: path, arguments: [path], environment: []))
        }
        #expect(error?.call == "execve")
        #expect(error?.errno == ENOENT)
    }

    @Test func credentialsAreTakenCompletely() throws {
        let nobody = try #require(UserDatabase.lookUp(user: "nobody", group: "daemon"))
        let (output, status) = try run("id -u; id -g; id -G; umask; pwd") {
            $0.credentials = nobody
            $0.umask = 0o027
            $0.workingDirectory = "/usr"
        }
        #expect(status.isSuccess)
        let lines = output.split(separator: "\n").map(String.init)
        #expect(lines.count == 5)
        #expect(lines.first == "\(nobody.uid)")
        #expect(lines[1] == "\(nobody.gid)" && lines[1] == "1")
        #expect(!lines[2].split(separator: " ").contains("0"))
        #expect(lines[3] == "0027" && lines[4] == "/usr")
    }

    @Test func theParentsGroupsAreGivenUp() async {
        await #expect(processExitsWith: .exitCode(61)) {
            guard setgroups(2, [0, 4]) == 0 else { exit(1) }
            var request = SpawnRequest(
                path: "/bin/sh", arguments: ["sh", "-c", "test \"$(id -G)\" = 65534"],
                environment: ["PATH=/usr/bin:/bin"])
            request.credentials = Credentials(uid: 65534, gid: 65534)
            exit(try ChildProcess.spawn(request).wait().isSuccess ? 61 : 2)
        }
    }

    @Test func rightsThatCannotBeTakenAreAnError() throws {
        // The number that setresuid would take for "leave as it is".
        var request = SpawnRequest(path: "/bin/true", arguments: ["true"], environment: [])
        request.credentials = Credentials(uid: .max, gid: 0)
        let error = #expect(throws: SystemError.self) { try ChildProcess.spawn(request) }
        #expect(error == SystemError(call: "setresuid", errno: EINVAL, subject: "/bin/true"))
        request.credentials = nil
        request.workingDirectory = "/nonexistent"
        let second = #expect(throws: SystemError.self) { try ChildProcess.spawn(request) }
        #expect(second == SystemError(call: "chdir", errno: ENOENT, subject: "/nonexistent"))
    }

    @Test func aGroupIsKilledWithItsChildren() throws {
        var ends: [Int32] = [0, 0]
        try #require(pipe(&ends) == 0)
        let reader = Descriptor(adopting: ends[0])
        var request = SpawnRequest(
            path: "/bin/sh", arguments: ["sh", "-c", "sleep 60 & sleep 60 & wait"],
            environment: ["PATH=/usr/bin:/bin"])
        request.descriptors = [(ends[1], 1)]
        request.newProcessGroup = true
        let child = try ChildProcess.spawn(request)
        close(ends[1])
        #expect(child.reap() == nil)
        usleep(100_000)
        child.signalGroup(SIGKILL)
        #expect(child.wait() == .signalled(SIGKILL, coreDumped: false))
        #expect(child.wait().description == "was killed by SIGKILL")
        // End of file: nobody of the group holds the pipe any more.
        var waiting = pollfd(fd: reader.raw, events: Int16(POLLIN), revents: 0)
        #expect(poll(&waiting, 1, 2000) == 1)
        #expect(Int32(waiting.revents) & Int32(POLLHUP) != 0)
    }

    @Test func ignoredAndBlockedSignalsAreNotInherited() throws {
        let old = signal(SIGPIPE, SIG_IGN)
        defer { signal(SIGPIPE, old) }
        let (output, _) = try run("grep -E 'SigBlk|SigIgn' /proc/self/status")
        let values = output.split(separator: "\n").compactMap { line in
            line.split(separator: "\t").last.flatMap { UInt64($0, radix: 16) }
        }
        // Signals 32 and 33 belong to the C library, which lets nobody change their action.
        #expect(values.map { $0 & ~0x1_8000_0000 } == [0, 0])
    }

    @Test func realTimeSchedulingIsGivenBack() throws {
        let (output, _) = try run("cat /proc/self/stat | cut -d' ' -f19,41") { $0.resetsScheduling = true }
        #expect(output == "0 0\n")
    }

    @Test func unknownUsersAndGroupsAreNotMadeUp() throws {
        #expect(UserDatabase.lookUp(user: "no-such-user", group: nil) == nil)
        #expect(UserDatabase.lookUp(user: "root", group: "no-such-group") == nil)
        // The number that the kernel takes for "leave it as it is".
        #expect(UserDatabase.lookUp(user: "4294967295", group: nil) == nil)
        #expect(UserDatabase.lookUp(user: "root", group: "4294967295") == nil)
        #expect(UserDatabase.lookUp(user: "4000000", group: "7") == Credentials(uid: 4_000_000, gid: 7))
        #expect(UserDatabase.lookUp(user: "0", group: nil) == Credentials(uid: 0, gid: 0))
    }
}
