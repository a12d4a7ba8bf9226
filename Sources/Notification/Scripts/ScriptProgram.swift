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
    let credentials: Credentials?
    /// The part of the path that others than root can change, if it runs as root.
    let weakness: String?

    var isWritableByOthers: Bool { weakness != nil }

    /// keepalived's default user for scripts.
    private static let defaultUser = "keepalived_script"

    init(_ request: ScriptRequest) throws(ScriptFailure) {
        guard let first = request.words.first, first.hasPrefix("/") else {
            throw ScriptFailure("'\(request.words.first ?? "")' is no absolute path")
        }
        path = first
        credentials = try Self.credentials(request)
        let runsAsRoot = (credentials?.uid ?? geteuid()) == 0
        weakness = runsAsRoot ? Self.weakness(of: first) : nil
        if let weakness, request.requiresSecurity {
            throw ScriptFailure(
                "it runs as root, but \(weakness) can be changed by others (enable_script_security is set)")
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
    func spawnRequest(_ request: ScriptRequest) -> SpawnRequest {
        let unsafe = ["IFS=", "LD_PRELOAD=", "LD_LIBRARY_PATH=", "SWIFT_BACKTRACE="]
        let inherited = Environment.all.filter { entry in !unsafe.contains { entry.hasPrefix($0) } }
        var spawn = SpawnRequest(
            path: path, arguments: request.words, environment: inherited + request.environment)
        spawn.credentials = credentials
        spawn.newProcessGroup = true
        spawn.deathSignal = SIGTERM
        return spawn
    }
}
