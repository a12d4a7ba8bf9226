// What a script request comes to on this host: the program, as whom it runs, and whether it is safe.

import Control
import Glibc
import Linux

/// Why a script cannot be run, in words.
struct ScriptFailure: Error {
    let reason: String
    init(_ reason: String) { self.reason = reason }
}

/// A script that can be started.
struct ScriptProgram {
    let path: String
    private let arguments: [String]
    let credentials: Credentials?
    /// The part of the path that others than root can change, if it runs as root.
    let weakness: String?

    var isWritableByOthers: Bool { weakness != nil }

    /// keepalived's default user for scripts.
    private static let defaultUser = "keepalived_script"

    init(_ request: ScriptRequest) throws(ScriptFailure) {
        let words = try Self.resolve(request.words)
        let first = words[0]
        path = first
        arguments = words
        credentials = try Self.credentials(request)
        let runsAsRoot = (credentials?.uid ?? geteuid()) == 0
        weakness = runsAsRoot ? Self.weakness(of: first) : nil
        if let weakness, request.requiresSecurity {
            throw ScriptFailure(
                "it runs as root, but \(weakness) can be changed by others (enable_script_security is set)")
        }
    }

    /// A command without a slash is looked for along PATH; one that begins with a redirection is a shell's
    /// (`</dev/tcp/127.0.0.1/80` is a customary check of a port, and bash's).
    private static func resolve(_ words: [String]) throws(ScriptFailure) -> [String] {
        guard let first = words.first, !first.isEmpty else { throw ScriptFailure("there is no command") }
        if first.hasPrefix("/") { return words }
        if first.hasPrefix("<") {
            let shell = FileSystem.exists("/bin/bash") ? "/bin/bash" : "/bin/sh"
            return [shell, "-c", words.joined(separator: " ")]
        }
        guard !first.contains("/") else {
            throw ScriptFailure("'\(first)' is neither an absolute path nor a command's name")
        }
        let own = Environment["PATH"]?.split(separator: ":").map(String.init) ?? []
        let candidates = (own + standardPath).filter { $0.hasPrefix("/") }.map { "\($0)/\(first)" }
        let found = candidates.first { access($0, X_OK) == 0 }
        guard let found else { throw ScriptFailure("there is no command '\(first)'") }
        return [found] + words.dropFirst()
    }

    /// Where commands are, whatever the daemon's own PATH says.
    private static let standardPath = [
        "/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin",
    ]

    /// Starts the program. A file without `#!` is a shell's, as it would be on a command line.
    func start(_ request: ScriptRequest) throws(SystemError) -> ChildProcess {
        var spawn = spawnRequest(request)
        do throws(SystemError) {
            return try ChildProcess.spawn(spawn)
        } catch {
            guard error.errno == ENOEXEC else { throw error }
            spawn.path = "/bin/sh"
            spawn.arguments = ["/bin/sh", path] + arguments.dropFirst()
            return try ChildProcess.spawn(spawn)
        }
    }

    private static func credentials(_ request: ScriptRequest) throws(ScriptFailure) -> Credentials? {
        guard let user = request.user else {
            return UserDatabase.lookUp(user: defaultUser, group: request.group)
        }
        guard let found = UserDatabase.lookUp(user: user, group: request.group) else {
            let group = request.group.map { " or group '\($0)'" } ?? ""
            throw ScriptFailure("there is no user '\(user)'\(group)")
        }
        return found
    }

    /// The first component of the path that is not root's alone; a sticky directory is safe for what stands
    /// in it only if root owns that.
    private static func weakness(of path: String) -> String? {
        guard let resolved = realpath(path, nil) else { return nil }
        defer { free(resolved) }
        var current = ""
        for part in String(cString: resolved).split(separator: "/") {
            current += "/\(part)"
            var status = stat()
            guard stat(current, &status) == 0 else { return nil }
            let isSticky = status.st_mode & S_ISVTX != 0
            if status.st_uid != 0 || (status.st_mode & 0o022 != 0 && !isSticky) { return current }
        }
        return nil
    }

    /// The child's environment: what this process has without the variables that change how programs are
    /// loaded or words are split, and what the request adds.
    private func spawnRequest(_ request: ScriptRequest) -> SpawnRequest {
        let unsafe = ["IFS=", "LD_PRELOAD=", "LD_LIBRARY_PATH=", "SWIFT_BACKTRACE="]
        let inherited = Environment.all.filter { entry in !unsafe.contains { entry.hasPrefix($0) } }
        var spawn = SpawnRequest(
            path: path, arguments: arguments, environment: inherited + request.environment)
        spawn.credentials = credentials
        spawn.newProcessGroup = true
        spawn.deathSignal = SIGTERM
        return spawn
    }
}
