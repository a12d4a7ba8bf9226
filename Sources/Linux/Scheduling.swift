// The scheduling of this process: what keeps advertisements on time when the host is busy.

import CLinux
import Glibc

/// Each call throws where the system does not permit it; the caller says so in one line and goes on.
package enum Scheduling {
    /// SCHED_RR for the calling thread; threads and processes that it makes start as SCHED_OTHER. A bug that
    /// spins is ended by the kernel after `limitMicroseconds` of uninterrupted CPU time (RLIMIT_RTTIME).
    package static func setRealtime(priority: Int32, limitMicroseconds: UInt) throws(SystemError) {
        try check("setrlimit", "RLIMIT_RTTIME") { clinux_limit_realtime(UInt64(limitMicroseconds)) }
        var parameters = sched_param(sched_priority: priority)
        let policy = Int32(SCHED_RR) | CLINUX_SCHED_RESET_ON_FORK
        try check("sched_setscheduler", "SCHED_RR") { sched_setscheduler(0, policy, &parameters) }
    }

    /// Lets this process have so many open files, as far as the system permits it.
    package static func raiseDescriptorLimit(to count: UInt) throws(SystemError) {
        try check("setrlimit", "RLIMIT_NOFILE") { clinux_raise_descriptor_limit(UInt64(count)) }
    }

    /// Keeps the process in memory. What is mapped now is read in, so that a takeover never waits for a disk;
    /// what is mapped later stays once it has been touched, so that a large reservation costs nothing.
    package static func lockMemory() throws(SystemError) {
        try check("mlockall") { clinux_lock_memory() }
    }

    /// -20...19.
    package static func setNiceness(_ niceness: Int32) throws(SystemError) {
        try check("setpriority") { setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, niceness) }
    }

    /// Every processor there is.
    package static func clearAffinity() throws(SystemError) { try setAffinity(Array(0..<1024)) }

    package static func setAffinity(_ cpus: [Int]) throws(SystemError) {
        let numbers = cpus.map { Int32(clamping: $0) }
        try check("sched_setaffinity") { clinux_set_affinity(numbers, Int32(numbers.count)) }
    }
}
