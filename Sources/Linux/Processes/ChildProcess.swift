// Starting and ending processes. A program that cannot be executed is an error of the start, never an
// exit status, so a script that does not run cannot look like one that succeeded.

import CLinux
import Glibc

/// As whom a child runs.
package struct Credentials: Sendable, Hashable {
    package var uid: UInt32
    package var gid: UInt32
    package var supplementaryGroups: [UInt32]

    package init(uid: UInt32, gid: UInt32, supplementaryGroups: [UInt32] = []) {
        self.uid = uid
        self.gid = gid
        self.supplementaryGroups = supplementaryGroups
    }
}

/// What to start, and how it differs from this process.
package struct SpawnRequest {
    package var path: String
    /// Includes argv[0].
    package var arguments: [String]
    package var environment: [String]
    /// Open descriptors for the child; 0, 1 and 2 are /dev/null unless given, all others are closed. A source
    /// may be given twice, or have the number of another one's target.
    package var descriptors: [(source: Int32, target: Int32)] = []
    package var credentials: Credentials?
    package var newProcessGroup = false
    package var newSession = false
    /// The signal that the child gets when its parent's thread dies.
    package var deathSignal: Int32?
    /// SCHED_OTHER and nice 0, whatever this process has.
    package var resetsScheduling = true
    /// Entered with the child's credentials; nil: as this process.
    package var workingDirectory: String?
    /// The file mode creation mask; nil: as this process.
    package var umask: UInt32?

    package init(path: String, arguments: [String], environment: [String]) {
        self.path = path
        self.arguments = arguments
        self.environment = environment
    }
}

/// How a process ended.
package enum ExitStatus: Sendable, Hashable, CustomStringConvertible {
    case exited(Int32)
    case signalled(Int32, coreDumped: Bool)

    package var isSuccess: Bool { self == .exited(0) }

    package var description: String {
        switch self {
        case .exited(let status): "exited with status \(status)"
        case .signalled(let number, let dumped):
            "was killed by \(Signals.name(number))\(dumped ? " (core dumped)" : "")"
        }
    }
}

/// A running child of this process.
package final class ChildProcess {
    package let pid: Int32
    private let pidfd: Descriptor
    private var status: ExitStatus?
    /// Readable once the child has ended.
    package var raw: Int32 { pidfd.raw }

    private init(pid: Int32, pidfd: Descriptor) {
        self.pid = pid
        self.pidfd = pidfd
    }

    /// Returns after `execve` has succeeded. Throws a SystemError whose call is the step that failed
    /// ("execve", "setresuid", …); then no child is left. Waits for the file system that holds the program.
    package static func spawn(_ request: SpawnRequest) throws(SystemError) -> ChildProcess {
        let texts = [request.path] + request.arguments + request.environment
        guard texts.allSatisfy({ !$0.utf8.contains(0) }) else {
            throw SystemError(call: "execve", errno: EINVAL, subject: request.path)
        }
        // The kernel reads this number as "leave it as it is", which would keep root's rights.
        if let credentials = request.credentials, credentials.uid == .max || credentials.gid == .max {
            throw SystemError(call: "setresuid", errno: EINVAL, subject: request.path)
        }
        let (pid, pidfd) = try request.start()
        return ChildProcess(pid: pid, pidfd: Descriptor(adopting: pidfd))
    }

    /// Ignored if the child has ended.
    package func signal(_ number: Int32) { _ = clinux_pidfd_send_signal(pidfd.raw, number) }

    /// To the child's process group; it MUST have been started with one of its own. Also reaches what is left
    /// of the group when the child has ended; to be sure that the number still means this group, call it
    /// before the child is reaped.
    package func signalGroup(_ number: Int32) { _ = kill(-pid, number) }

    /// Nil while the child runs.
    package func reap() -> ExitStatus? { collect(WNOHANG) }

    /// Waits for the end.
    package func wait() -> ExitStatus { collect(0) ?? .exited(127) }

    private func collect(_ options: Int32) -> ExitStatus? {
        if let status { return status }
        var information: Int32 = 0
        var result = waitpid(pid, &information, options)
        while result < 0, errno == EINTR { result = waitpid(pid, &information, options) }
        guard result == pid else { return nil }
        let number = information & 0x7f
        status =
            number == 0
            ? .exited((information >> 8) & 0xff)
            : .signalled(number, coreDumped: information & 0x80 != 0)
        return status
    }
}

extension SpawnRequest {
    fileprivate func start() throws(SystemError) -> (pid: Int32, pidfd: Int32) {
        let argv = CStrings(arguments)
        let envp = CStrings(environment)
        let sources = descriptors.map(\.source)
        let targets = descriptors.map(\.target)
        let groups = credentials?.supplementaryGroups ?? []
        var step: UnsafePointer<CChar>?
        var pidfd: Int32 = -1
        let directory = workingDirectory.map { strdup($0) } ?? nil
        defer { free(directory) }
        let pid = path.withCString { path in
            sources.withUnsafeBufferPointer { sources in
                targets.withUnsafeBufferPointer { targets in
                    groups.withUnsafeBufferPointer { groups in
                        var raw = clinux_spawn_request(
                            path: path, arguments: argv.pointers, environment: envp.pointers,
                            sources: sources.baseAddress, targets: targets.baseAddress,
                            descriptor_count: Int32(sources.count), changes_user: credentials == nil ? 0 : 1,
                            uid: credentials?.uid ?? 0, gid: credentials?.gid ?? 0,
                            groups: groups.baseAddress, group_count: Int32(groups.count),
                            new_process_group: newProcessGroup ? 1 : 0, new_session: newSession ? 1 : 0,
                            death_signal: deathSignal ?? 0, resets_scheduling: resetsScheduling ? 1 : 0,
                            directory: directory, mask: umask.map { Int32($0 & 0o777) } ?? -1)
                        return clinux_spawn(&raw, &pidfd, &step)
                    }
                }
            }
        }
        guard pid >= 0 else {
            let number = errno
            let call = step.map { String(cString: $0) } ?? "fork"
            throw SystemError(call: call, errno: number, subject: subject(of: call))
        }
        return (pid, pidfd)
    }
}

extension SpawnRequest {
    fileprivate func subject(of step: String) -> String {
        switch step {
        case "chdir": workingDirectory ?? path
        case "setresuid", "setgroups": "uid \(credentials?.uid ?? 0)"
        case "setresgid": "gid \(credentials?.gid ?? 0)"
        default: path
        }
    }
}

/// A null-terminated array of C strings that lives as long as this object.
private final class CStrings {
    let pointers: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
    private let count: Int

    init(_ strings: [String]) {
        count = strings.count
        pointers = .allocate(capacity: strings.count + 1)
        for (index, string) in strings.enumerated() { pointers[index] = strdup(string) }
        pointers[count] = nil
    }

    deinit {
        for index in 0..<count { free(pointers[index]) }
        pointers.deallocate()
    }
}
