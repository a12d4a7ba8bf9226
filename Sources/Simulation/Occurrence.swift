// Everything that can be scheduled. A life is the number of a process: what was scheduled for a dead one does nothing.

import Control

/// Something that happens at a moment.
enum Occurrence {
    /// The engine's deadline, or its turn on a slow host.
    case engineDue(host: Int)
    /// The engine has been executed and has read its configuration.
    case engineLoaded(host: Int, life: Int)
    case guardDue(host: Int, life: Int, GuardTimer)
    /// A process has died; the guard hears of it unless it is stopped.
    case childEnded(host: Int, life: Int, part: DaemonPart)
    /// The kernel's reports of its network are read.
    case reports(host: Int)
    /// An address may have outlived its lease.
    case leaseDue(host: Int)
    /// Duplicate address detection is over.
    case detected(host: Int)
    case flight(Flight)
    /// The runner looks at what it watches.
    case watch(host: Int, kind: WatchKind, name: String)
    /// A notify script ends.
    case scriptEnds(host: Int, life: Int, lane: String)
    /// Every client asks for its address.
    case probe
    /// The service is started, or tried to be.
    case serviceStart(host: Int)
}

/// The processes of a daemon.
package enum DaemonPart: String, Sendable, Hashable, CaseIterable {
    case `guard`, engine, runner
}
