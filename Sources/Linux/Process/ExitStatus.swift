// How a child process ended, and how to say it.

import CLinux
import Glibc

/// The end of a process.
package enum ExitStatus: Hashable, Sendable, CustomStringConvertible {
    /// It called `exit` with this status (0...255).
    case exited(Int32)
    /// This signal ended it.
    case signalled(Int32, coreDumped: Bool)

    package var isSuccess: Bool { self == .exited(0) }

    /// "exited with status 1", "killed by SIGSEGV (Segmentation fault), core dumped".
    package var description: String {
        switch self {
        case .exited(let status):
            return "exited with status \(status)"
        case .signalled(let signal, let coreDumped):
            let words = strsignal(signal).map { " (\(String(cString: $0)))" } ?? ""
            return "killed by \(Self.name(ofSignal: signal))\(words)" + (coreDumped ? ", core dumped" : "")
        }
    }

    /// "SIGTERM", or "signal 34" for a number without a name.
    package static func name(ofSignal signal: Int32) -> String {
        guard let name = clinux_signal_name(signal) else { return "signal \(signal)" }
        return "SIG" + String(cString: name)
    }

    /// From `waitid`'s `si_code` and `si_status`.
    init(code: Int32, status: Int32) {
        self =
            code == Int32(CLD_EXITED)
            ? .exited(status) : .signalled(status, coreDumped: code == Int32(CLD_DUMPED))
    }
}
