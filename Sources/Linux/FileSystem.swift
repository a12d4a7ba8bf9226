// Files: whole reads with a limit, and writes that are seen whole or not at all.

import CLinux
import Glibc

package enum FileSystem {
    /// The file's octets, or EFBIG if there are more than `limit`.
    package static func read(_ path: String, limit: Int = 64 << 20) throws(SystemError) -> [UInt8] {
        let raw = try check("open", path) { open(path, O_RDONLY | O_CLOEXEC) }
        let descriptor = Descriptor(adopting: raw)
        var status = stat()
        try check("fstat", path) { fstat(descriptor.raw, &status) }
        guard status.st_mode & S_IFMT != S_IFDIR else {
            throw SystemError(call: "read", errno: EISDIR, subject: path)
        }
        var content: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65536)
        while true {
            let count = try check("read", path) { Glibc.read(descriptor.raw, &buffer, buffer.count) }
            if count == 0 { return content }
            content += buffer[..<count]
            if content.count > limit { throw SystemError(call: "read", errno: EFBIG, subject: path) }
        }
    }

    /// Writes a new file beside `path` and renames it there: a reader sees the old text or the new one,
    /// and a symbolic link in its place is replaced, never followed.
    package static func writeAtomically(
        _ path: String, _ content: [UInt8], mode: UInt32 = 0o600, syncs: Bool = false
    ) throws(SystemError) {
        let temporary = "\(path).\(getpid()).tmp"
        unlink(temporary)
        let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
        let descriptor = Descriptor(adopting: try check("open", temporary) { open(temporary, flags, mode) })
        do throws(SystemError) {
            try writeAll(content, to: descriptor, temporary)
            if syncs { try check("fsync", temporary) { fsync(descriptor.raw) } }
            try check("rename", path) { rename(temporary, path) }
        } catch {
            unlink(temporary)
            throw error
        }
        if syncs { try syncDirectory(of: path) }
    }

    /// A rename is on the disk only when its directory is.
    private static func syncDirectory(of path: String) throws(SystemError) {
        let slash = path.lastIndex(of: "/")
        let folder = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        let raw = try check("open", folder) { open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
        let descriptor = Descriptor(adopting: raw)
        try check("fsync", folder) { fsync(descriptor.raw) }
    }

    private static func writeAll(
        _ content: [UInt8], to descriptor: Descriptor, _ path: String
    ) throws(SystemError) {
        var offset = 0
        while offset < content.count {
            offset += try check("write", path) {
                content.withUnsafeBytes { bytes in
                    write(descriptor.raw, bytes.baseAddress.map { $0 + offset }, content.count - offset)
                }
            }
        }
    }

    package static func remove(_ path: String) { unlink(path) }

    /// True: there is something of this name, a dangling symbolic link included.
    package static func exists(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0
    }

    /// The first octets of a regular file, at most `limit`; never waits for a writer of a pipe.
    package static func readStart(_ path: String, limit: Int) throws(SystemError) -> [UInt8] {
        let raw = try check("open", path) { open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK) }
        let descriptor = Descriptor(adopting: raw)
        var status = stat()
        try check("fstat", path) { fstat(descriptor.raw, &status) }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw SystemError(call: "read", errno: EINVAL, subject: path)
        }
        var buffer = [UInt8](repeating: 0, count: limit)
        let count = try check("read", path) { Glibc.read(descriptor.raw, &buffer, limit) }
        return Array(buffer[..<count])
    }

    package static func move(_ path: String, to target: String) throws(SystemError) {
        try check("rename", path) { rename(path, target) }
    }

    /// Makes a directory and those above it; one that is there stays as it is.
    package static func makeDirectory(_ path: String, mode: UInt32 = 0o755) throws(SystemError) {
        if mkdir(path, mode) == 0 || errno == EEXIST { return }
        guard errno == ENOENT, let slash = path.lastIndex(of: "/"), slash != path.startIndex else {
            throw SystemError(call: "mkdir", subject: path)
        }
        try makeDirectory(String(path[..<slash]), mode: 0o755)
        try check("mkdir", path) { mkdir(path, mode) }
    }

    /// The files that match a shell pattern, sorted; directories and programs (files that can be executed)
    /// are left out.
    package static func filesMatching(_ pattern: String) -> [String] {
        var result = glob_t()
        defer { globfree(&result) }
        guard glob(pattern, 0, nil, &result) == 0 else { return [] }
        var files: [String] = []
        for index in 0..<Int(result.gl_pathc) {
            guard let name = result.gl_pathv[index] else { continue }
            var status = stat()
            guard stat(name, &status) == 0, status.st_mode & S_IFMT != S_IFDIR else { continue }
            guard status.st_mode & 0o111 == 0 || status.st_mode & S_IFMT != S_IFREG else { continue }
            files.append(String(cString: name))
        }
        return files
    }

    /// The names in a directory, sorted, without `.` and `..`.
    package static func list(_ path: String) throws(SystemError) -> [String] {
        guard let directory = opendir(path) else { throw SystemError(call: "opendir", subject: path) }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }
}
