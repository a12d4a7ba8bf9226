// What this process knows of itself and its host.

import CLinux
import Glibc

package enum Environment {
    /// The host's name as the kernel has it.
    package static var hostName: String {
        var buffer = [CChar](repeating: 0, count: 256)
        guard gethostname(&buffer, buffer.count - 1) == 0 else { return "localhost" }
        return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// `NAME=value` strings.
    package static var all: [String] {
        var list: [String] = []
        var pointer = Glibc.environ
        while let entry = pointer.pointee {
            list.append(String(cString: entry))
            pointer += 1
        }
        return list
    }

    package static subscript(name: String) -> String? { getenv(name).map { String(cString: $0) } }

    /// The absolute path that relative ones count from; empty: it is gone.
    package static var workingDirectory: String {
        guard let directory = getcwd(nil, 0) else { return "" }
        defer { free(directory) }
        return String(cString: directory)
    }

    /// The path of the running program; once an upgrade has removed its file, where the kernel still has it.
    package static var executablePath: String {
        var buffer = [CChar](repeating: 0, count: 4096)
        let count = readlink("/proc/self/exe", &buffer, buffer.count - 1)
        guard count > 0 else { return "/proc/self/exe" }
        let path = String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return path.hasSuffix(" (deleted)") ? "/proc/self/exe" : path
    }

    /// How this process is called in lists of processes, whatever its file's name is; 15 octets at most.
    package static func setProcessName(_ name: String) { _ = clinux_set_process_name(name) }
}

/// Kernel parameters under /proc/sys.
package enum Sysctl {
    /// `name` with slashes: `net/ipv4/ip_forward`. The value without its newline; nil: there is none.
    package static func read(_ name: String) -> String? {
        guard let octets = try? FileSystem.read("/proc/sys/\(name)", limit: 65536) else { return nil }
        return String(decoding: octets.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
    }

    /// Sets a parameter of the calling thread's network namespace, or of the host.
    package static func write(_ name: String, _ value: String) throws(SystemError) {
        let path = "/proc/sys/\(name)"
        let descriptor = Descriptor(adopting: try check("open", path) { open(path, O_WRONLY | O_CLOEXEC) })
        let octets = Array(value.utf8)
        try check("write", path) { Glibc.write(descriptor.raw, octets, octets.count) }
    }
}
