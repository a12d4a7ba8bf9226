// One script that is waited for.

import Control
import Glibc
import Linux

package enum SingleScript {
    /// Runs the script to its end. After its time it is ended with its process group. Nil: it succeeded, else what
    /// went wrong, in words.
    package static func run(_ request: ScriptRequest) -> String? {
        do throws(ScriptFailure) {
            let program = try ScriptProgram(request)
            do throws(SystemError) {
                return wait(try program.start(request), request)
            } catch {
                throw ScriptFailure("\(error)")
            }
        } catch {
            return "cannot be run: \(error.reason)"
        }
    }

    private static func wait(_ process: ChildProcess, _ request: ScriptRequest) -> String? {
        for (signal, seconds) in [(SIGTERM, request.timeoutSeconds), (SIGKILL, 2)] {
            if hasEnded(process, within: Int32(clamping: seconds)) {
                let status = process.wait()
                return status.isSuccess && signal == SIGTERM ? nil : "\(status)"
            }
            process.signalGroup(signal)
        }
        return "\(process.wait())"
    }

    private static func hasEnded(_ process: ChildProcess, within seconds: Int32) -> Bool {
        let end = MonotonicClock.now + Int64(seconds) * 1_000_000_000
        var poller = pollfd(fd: process.raw, events: Int16(POLLIN), revents: 0)
        while true {
            let left = (end - MonotonicClock.now) / 1_000_000
            if poll(&poller, 1, Int32(clamping: max(left, 0))) > 0 { return true }
            if left <= 0 { return false }
        }
    }
}
