// What a child process shall be: program, arguments, descriptors, rights.

/// A program to execute, and everything that its process starts with. Whatever is not named here is at
/// its default: signals unblocked with default actions, all descriptors closed, 0, 1 and 2 on /dev/null.
package struct SpawnRequest: Sendable {
    /// The file to execute; no search along PATH.
    package var path: String
    /// argv, with argv[0].
    package var arguments: [String]
    /// "NAME=value"; nothing is inherited.
    package var environment: [String]
    /// The parent's descriptor `source` becomes the child's `target`. A source may be given twice, and
    /// may have the number of another one's target. Targets MUST differ from each other.
    package var descriptors: [(source: Int32, target: Int32)]
    /// Nil: as the parent.
    package var credentials: Credentials?
    /// The child leads a new process group, so that `signalGroup` reaches its children too.
    package var newProcessGroup: Bool
    /// The child leads a new session (and group), without a terminal.
    package var newSession: Bool
    /// The signal that the child gets when the *thread* that spawned it ends.
    package var deathSignal: Int32?
    /// SCHED_OTHER and niceness 0, whatever the parent has.
    package var resetsScheduling: Bool
    /// Nil: as the parent. Entered with the child's credentials.
    package var workingDirectory: String?
    /// Nil: as the parent.
    package var umask: UInt32?

    package init(
        path: String, arguments: [String], environment: [String] = [],
        descriptors: [(source: Int32, target: Int32)] = []
    ) {
        self.path = path
        self.arguments = arguments
        self.environment = environment
        self.descriptors = descriptors
        newProcessGroup = false
        newSession = false
        resetsScheduling = false
    }
}
