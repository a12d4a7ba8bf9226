// A system call that the kernel refused: which call, why, and on what.

import CLinux
import Glibc

/// The kernel said no. Thrown only in this room; turned into an event or a log line at its edge.
package struct SystemError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The call: `bind`.
    package let call: String
    package let errno: Int32
    /// What it was about: an interface, a path; may be empty.
    package let subject: String

    package init(call: String, errno: Int32, subject: String = "") {
        self.call = call
        self.errno = errno
        self.subject = subject
    }

    /// The calling thread's errno.
    package init(call: String, subject: String = "") {
        self.init(call: call, errno: Glibc.errno, subject: subject)
    }

    /// The kernel's reason in words: "Permission denied".
    package var reason: String {
        var buffer = [CChar](repeating: 0, count: 256)
        guard strerror_r(errno, &buffer, buffer.count) == 0 else { return "error \(errno)" }
        return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    package var description: String {
        subject.isEmpty ? "\(call): \(reason) (\(errno))" : "\(call)(\(subject)): \(reason) (\(errno))"
    }
}

/// Repeats a call that a signal interrupted; throws if it returns a negative value.
@discardableResult
func check<Value: SignedInteger>(
    _ call: String, _ subject: @autoclosure () -> String = "", _ body: () -> Value
) throws(SystemError) -> Value {
    while true {
        let result = body()
        if result >= 0 { return result }
        let number = Glibc.errno
        if number != EINTR { throw SystemError(call: call, errno: number, subject: subject()) }
    }
}
