// Named pipes (fifo(7)), opened for writing without waiting for a reader.

import Glibc

package enum NamedPipe {
    /// Opens the pipe, and makes it if there is nothing of that name; `isNew` tells. Anything else of that name is
    /// an error (EEXIST), a symbolic link included. `owner`: to whom a new one is given.
    package static func open(
        _ path: String, owner: Credentials?
    ) throws(SystemError) -> (descriptor: Descriptor, isNew: Bool) {
        let isNew = mkfifo(path, 0o600) == 0
        if !isNew, errno != EEXIST { throw SystemError(call: "mkfifo", subject: path) }
        // Reading as well: so it opens without a reader, and a reader that leaves does not break it.
        let raw = try check("open", path) {
            Glibc.open(path, O_RDWR | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC)
        }
        let descriptor = Descriptor(adopting: raw)
        var status = stat()
        try check("fstat", path) { fstat(descriptor.raw, &status) }
        guard status.st_mode & S_IFMT == S_IFIFO else {
            throw SystemError(call: "open", errno: EEXIST, subject: path)
        }
        if isNew, let owner { try check("fchown", path) { fchown(descriptor.raw, owner.uid, owner.gid) } }
        return (descriptor, isNew)
    }
}
