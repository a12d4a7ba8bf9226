// Files: whole or not at all, never through a link; pid files that tell the truth.

import Glibc
import Linux
import Testing

@Suite struct FileTests {
    /// A fresh directory, removed with everything in it.
    private func withDirectory(_ body: (String) throws -> Void) throws {
        var template = Array("/tmp/baton-test-XXXXXX".utf8CString)
        try #require(mkdtemp(&template) != nil)
        let path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        defer {
            for name in (try? FileSystem.list(path)) ?? [] { unlink("\(path)/\(name)") }
            rmdir(path)
        }
        try body(path)
    }

    @Test func aWriteIsWholeAndLeavesNothingBeside() throws {
        try withDirectory { directory in
            let path = directory + "/state"
            try FileSystem.writeAtomically(path, Array("old".utf8), mode: 0o640, syncs: true)
            try FileSystem.writeAtomically(path, Array("new".utf8), mode: 0o640)
            #expect(try FileSystem.read(path) == Array("new".utf8))
            #expect(try FileSystem.list(directory) == ["state"])
            var status = stat()
            #expect(stat(path, &status) == 0 && status.st_mode & 0o777 == 0o640)
        }
    }

    @Test func aWriteNeverGoesThroughASymbolicLink() throws {
        try withDirectory { directory in
            let (victim, link) = (directory + "/victim", directory + "/link")
            try FileSystem.writeAtomically(victim, Array("precious".utf8))
            try #require(symlink(victim, link) == 0)
            try FileSystem.writeAtomically(link, Array("x".utf8))
            #expect(try FileSystem.read(victim) == Array("precious".utf8))
            var status = stat()
            #expect(lstat(link, &status) == 0 && status.st_mode & S_IFMT == S_IFREG)
            // Nor does the temporary file's name, guessed by an attacker.
            try #require(symlink(victim, "\(directory)/dump.\(getpid()).tmp") == 0)
            try FileSystem.writeAtomically(directory + "/dump", Array("y".utf8))
            #expect(try FileSystem.read(victim) == Array("precious".utf8))
            #expect(try FileSystem.read(directory + "/dump") == Array("y".utf8))
        }
    }

    @Test func failuresNameThePathAndLeaveTheOldFile() throws {
        let missing = #expect(throws: SystemError.self) { try FileSystem.read("/nonexistent/file") }
        #expect(missing?.description == "open(/nonexistent/file): No such file or directory (2)")
        let unwritable = #expect(throws: SystemError.self) {
            try FileSystem.writeAtomically("/proc/sys/baton", [1])
        }
        #expect(unwritable?.call == "open")
        let big = #expect(throws: SystemError.self) { try FileSystem.read("/proc/self/maps", limit: 10) }
        #expect(big?.errno == EFBIG)
        #expect(throws: SystemError.self) { try FileSystem.read("/") }
    }

    @Test func aStalePidFileIsTakenOverAndALiveOneIsNot() throws {
        try withDirectory { directory in
            let path = directory + "/keepalived.pid"
            try FileSystem.writeAtomically(path, Array("123456789012\n".utf8))
            do {
                let file = try PIDFile(path)
                #expect(try FileSystem.read(path) == Array("\(getpid())\n".utf8))
                let error = #expect(throws: SystemError.self) { try PIDFile(path) }
                #expect(error?.errno == EWOULDBLOCK)
                #expect(try FileSystem.read(path) == Array("\(getpid())\n".utf8), "the loser changes nothing")
                withExtendedLifetime(file) {}
            }
            #expect(access(path, F_OK) != 0)
        }
    }

    @Test func aPidFileThatWasReplacedIsNotRemoved() throws {
        try withDirectory { directory in
            let path = directory + "/keepalived.pid"
            do {
                let file = try PIDFile(path)
                unlink(path)
                let other = try PIDFile(path)
                _ = consume file
                #expect(access(path, F_OK) == 0)
                withExtendedLifetime(other) {}
            }
            #expect(access(path, F_OK) != 0)
        }
    }

    @Test func aPidFileIsNotWrittenThroughALink() throws {
        try withDirectory { directory in
            try #require(symlink(directory + "/target", directory + "/link") == 0)
            let error = #expect(throws: SystemError.self) { try PIDFile(directory + "/link") }
            #expect(error?.errno == ELOOP)
            #expect(access(directory + "/target", F_OK) != 0)
        }
    }

    @Test func theHostAndItsParametersCanBeRead() {
        #expect(Sysctl.read("kernel/hostname") == Environment.hostName)
        #expect(Sysctl.read("no/such/thing") == nil)
        #expect(throws: SystemError.self) { try Sysctl.write("no/such/thing", "1") }
        #expect(Environment["NO_SUCH_VARIABLE"] == nil)
        #expect(Environment.all.contains { $0.hasPrefix("PATH=") })
    }
}
