// Which processes run, from /proc.

import CLinux
import Glibc

/// A process that runs a program; kernel threads and zombies are none.
package struct RunningProcess: Sendable, Hashable {
    package let pid: Int32
    /// Its name, at most 15 octets.
    package let name: String
    /// The program as it was started, then its parameters; at least one.
    package let arguments: [String]

    /// Nil: there is no such process.
    package init?(pid: Int32) {
        guard let line = try? FileSystem.readStart("/proc/\(pid)/cmdline", limit: 1 << 16), !line.isEmpty,
            let name = try? FileSystem.readStart("/proc/\(pid)/comm", limit: 64)
        else { return nil }
        self.pid = pid
        self.name = String(decoding: name.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
        let terminated = line.last == 0 ? line.dropLast() : line[...]
        arguments = terminated.split(separator: 0, omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self) }
    }

    package static var all: [RunningProcess] {
        let names = (try? FileSystem.list("/proc")) ?? []
        return names.compactMap { Int32($0) }.compactMap { RunningProcess(pid: $0) }
    }

    /// A descriptor that becomes readable when the process ends.
    package static func handle(_ pid: Int32) throws(SystemError) -> Descriptor {
        Descriptor(adopting: try check("pidfd_open", "\(pid)") { clinux_pidfd_open(pid) })
    }
}
