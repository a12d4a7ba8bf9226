// Signals as readable events.

import CLinux
import Glibc

/// Receives signals through a descriptor. Create it before any thread exists: a thread that does not
/// block them would take the default action.
package final class SignalSource {
    private let descriptor: Descriptor
    package var raw: Int32 { descriptor.raw }

    /// Blocks the signals and makes them readable.
    package init(_ numbers: [Int32]) throws(SystemError) {
        var set = sigset_t()
        sigemptyset(&set)
        for number in numbers { try check("sigaddset", Signals.name(number)) { sigaddset(&set, number) } }
        let result = pthread_sigmask(SIG_BLOCK, &set, nil)
        guard result == 0 else { throw SystemError(call: "pthread_sigmask", errno: result) }
        descriptor = Descriptor(
            adopting: try check("signalfd") {
                signalfd(-1, &set, Int32(SFD_CLOEXEC) | Int32(SFD_NONBLOCK))
            })
    }

    /// The next pending signal, or nil.
    package func next() -> Int32? {
        var received = signalfd_siginfo()
        let size = MemoryLayout<signalfd_siginfo>.size
        return read(descriptor.raw, &received, size) == size ? Int32(received.ssi_signo) : nil
    }
}

/// Names of signals, and the numbers that only the C library knows.
package enum Signals {
    package static var realtimeMinimum: Int32 { clinux_sigrtmin() }
    /// keepalived's signal for its JSON dump: SIGRTMIN+2.
    package static var json: Int32 { clinux_sigrtmin() + 2 }
    package static var realtimeMaximum: Int32 { clinux_sigrtmax() }

    package static func restoreDefault(_ number: Int32) { signal(number, SIG_DFL) }

    package static func ignore(_ number: Int32) { signal(number, SIG_IGN) }

    /// "SIGKILL", or "signal 40".
    package static func name(_ number: Int32) -> String {
        guard let name = clinux_signal_name(number) else { return "signal \(number)" }
        return "SIG" + String(cString: name)
    }
}
