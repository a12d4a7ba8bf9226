// A child process, known by its pidfd: a number that is used again cannot be mistaken for it.
// Spawning reports a program that cannot be executed, or rights that cannot be taken, as a
// SystemError: it never looks like a program that ran. Used by the guard and the runner.

import CLinux
import Glibc

/// A spawned process. It stays a zombie until `wait` or `reap` has returned its status; letting go of the
/// value does neither end nor reap it.
package final class ChildProcess {
    package let pid: Int32
    /// Readable (epoll, poll) once the process has ended.
    package let pidfd: Descriptor
    private var status: ExitStatus?

    private init(pid: Int32, pidfd: Descriptor) {
        self.pid = pid
        self.pidfd = pidfd
    }

    /// Starts the program. Returns after `execve` has succeeded; waits for that, so a path on a file system
    /// that hangs hangs the caller.
    ///
    /// Throws a SystemError with the step that failed as its call ("execve", "setresuid", …); then no child
    /// is left.
    package static func spawn(_ request: SpawnRequest) throws(SystemError) -> ChildProcess {
        for text in [request.path] + request.arguments + request.environment
        where text.utf8.contains(0) {
            throw SystemError("execve", errno: EINVAL, subject: request.path)
        }
        // The kernel reads this number as "leave as it is", which would keep root.
        if let credentials = request.credentials, credentials.uid == .max || credentials.gid == .max {
            throw SystemError("setresuid", errno: EINVAL, subject: request.path)
        }
        let result = request.withCRequest { withUnsafePointer(to: $0) { clinux_spawn($0) } }
        guard result.step == Int32(clinux_step_none.rawValue) else {
            throw SystemError(
                stepName(result.step), errno: result.error, subject: request.subject(of: result.step))
        }
        return ChildProcess(pid: result.pid, pidfd: Descriptor(adopting: result.pidfd))
    }

    /// Sends a signal to the process. Sending to one that has ended is no error.
    package func signal(_ signal: Int32) throws(SystemError) {
        guard status == nil else { return }
        do { try check(clinux_signal(pidfd.raw, signal), "pidfd_send_signal", "\(pid)") } catch {
            if error.errno != ESRCH { throw error }
        }
    }

    /// Sends a signal to the whole process group that the process leads. It MUST have been spawned with
    /// `newProcessGroup` or `newSession`. Also reaches what is left of the group after its leader has ended;
    /// to be sure that the number still means this group, call it before the leader is reaped.
    package func signalGroup(_ signal: Int32) throws(SystemError) {
        do { try check(killpg(pid, signal), "killpg", "\(pid)") } catch {
            if error.errno != ESRCH { throw error }
        }
    }

    /// Waits for the end of the process.
    @discardableResult
    package func wait() throws(SystemError) -> ExitStatus {
        while true {
            if let status = try collect(options: WEXITED) { return status }
        }
    }

    /// The status if the process has ended, without waiting; nil while it runs. Idempotent.
    package func reap() throws(SystemError) -> ExitStatus? {
        try collect(options: WEXITED | WNOHANG)
    }

    private func collect(options: Int32) throws(SystemError) -> ExitStatus? {
        if let status { return status }
        var answer = clinux_wait_result()
        func attempt() -> Int32 {
            answer = clinux_wait(pidfd.raw, options)
            return answer.result
        }
        try check(attempt(), "waitid", "\(pid)")
        guard answer.pid != 0 else { return nil }
        status = ExitStatus(code: answer.code, status: answer.status)
        return status
    }

    private static func stepName(_ step: Int32) -> String {
        switch clinux_spawn_step(UInt32(step)) {
        case clinux_step_pipe: "pipe2"
        case clinux_step_fork: "fork"
        case clinux_step_session: "setsid"
        case clinux_step_scheduling: "sched_setscheduler"
        case clinux_step_descriptors: "dup2"
        case clinux_step_groups: "setgroups"
        case clinux_step_gid: "setresgid"
        case clinux_step_uid: "setresuid"
        case clinux_step_death_signal: "prctl"
        case clinux_step_directory: "chdir"
        case clinux_step_execve: "execve"
        default: "pidfd_open"
        }
    }
}

extension SpawnRequest {
    fileprivate func subject(of step: Int32) -> String {
        switch clinux_spawn_step(UInt32(step)) {
        case clinux_step_directory: workingDirectory ?? path
        case clinux_step_uid, clinux_step_groups: credentials.map { "uid \($0.uid)" } ?? path
        case clinux_step_gid: credentials.map { "gid \($0.gid)" } ?? path
        default: path
        }
    }

    /// Calls `body` with the request in C's form, valid during the call only.
    fileprivate func withCRequest<Result>(_ body: (clinux_spawn_request) -> Result) -> Result {
        let argv = CStringArray(arguments)
        let envp = CStringArray(environment)
        let sources = descriptors.map(\.source)
        let targets = descriptors.map(\.target)
        let groups = credentials?.supplementaryGroups ?? []
        return withExtendedLifetime((argv, envp)) {
            path.withCString { path in
                sources.withUnsafeBufferPointer { sources in
                    targets.withUnsafeBufferPointer { targets in
                        groups.withUnsafeBufferPointer { groups in
                            var request = clinux_spawn_request()
                            request.path = path
                            request.arguments = UnsafePointer(argv.pointer)
                            request.environment = UnsafePointer(envp.pointer)
                            request.sources = sources.baseAddress
                            request.targets = targets.baseAddress
                            request.descriptor_count = Int32(sources.count)
                            request.groups = groups.baseAddress
                            request.group_count = Int32(groups.count)
                            fill(&request)
                            guard let workingDirectory else { return body(request) }
                            return workingDirectory.withCString {
                                request.directory = $0
                                return body(request)
                            }
                        }
                    }
                }
            }
        }
    }

    private func fill(_ request: inout clinux_spawn_request) {
        request.new_process_group = newProcessGroup ? 1 : 0
        request.new_session = newSession ? 1 : 0
        request.death_signal = deathSignal ?? 0
        request.resets_scheduling = resetsScheduling ? 1 : 0
        request.mask = umask.map { Int32(bitPattern: $0 & 0o777) } ?? -1
        if let credentials {
            request.sets_credentials = 1
            request.uid = credentials.uid
            request.gid = credentials.gid
        }
    }
}

/// A NULL-terminated array of C strings.
private final class CStringArray {
    let pointer: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
    private let count: Int

    init(_ texts: [String]) {
        count = texts.count
        pointer = .allocate(capacity: texts.count + 1)
        for (index, text) in texts.enumerated() { (pointer + index).initialize(to: strdup(text)) }
        (pointer + texts.count).initialize(to: nil)
    }

    deinit {
        for index in 0..<count { free(pointer[index]) }
        pointer.deallocate()
    }
}
