// Wakes an event loop from another thread: an eventfd.

import CLinux
import Glibc

/// A flag that one thread raises and another's event loop sees.
package final class EventNotifier: Sendable {
    package let descriptor: Descriptor

    package init() throws(SystemError) {
        let flags = Int32(EFD_NONBLOCK) | Int32(EFD_CLOEXEC)
        descriptor = Descriptor(adopting: try check(eventfd(0, flags), "eventfd"))
    }

    /// Raises the flag. From any thread; never waits.
    package func raise() {
        var one: UInt64 = 1
        _ = write(descriptor.raw, &one, 8)
    }

    /// Lowers the flag; whether it was raised.
    @discardableResult
    package func lower() -> Bool {
        var count: UInt64 = 0
        return read(descriptor.raw, &count, 8) == 8
    }
}
