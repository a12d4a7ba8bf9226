// What the guard needs to know of the program that it is part of.

import Linux

/// A role of the same program.
package enum Role: String, Sendable {
    case engine, runner
}

/// What the supervisor needs from the program around it.
package struct SupervisorOptions {
    /// Starts this program in a role, its channel as descriptor 3.
    package var spawn: (Role, SequencedSocket) throws(SystemError) -> ChildProcess
    package var log: (LogPriority, String) -> Void
    package var doesNotRespawn: Bool
    /// Called each time the engine says that it is ready.
    package var onReady: (Int32) -> Void

    package init(
        spawn: @escaping (Role, SequencedSocket) throws(SystemError) -> ChildProcess,
        log: @escaping (LogPriority, String) -> Void, doesNotRespawn: Bool,
        onReady: @escaping (Int32) -> Void
    ) {
        self.spawn = spawn
        self.log = log
        self.doesNotRespawn = doesNotRespawn
        self.onReady = onReady
    }
}
