// A pid file that is also a lock: a number left behind by a dead process never says "already running".

import CLinux
import Glibc

/// Holds a pid file, locked while this object lives and removed with it.
package final class PIDFile {
    private let descriptor: Descriptor
    private let path: String

    /// Throws EWOULDBLOCK while another live process holds the file.
    package init(_ path: String) throws(SystemError) {
        self.path = path
        let flags = O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC
        descriptor = Descriptor(adopting: try check("open", path) { open(path, flags, 0o644) })
        try check("flock", path) { clinux_flock(descriptor.raw, LOCK_EX | LOCK_NB) }
        try check("ftruncate", path) { ftruncate(descriptor.raw, 0) }
        let text = Array("\(getpid())\n".utf8)
        try check("write", path) { pwrite(descriptor.raw, text, text.count, 0) }
    }

    deinit { unlink(path) }
}
