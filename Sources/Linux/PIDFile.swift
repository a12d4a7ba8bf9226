// A pid file that is also a lock: a number left behind by a dead process never says "already running".
// The lock belongs to the file that stands at the path, which is checked after locking, since another
// process may have removed its file between opening and locking.

import CLinux
import Glibc

/// Holds a pid file, locked while this object lives and removed with it.
package final class PIDFile {
    private let descriptor: Descriptor
    private let path: String
    /// Only the process that wrote it removes it: not a child that was forked.
    private let owner = getpid()

    /// Throws EWOULDBLOCK while another live process holds the file, ELOOP if there is a symbolic link.
    package init(_ path: String) throws(SystemError) {
        self.path = path
        descriptor = try Self.lock(path)
        let text = Array("\(getpid())\n".utf8)
        // Written before it is cut to length: a reader never sees an empty file.
        try check("write", path) { [raw = descriptor.raw] in pwrite(raw, text, text.count, 0) }
        try check("ftruncate", path) { [raw = descriptor.raw] in ftruncate(raw, off_t(text.count)) }
    }

    deinit {
        if owner == getpid(), Self.isAt(path, descriptor) { unlink(path) }
    }

    private static func lock(_ path: String) throws(SystemError) -> Descriptor {
        let flags = O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK
        for _ in 0..<100 {
            let descriptor = Descriptor(adopting: try check("open", path) { clinux_open(path, flags, 0o644) })
            try check("flock", path) { clinux_flock(descriptor.raw, LOCK_EX | LOCK_NB) }
            if isAt(path, descriptor) { return descriptor }
        }
        throw SystemError(call: "flock", errno: EAGAIN, subject: path)
    }

    /// Whether the open file is the one that the path names.
    private static func isAt(_ path: String, _ descriptor: Descriptor) -> Bool {
        var opened = stat()
        var named = stat()
        return fstat(descriptor.raw, &opened) == 0 && lstat(path, &named) == 0
            && opened.st_dev == named.st_dev && opened.st_ino == named.st_ino
    }
}
