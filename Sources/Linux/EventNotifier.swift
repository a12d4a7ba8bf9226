// Wakes an event loop from another thread.

import CLinux
import Glibc

/// An eventfd: `notify` from any thread makes `raw` readable.
package final class EventNotifier: @unchecked Sendable {
    // Sendable: the descriptor is immutable, and its calls are safe from any thread.
    private let descriptor: Descriptor
    package var raw: Int32 { descriptor.raw }

    package init() throws(SystemError) {
        descriptor = Descriptor(
            adopting: try check("eventfd") { eventfd(0, Int32(EFD_CLOEXEC) | Int32(EFD_NONBLOCK)) })
    }

    package func notify() {
        var one: UInt64 = 1
        _ = write(descriptor.raw, &one, 8)
    }

    package func clear() {
        var count: UInt64 = 0
        _ = read(descriptor.raw, &count, 8)
    }
}
