// Threads in another network namespace (setns(2)), for the lab.

import CLinux
import Glibc

package enum NetworkNamespace {
    /// Moves the calling thread into the namespace at `path` (such as /proc/PID/ns/net) for good.
    package static func enter(_ path: String) throws(SystemError) {
        let raw = try check("open", path) { open(path, O_RDONLY | O_CLOEXEC) }
        let descriptor = Descriptor(adopting: raw)
        try check("setns", path) { clinux_setns_network(descriptor.raw) }
    }
}
