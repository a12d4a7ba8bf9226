// The kernel said no: the one error type of this room. `check` turns the result of a system
// call into a value or a thrown SystemError and repeats calls that a signal interrupted.
// Callers above turn the error into an event or one log line; nothing here logs.

import Glibc

/// A failed system call: which, why, and on what.
package struct SystemError: Error, CustomStringConvertible, Hashable, Sendable {
    /// The name of the system call or library function.
    package let call: String
    /// The error number (`EPERM`, …).
    package let errno: Int32
    /// What the call was about: a path, an interface, an address.
    package let subject: String?

    package init(_ call: String, errno: Int32, subject: String? = nil) {
        self.call = call
        self.errno = errno
        self.subject = subject
    }

    /// The kernel's words for the number: "Address already in use".
    package var reason: String {
        guard let text = strerror(errno) else { return "error" }
        return String(cString: text)
    }

    /// "bind(eth0): Address already in use (98)".
    package var description: String {
        let place = subject.map { "(\($0))" } ?? ""
        return "\(call)\(place): \(reason) (\(errno))"
    }
}

/// The result of a call that returns a negative number and sets `errno` on failure. The call is
/// repeated while a signal interrupts it, so it MUST NOT be `close`.
@discardableResult
@inline(__always)
package func check<Result: SignedInteger>(
    _ result: @autoclosure () -> Result, _ call: String, _ subject: @autoclosure () -> String? = nil
) throws(SystemError) -> Result {
    while true {
        let value = result()
        if value >= 0 { return value }
        let number = errno
        if number != EINTR { throw SystemError(call, errno: number, subject: subject()) }
    }
}

/// As `check`, for a non-blocking call: nil when it would have to wait (`EAGAIN`).
@inline(__always)
package func checkNonBlocking<Result: SignedInteger>(
    _ result: @autoclosure () -> Result, _ call: String, _ subject: @autoclosure () -> String? = nil
) throws(SystemError) -> Result? {
    while true {
        let value = result()
        if value >= 0 { return value }
        let number = errno
        if number == EAGAIN || number == EWOULDBLOCK { return nil }
        if number != EINTR { throw SystemError(call, errno: number, subject: subject()) }
    }
}
