// Whole files, read with a limit and written so that a reader sees the old or the new
// content and never a part, and so that no symbolic link can lead the write elsewhere.

import CLinux
import Glibc

/// Files as the daemon needs them: small, whole.
package enum FileSystem {
    /// The content of a file. Throws EFBIG if it is longer than `limit` octets. Never waits for a writer of
    /// a FIFO.
    package static func readFile(_ path: String, limit: Int = 1 << 20) throws(SystemError) -> [UInt8] {
        let file = Descriptor(
            adopting: try check(clinux_open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK, 0), "open", path))
        var content: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: min(limit + 1, 16_384))
        while true {
            let count = try check(read(file.raw, &chunk, chunk.count), "read", path)
            if count == 0 { return content }
            content.append(contentsOf: chunk.prefix(count))
            if content.count > limit { throw SystemError("read", errno: EFBIG, subject: path) }
        }
    }

    /// Replaces the file at `path`, or makes it, in one step: a new file beside it, renamed over it. A symbolic
    /// link at `path` is refused with ELOOP. `synced`: on the disk before the call returns.
    package static func writeAtomically(
        _ path: String, _ content: [UInt8], mode: UInt32 = 0o644, synced: Bool = false
    ) throws(SystemError) {
        try refuseSymbolicLink(path)
        let (temporary, file) = try createBeside(path, mode: mode)
        do {
            try check(fchmod(file.raw, mode), "fchmod", temporary)
            try writeAll(content, to: file, path: temporary)
            if synced { try check(fsync(file.raw), "fsync", temporary) }
            try check(rename(temporary, path), "rename", path)
        } catch {
            unlink(temporary)
            throw error
        }
        if synced { try syncDirectory(of: path) }
    }

    /// Appends to the file at `path`, which is made if it does not exist; never through a symbolic link.
    package static func append(_ path: String, _ content: [UInt8], mode: UInt32 = 0o644) throws(SystemError) {
        let flags = O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW
        let file = Descriptor(adopting: try check(clinux_open(path, flags, mode), "open", path))
        try writeAll(content, to: file, path: path)
    }

    static func writeAll(_ content: [UInt8], to file: Descriptor, path: String) throws(SystemError) {
        var rest = content[...]
        while !rest.isEmpty {
            let count = try check(
                rest.withUnsafeBytes { write(file.raw, $0.baseAddress, $0.count) }, "write", path)
            rest = rest.dropFirst(count)
        }
    }

    private static func refuseSymbolicLink(_ path: String) throws(SystemError) {
        var status = stat()
        if lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFLNK {
            throw SystemError("open", errno: ELOOP, subject: path)
        }
    }

    private static func createBeside(
        _ path: String, mode: UInt32
    ) throws(SystemError) -> (path: String, file: Descriptor) {
        let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
        for attempt in 0..<100 {
            let temporary = "\(path).\(getpid()).\(attempt)"
            let raw = clinux_open(temporary, flags, mode)
            if raw >= 0 { return (temporary, Descriptor(adopting: raw)) }
            if errno != EEXIST && errno != EINTR {
                throw SystemError("open", errno: errno, subject: temporary)
            }
        }
        throw SystemError("open", errno: EEXIST, subject: path)
    }

    private static func syncDirectory(of path: String) throws(SystemError) {
        let end = path.lastIndex(of: "/")
        let directory = end.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        let file = Descriptor(
            adopting: try check(
                clinux_open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0), "open", directory))
        try check(fsync(file.raw), "fsync", directory)
    }
}
