// Runs a program to its end and keeps what it printed.

import Glibc
import Linux

/// What a program printed and how it ended.
package struct CommandResult: Sendable {
    package let status: ExitStatus
    /// Standard output and standard error together.
    package let output: String
}

/// Something the lab needs did not work.
package struct LabError: Error, CustomStringConvertible {
    package let description: String
    package init(_ description: String) { self.description = description }
}

package enum Command {
    /// `words[0]` is a path. Ends the program after the time limit.
    package static func run(_ words: [String], seconds: Int64 = 60) throws -> CommandResult {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw SystemError(call: "pipe") }
        let reader = Descriptor(adopting: ends[0])
        var request = SpawnRequest(path: words[0], arguments: words, environment: Environment.all)
        request.descriptors = [(ends[1], 1), (ends[1], 2)]
        request.newProcessGroup = true
        let spawned = Result { try ChildProcess.spawn(request) }
        close(ends[1])
        let process = try spawned.get()
        let output = collect(reader, until: MonotonicClock.now + seconds * 1_000_000_000, process)
        return CommandResult(status: process.wait(), output: output)
    }

    private static func collect(_ reader: Descriptor, until deadline: Int64, _ process: ChildProcess)
        -> String
    {
        var octets: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 8192)
        while true {
            var poller = pollfd(fd: reader.raw, events: Int16(POLLIN), revents: 0)
            let wait = max(0, (deadline - MonotonicClock.now) / 1_000_000)
            guard poll(&poller, 1, Int32(clamping: wait)) > 0 else {
                process.signalGroup(SIGKILL)
                break
            }
            let count = read(reader.raw, &buffer, buffer.count)
            guard count > 0 else { break }
            octets += buffer[..<count]
        }
        return String(decoding: octets, as: UTF8.self)
    }

    /// Like `run`, but anything but success is an error that holds the output.
    @discardableResult
    package static func check(_ words: [String], seconds: Int64 = 60) throws -> String {
        let result = try run(words, seconds: seconds)
        guard result.status.isSuccess else {
            throw LabError("\(words.joined(separator: " ")): \(result.status)\n\(result.output)")
        }
        return result.output
    }

    /// The first of these programs that is installed.
    package static func find(_ name: String) -> String? {
        ["/usr/sbin", "/usr/bin", "/sbin", "/bin", "/usr/lib/frr", "/usr/local/sbin"].map { "\($0)/\(name)" }
            .first { access($0, X_OK) == 0 }
    }
}
