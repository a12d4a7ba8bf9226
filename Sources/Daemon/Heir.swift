// A daemon whose main process was killed is started again by the service manager. Where there is none (an init script
// has started it), the VRRP process does that as its last act: one host alone is no redundancy.

import Linux

enum Heir {
    /// In the environment of a daemon that a service manager watches.
    static let managedVariable = "BATON_MANAGED"
    /// In that of an heir: how many came before it in quick succession, and when it was started, in seconds of the monotonic
    /// clock.
    private static let lineageVariable = "BATON_LINEAGE"
    private static let pauses: [Int64] = [0, 1, 5, 30]
    /// A daemon that lived for longer, in seconds, begins a new line.
    private static let longLife: Int64 = 60

    /// How long to wait before `start`, in seconds; nil: nobody is to be started.
    static func pause(_ options: CommandLineOptions) -> Int64? {
        guard !options.staysInForeground, !options.doesNotRespawn, Environment[managedVariable] == nil else {
            return nil
        }
        return pauses[min(generation, pauses.count - 1)]
    }

    private static var now: Int64 { MonotonicClock.now / 1_000_000_000 }

    private static var generation: Int {
        let numbers = (Environment[lineageVariable] ?? "").split(separator: ":").compactMap { Int64($0) }
        guard numbers.count == 2, now - numbers[1] < longLife else { return 0 }
        return Int(clamping: numbers[0])
    }

    /// Starts the daemon as this process's own was started. Everything that it held MUST be released, its pid file too.
    static func start(_ options: CommandLineOptions, _ logger: Logger) {
        // Without the role; paths in it are absolute.
        let arguments = CommandLine.arguments.prefix(1) + CommandLine.arguments.dropFirst(2)
        let environment = Environment.all.filter { !$0.hasPrefix("\(lineageVariable)=") }
        var request = SpawnRequest(
            path: Environment.executablePath, arguments: Array(arguments),
            environment: environment + ["\(lineageVariable)=\(generation + 1):\(now)"])
        request.newSession = true
        do throws(SystemError) {
            // What the configuration says of this process only.
            try? Scheduling.clearAffinity()
            _ = try ChildProcess.spawn(request)
            logger.log(.notice, "the daemon is started again")
        } catch {
            logger.log(.error, "the daemon cannot be started again: \(error)")
        }
    }
}
