// A thread for work that may take long beside an event loop: parsing a configuration. Its stack is
// given in octets, since locked memory and deep recursion both care.

import Glibc

/// A POSIX thread that runs one closure.
package final class WorkerThread {
    private final class Work: Sendable {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }

    private let thread: pthread_t
    private var isJoined = false

    /// Starts `body` on a new thread with at least `stackBytes` of stack. Without `join` the thread goes on
    /// by itself when the value is gone.
    package static func start(
        stackBytes: Int = 1 << 20, body: @escaping @Sendable () -> Void
    ) throws(SystemError) -> WorkerThread {
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        defer { pthread_attr_destroy(&attributes) }
        pthread_attr_setstacksize(&attributes, max(stackBytes, 128 * 1024))
        let work = Unmanaged.passRetained(Work(body))
        var thread = pthread_t()
        let result = pthread_create(
            &thread, &attributes,
            { argument in
                guard let argument else { return nil }
                Unmanaged<Work>.fromOpaque(argument).takeRetainedValue().body()
                return nil
            }, work.toOpaque())
        guard result == 0 else {
            work.release()
            throw SystemError("pthread_create", errno: result)
        }
        return WorkerThread(thread)
    }

    private init(_ thread: pthread_t) { self.thread = thread }

    deinit { if !isJoined { pthread_detach(thread) } }

    /// Waits for the end of the closure.
    package func join() {
        guard !isJoined else { return }
        isJoined = true
        pthread_join(thread, nil)
    }
}
