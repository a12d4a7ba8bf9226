// Threads in another network namespace (setns(2)), for the lab.

import CLinux
import Glibc
import Synchronization

package enum NetworkNamespace {
    /// Moves the calling thread into the namespace at `path` (such as /proc/PID/ns/net) for good.
    package static func enter(_ path: String) throws(SystemError) {
        let raw = try check("open", path) { open(path, O_RDONLY | O_CLOEXEC) }
        let descriptor = Descriptor(adopting: raw)
        try check("setns", path) { clinux_setns_network(descriptor.raw) }
    }

    /// Runs `body` on a thread of its own inside the namespace, and waits for it. Sockets that it opens stay in
    /// the namespace, whichever thread uses them later.
    package static func run<Value: Sendable>(
        in path: String, _ body: @escaping @Sendable () throws(SystemError) -> Value
    ) throws(SystemError) -> Value {
        let outcome = Outcome<Value>()
        let done = try EventNotifier()
        try WorkerThread.start {
            outcome.result.withLock {
                $0 = Result { () throws(SystemError) in
                    try enter(path)
                    return try body()
                }
            }
            done.notify()
        }
        var waiting = pollfd(fd: done.raw, events: Int16(POLLIN), revents: 0)
        try check("poll") { poll(&waiting, 1, -1) }
        guard let result = outcome.result.withLock({ $0 }) else {
            throw SystemError(call: "setns", errno: ESRCH, subject: path)
        }
        return try result.get()
    }

    private final class Outcome<Value: Sendable>: Sendable {
        let result = Mutex<Result<Value, SystemError>?>(nil)
    }
}
