// The processes of a VRRP daemon on a host, and which part of it each one is: what faults are done to.

import Glibc
import Linux
import Simulation

/// A process of batond or keepalived, at one moment.
package struct DaemonProcess: Sendable {
    package let part: DaemonPart
    package let pid: Int32
    /// Not stopped.
    package let isRunning: Bool

    /// Those of a host: the guard, its children, and what a dead guard left behind.
    /// `holder` is the host's first process.
    package static func all(holder: Int32, guard pid: Int32?) -> [DaemonProcess] {
        var pids = ProcessTree.children(of: holder)
        if let pid, pid > 0 { pids = [pid] + ProcessTree.children(of: pid) + pids }
        return pids.compactMap { Self($0, guard: pid) }
    }

    init(part: DaemonPart, pid: Int32, isRunning: Bool) {
        self.part = part
        self.pid = pid
        self.isRunning = isRunning
    }

    private init?(_ pid: Int32, guard first: Int32?) {
        guard let (name, state) = ProcessTree.nameAndState(of: pid), let part = Self.part(name, pid, first)
        else { return nil }
        self.part = part
        self.pid = pid
        isRunning = !"Tt".contains(state)
    }

    /// By the name that the kernel knows; nil: it is none of a daemon's.
    private static func part(_ name: Substring, _ pid: Int32, _ first: Int32?) -> DaemonPart? {
        switch name {
        case "(batond)":
            let arguments = RunningProcess(pid: pid)?.arguments ?? []
            if arguments.contains("--role=engine") { return .engine }
            if arguments.contains("--role=runner") { return .runner }
            return pid == first ? .guard : nil
        case "(keepalived)": return pid == first ? .guard : .engine
        default: return nil
        }
    }
}

extension [DaemonProcess] {
    /// Those of some parts, part by part.
    package func pids(of parts: [DaemonPart]) -> [Int32] {
        parts.flatMap { part in filter { $0.part == part }.map(\.pid) }
    }
}
