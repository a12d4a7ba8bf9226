// How the kernel schedules this process: real-time policy, its limit, locked memory, niceness,
// processors. Each may be forbidden (containers): then it throws, and the caller logs one line and
// goes on without.

import CLinux
import Glibc

/// Scheduling of the calling thread, and memory of the process.
package enum Scheduling {
    /// SCHED_RR with a priority of 1...99. Children start with ordinary scheduling.
    package static func setRealtime(priority: Int32) throws(SystemError) {
        try check(clinux_set_realtime(priority), "sched_setscheduler", "SCHED_RR \(priority)")
    }

    /// Back to SCHED_OTHER.
    package static func setOrdinary() throws(SystemError) {
        try check(clinux_set_realtime(0), "sched_setscheduler", "SCHED_OTHER")
    }

    /// RLIMIT_RTTIME: how long a real-time thread may run without waiting for anything. At the limit the
    /// process gets SIGXCPU, one second of running later SIGKILL: a bug cannot take the processor for ever.
    package static func limitRealtime(microseconds: UInt64) throws(SystemError) {
        let hard = microseconds.addingReportingOverflow(1_000_000).partialValue
        try check(clinux_set_realtime_limit(microseconds, hard), "setrlimit", "RLIMIT_RTTIME")
    }

    /// Keeps the process in memory. All that is mapped now is read in, so that a takeover does not wait for
    /// a disk; what is mapped later stays once touched, so that a large reservation costs nothing.
    package static func lockMemory() throws(SystemError) {
        try check(clinux_lock_memory(), "mlockall")
    }

    /// -20 (favoured) ... 19.
    package static func setNiceness(_ niceness: Int32) throws(SystemError) {
        try check(clinux_set_niceness(niceness), "setpriority", "\(niceness)")
    }

    /// Runs only on these processors, counted from 0.
    package static func setAffinity(_ processors: [UInt32]) throws(SystemError) {
        try check(clinux_set_affinity(processors, Int32(processors.count)), "sched_setaffinity")
    }

    /// The process's name as `ps` and `top` show it: at most 15 octets count.
    package static func setProcessName(_ name: String) {
        _ = clinux_set_process_name(name)
    }

    /// The signal that this process gets when the thread that made it ends. The caller checks afterwards
    /// that its parent is still there.
    package static func setDeathSignal(_ signal: Int32) throws(SystemError) {
        try check(clinux_set_death_signal(signal), "prctl", "PR_SET_PDEATHSIG")
    }
}
