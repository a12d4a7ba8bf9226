// A daemon whose main process was killed is started again by the service manager. Where there is none (an init script
// has started it), the VRRP process does that as its last act: one host alone is no redundancy.

import Linux

enum Heir {
    /// Starts the daemon as this process's own was started. Everything that it held MUST be released, its pid file too.
    static func start(_ options: CommandLineOptions, _ logger: Logger) {
        let isManaged = Environment.all.contains { $0.hasPrefix("INVOCATION_ID=") }
        guard !options.staysInForeground, !options.doesNotRespawn, !isManaged else { return }
        // Without the role; paths in it are absolute.
        let arguments = CommandLine.arguments.prefix(1) + CommandLine.arguments.dropFirst(2)
        var request = SpawnRequest(
            path: Environment.executablePath, arguments: Array(arguments), environment: Environment.all)
        request.newSession = true
        do throws(SystemError) {
            _ = try ChildProcess.spawn(request)
            logger.log(.notice, "the daemon is started again")
        } catch {
            logger.log(.error, "the daemon cannot be started again: \(error)")
        }
    }
}
