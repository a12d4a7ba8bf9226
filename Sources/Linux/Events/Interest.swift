// What a watched descriptor is waited for.

import CLinux
import Glibc

/// Conditions of a descriptor. An error or hang-up is always reported as well.
package struct Interest: OptionSet, Sendable {
    package let rawValue: UInt32

    package init(rawValue: UInt32) { self.rawValue = rawValue }

    /// There is something to read, or the end of file.
    package static let read = Interest(rawValue: EPOLLIN.rawValue)
    /// Writing would not wait.
    package static let write = Interest(rawValue: EPOLLOUT.rawValue)
    /// Exceptional condition: a polled file of the kernel has changed.
    package static let priority = Interest(rawValue: EPOLLPRI.rawValue)
}
