// An open file descriptor that is closed when nobody holds it any more.

import CLinux
import Glibc

/// Owns a file descriptor.
package final class Descriptor {
    package let raw: Int32

    /// Takes over an open descriptor; nobody else may close it.
    package init(adopting raw: Int32) { self.raw = raw }

    deinit { close(raw) }

    /// Sets an integer socket option.
    func setOption(_ level: Int32, _ name: Int32, _ value: Int32, _ subject: String) throws(SystemError) {
        var value = value
        try check("setsockopt", subject) {
            setsockopt(raw, level, name, &value, socklen_t(MemoryLayout<Int32>.size))
        }
    }

    /// Sets a structured socket option.
    func setOption<Value>(
        _ level: Int32, _ name: Int32, structure: Value, _ subject: String
    ) throws(SystemError) {
        try check("setsockopt", subject) {
            withUnsafeBytes(of: structure) {
                setsockopt(raw, level, name, $0.baseAddress, socklen_t($0.count))
            }
        }
    }

    package func setNonBlocking() throws(SystemError) {
        let flags = try check("fcntl") { fcntl(raw, F_GETFL) }
        try check("fcntl") { fcntl(raw, F_SETFL, flags | O_NONBLOCK) }
    }
}
