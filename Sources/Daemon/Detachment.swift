// Going into the background. The foreground process waits until the daemon is ready or has failed, so its
// exit status is honest: a service script can believe it.

import Glibc
import Linux

/// The daemon's end of the wait; does nothing in the foreground.
final class Detachment {
    private var report: Descriptor?

    private init(_ report: Descriptor?) { self.report = report }

    static var foreground: Detachment { Detachment(nil) }

    /// Returns in the daemon; the calling process waits here and ends.
    static func detach() throws(SystemError) -> Detachment {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw SystemError(call: "pipe") }
        let child = fork()
        guard child >= 0 else { throw SystemError(call: "fork") }
        if child > 0 {
            close(ends[1])
            exit(awaitReport(ends[0]))
        }
        close(ends[0])
        _ = fcntl(ends[1], F_SETFD, FD_CLOEXEC)
        setsid()
        let null = open("/dev/null", O_RDWR)
        dup2(null, 0)
        dup2(null, 1)
        _ = chdir("/")
        return Detachment(Descriptor(adopting: ends[1]))
    }

    /// Zero for an empty report; else its text goes to standard error.
    private static func awaitReport(_ descriptor: Int32) -> Int32 {
        var report: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1024)
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            if count > 0 { report += buffer[..<count] }
            if count == 0 || (count < 0 && errno != EINTR) { break }
        }
        guard report.first == UInt8(ascii: "+") else {
            write(2, report + [UInt8(ascii: "\n")], report.count + 1)
            return 1
        }
        return 0
    }

    /// The daemon is ready: the waiting process ends well.
    func succeed() { finish("+") }

    /// The daemon ends: the waiting process says so and ends with 1.
    func fail(_ text: String) { finish(text) }

    private func finish(_ text: String) {
        guard let report else { return }
        let octets = Array(text.utf8)
        _ = write(report.raw, octets, octets.count)
        self.report = nil
        // Standard error belonged to the caller of the command.
        let null = open("/dev/null", O_RDWR)
        dup2(null, 2)
        close(null)
    }
}
