// Changes of files by inotify(7). Directories are watched, not files: a file that is replaced by renaming is
// another one.

import Glibc

/// Tells of changes in directories. Its descriptor becomes readable when there are some.
package final class FileNotifier {
    private let descriptor: Descriptor
    private var buffer = [UInt8](repeating: 0, count: 1 << 16)
    package var raw: Int32 { descriptor.raw }

    /// A change in a watched directory.
    package enum Change: Sendable, Hashable {
        /// By the number that `watch` returned; `name` is the file's in the directory.
        case file(watch: Int32, name: String)
        /// The directory is gone: the number means nothing any more.
        case directoryGone(watch: Int32)
        /// Changes were lost: everything may be different.
        case overflow
    }

    package init() throws(SystemError) {
        descriptor = Descriptor(
            adopting: try check("inotify_init1") {
                inotify_init1(Int32(IN_CLOEXEC) | Int32(IN_NONBLOCK))
            })
    }

    /// The same directory always has the same number.
    package func watch(directory: String) throws(SystemError) -> Int32 {
        let mask =
            UInt32(IN_CLOSE_WRITE) | UInt32(IN_MOVED_TO) | UInt32(IN_MOVED_FROM) | UInt32(IN_DELETE)
            | UInt32(IN_CREATE) | UInt32(IN_DELETE_SELF) | UInt32(IN_MOVE_SELF) | UInt32(IN_ONLYDIR)
        return try check("inotify_add_watch", directory) {
            inotify_add_watch(descriptor.raw, directory, mask)
        }
    }

    package func unwatch(_ number: Int32) { inotify_rm_watch(descriptor.raw, number) }

    /// What has changed since the last call; empty: nothing.
    package func changes() -> [Change] {
        var changes: [Change] = []
        while true {
            let count = read(descriptor.raw, &buffer, buffer.count)
            guard count > 0 else { return changes }
            var offset = 0
            while offset + 16 <= count { changes += change(at: &offset) }
        }
    }

    /// struct inotify_event: wd, mask, cookie, len (32 bits each), then the padded name.
    private func change(at offset: inout Int) -> [Change] {
        let (watch, mask, length) = buffer.withUnsafeBytes { bytes in
            (
                bytes.loadUnaligned(fromByteOffset: offset, as: Int32.self),
                bytes.loadUnaligned(fromByteOffset: offset + 4, as: UInt32.self),
                Int(bytes.loadUnaligned(fromByteOffset: offset + 12, as: UInt32.self))
            )
        }
        let name = buffer[(offset + 16)..<min(offset + 16 + length, buffer.count)].prefix { $0 != 0 }
        offset += 16 + length
        if mask & UInt32(IN_Q_OVERFLOW) != 0 { return [.overflow] }
        if mask & (UInt32(IN_DELETE_SELF) | UInt32(IN_MOVE_SELF) | UInt32(IN_IGNORED)) != 0 {
            return [.directoryGone(watch: watch)]
        }
        return name.isEmpty ? [] : [.file(watch: watch, name: String(decoding: name, as: UTF8.self))]
    }
}
