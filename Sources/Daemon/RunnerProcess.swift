// The process that runs scripts and delivers mail.

import Glibc
import Linux
import Notification

enum RunnerProcess {
    /// The exit status of the process.
    static func run(_ options: CommandLineOptions) -> Int32 {
        let logger = Logger(options, role: "Baton_runner")
        let turn = awaitTurn("\(options.pidFile).runner", logger)
        defer { withExtendedLifetime(turn) {} }
        do throws(SystemError) {
            let runner = try Runner(
                channel: SequencedSocket(adopting: EngineProcess.channelDescriptor),
                spoolDirectory: options.spoolDirectory, log: { logger.log($0, $1) })
            try runner.run()
            return 0
        } catch {
            logger.log(.error, "\(error)")
            return 1
        }
    }

    /// One whose main process was killed may still have scripts and mails under way, for five seconds at most: it goes
    /// first.
    private static func awaitTurn(_ path: String, _ logger: Logger) -> PIDFile? {
        let end = MonotonicClock.now + 6_000_000_000
        while true {
            do throws(SystemError) {
                return try PIDFile(path)
            } catch {
                guard error.errno == EWOULDBLOCK, MonotonicClock.now < end else {
                    logger.log(.warning, "another runner may be at work: \(error)")
                    return nil
                }
                usleep(20_000)
            }
        }
    }
}
