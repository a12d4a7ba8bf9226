// Signals as events: blocked, and read from a signalfd. Made before any other thread exists,
// since each thread has its own mask and inherits it from its creator. Ends of children are
// not seen here but by their pidfd: two SIGCHLD may merge into one.

import CLinux
import Glibc

/// A signal that has arrived.
package struct ReceivedSignal: Hashable, Sendable {
    package let signal: Int32
    /// Who sent it; 0: the kernel.
    package let senderPID: Int32
    package let senderUID: UInt32
}

/// Blocks signals in the calling thread and delivers them as data. They stay blocked when it is gone.
package final class SignalSource {
    package let descriptor: Descriptor

    /// Takes over `signals` from their default actions. MUST be called before other threads are started.
    package init(_ signals: [Int32]) throws(SystemError) {
        var set = sigset_t()
        sigemptyset(&set)
        for signal in signals {
            try check(sigaddset(&set, signal), "sigaddset", ExitStatus.name(ofSignal: signal))
        }
        let result = pthread_sigmask(SIG_BLOCK, &set, nil)
        guard result == 0 else { throw SystemError("pthread_sigmask", errno: result) }
        let flags = Int32(SFD_NONBLOCK) | Int32(SFD_CLOEXEC)
        descriptor = Descriptor(adopting: try check(signalfd(-1, &set, flags), "signalfd"))
    }

    /// The next pending signal; nil if there is none.
    package func next() throws(SystemError) -> ReceivedSignal? {
        var details = signalfd_siginfo()
        let size = MemoryLayout<signalfd_siginfo>.size
        guard let count = try checkNonBlocking(read(descriptor.raw, &details, size), "read", "signalfd"),
            count == size
        else { return nil }
        return ReceivedSignal(
            signal: Int32(details.ssi_signo), senderPID: Int32(details.ssi_pid), senderUID: details.ssi_uid)
    }
}
