// The process that runs scripts and delivers mail.

import Linux
import Notification

enum RunnerProcess {
    /// The exit status of the process.
    static func run(_ options: CommandLineOptions) -> Int32 {
        let logger = Logger(options, role: "Baton_runner")
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
}
