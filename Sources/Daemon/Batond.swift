// What `batond` does with its command line: the front of the daemon and of its roles.

import Configuration
import Glibc
import Guard
import Linux

package enum Batond {
    /// The whole program; returns its exit status. `arguments` without the program's name.
    package static func main(_ arguments: [String]) -> Int32 {
        // A parent may have told the kernel to forget children that end: the guard must hear how they did.
        Signals.restoreDefault(SIGCHLD)
        Environment.setProcessName("batond")
        var arguments = arguments
        var role: Role?
        if let name = arguments.first, name.hasPrefix("--role=") {
            role = Role(rawValue: String(name.dropFirst(7)))
            arguments.removeFirst()
        }
        do throws(CommandLineError) {
            var options = try CommandLineParser.parse(arguments)
            options.configurationFile = absolute(options.configurationFile)
            options.pidFile = absolute(options.pidFile)
            options.vrrpPidFile = absolute(options.vrrpPidFile)
            options.spoolDirectory = absolute(options.spoolDirectory)
            if let mask = options.umask { umask(mask) }
            switch role {
            case .engine: return EngineProcess.run(options)
            case .runner: return RunnerProcess.run(options)
            case nil: return run(options)
            }
        } catch {
            complain("batond: \(error)\nTry 'batond --help'.")
            return 1
        }
    }

    private static func run(_ options: CommandLineOptions) -> Int32 {
        switch options.mode {
        case .version:
            say(BatonVersion.text)
            return 0
        case .help:
            say(CommandLineParser.helpText)
            return 0
        case .signalNumber(let name): return printSignal(name)
        case .checkConfiguration(let log): return check(options, log: log)
        case .askWhetherUsable:
            let parsed = ConfigurationLoading.load(options.configurationFile, options.loading)
            if !parsed.diagnostics.isEmpty { complain(report(parsed)) }
            guard parsed.isFatal else { return 0 }
            return CheckVerdict(parsed.diagnostics) == .unreadable ? 6 : Supervisor.configurationStatus
        case .run: return start(options)
        }
    }

    /// Before anything is started, the configuration is read: what cannot work is said where it is seen.
    private static func start(_ options: CommandLineOptions) -> Int32 {
        let parsed = ConfigurationLoading.load(options.configurationFile, options.loading)
        if parsed.diagnostics.contains(where: { $0.severity == .fatal }) {
            complain(report(parsed))
            let logger = Logger(options, role: "Baton")
            if !options.logsToConsole { ConfigurationLoading.log(parsed, to: logger) }
            return CheckVerdict(parsed.diagnostics) == .unreadable ? 6 : Supervisor.configurationStatus
        }
        if options.dumpsConfiguration {
            Logger(options, role: "Baton").log(.info, ConfigurationPrinter.print(parsed.configuration))
        }
        guard geteuid() == 0 else {
            complain("batond: must be started as root: it opens raw sockets and sets addresses")
            return 4
        }
        var options = options
        options.adopt(parsed.configuration)
        if options.pidFile.hasPrefix("/run/keepalived/") { try? FileSystem.makeDirectory("/run/keepalived") }
        if let mask = parsed.configuration.global.umask, options.umask == nil { umask(mask) }
        do throws(SystemError) {
            // The processes below it are started from here, so they are in the namespace as well.
            if let name = options.networkNamespace { try NetworkNamespace.enter("/run/netns/\(name)") }
            return GuardProcess.run(
                options, parsed.configuration.global.script,
                options.staysInForeground ? .foreground : try Detachment.detach())
        } catch {
            complain("batond: \(error)")
            return 1
        }
    }

    private static func check(_ options: CommandLineOptions, log: String?) -> Int32 {
        let parsed = ConfigurationLoading.load(options.configurationFile, options.loading)
        if let log {
            try? FileSystem.writeAtomically(log, Array((report(parsed) + "\n").utf8))
        } else if !parsed.diagnostics.isEmpty {
            complain(report(parsed))
        }
        return CheckVerdict(parsed.diagnostics).exitStatus
    }

    private static func report(_ parsed: ParsedConfiguration) -> String {
        let text = DiagnosticText(sources: parsed.sources)
        return parsed.diagnostics.map { text.render($0) }.joined(separator: "\n")
    }

    private static func printSignal(_ name: String) -> Int32 {
        let numbers = [
            "STOP": SIGTERM, "RELOAD": SIGHUP, "DATA": SIGUSR1, "STATS": SIGUSR2,
            "STATS_CLEAR": Signals.realtimeMaximum - 1, "JSON": Signals.json,
            "TDUMP": Signals.realtimeMaximum,
        ]
        guard let number = numbers[name] else {
            complain(
                "batond: unknown signal '\(name)'; there are STOP, RELOAD, DATA, STATS,"
                    + " STATS_CLEAR, JSON, TDUMP")
            return 1
        }
        say(String(number))
        return 0
    }

    /// The daemon changes its working directory, so paths are settled before.
    private static func absolute(_ path: String) -> String {
        path.hasPrefix("/") ? path : "\(Environment.workingDirectory)/\(path)"
    }

    private static func say(_ text: String) { output(text, 1) }
    private static func complain(_ text: String) { output(text, 2) }

    private static func output(_ text: String, _ descriptor: Int32) {
        let octets = Array("\(text)\n".utf8)
        _ = write(descriptor, octets, octets.count)
    }
}
