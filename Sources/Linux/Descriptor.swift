// A file descriptor that somebody owns: closed exactly once, when its owner lets go of it.

import Glibc

/// Owns a descriptor and closes it in `deinit`. Hand out `raw` only for the owner's lifetime.
package final class Descriptor: Sendable {
    package let raw: Int32

    /// Takes over `raw`, which MUST be open and owned by nobody else.
    package init(adopting raw: Int32) {
        precondition(raw >= 0, "a descriptor must be open: \(raw)")
        self.raw = raw
    }

    deinit { close(raw) }

    /// A second descriptor of the same open file, closed on exec.
    package func duplicate() throws(SystemError) -> Descriptor {
        Descriptor(adopting: try check(fcntl(raw, F_DUPFD_CLOEXEC, 3), "fcntl"))
    }
}
