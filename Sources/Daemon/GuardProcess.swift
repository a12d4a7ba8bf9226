// The main process: pid file, signals, the service manager, and the supervisor.

import Configuration
import Control
import Glibc
import Guard
import Linux

/// Runs until it is told to stop, and then ends in order.
final class GuardProcess {
    private let options: CommandLineOptions
    /// The scripts before everything and after everything.
    private let hooks: ScriptDefaults
    private let logger: Logger
    private let loop: EventLoop
    private let signals: SignalSource
    private let notifier = ServiceNotifier()
    private let detachment: Detachment
    private var supervisor: Supervisor?
    private static let realtimeLimit: UInt = 500_000

    /// The exit status of the daemon.
    static func run(
        _ options: CommandLineOptions, _ configuration: Configuration, _ detachment: Detachment
    ) -> Int32 {
        let logger = Logger(options, role: "Baton")
        do throws(SystemError) {
            let pidFile: PIDFile
            do throws(SystemError) {
                pidFile = try PIDFile(options.pidFile)
            } catch {
                let isRunning = error.errno == EWOULDBLOCK
                let reason = isRunning ? "daemon is already running" : "cannot write the pid file: \(error)"
                logger.log(.error, reason)
                detachment.fail("batond: \(reason)")
                return 1
            }
            let presence = Leftovers.claimPresence()
            if presence != nil { Leftovers.remove(configuration, options, logger) }
            let process = try GuardProcess(options, configuration.global.script, logger, detachment)
            return try withExtendedLifetime((pidFile, presence)) { () throws(SystemError) in
                try process.run()
            }
        } catch {
            logger.log(.error, "\(error)")
            detachment.fail("batond: \(error)")
            return 1
        }
    }

    private init(
        _ options: CommandLineOptions, _ hooks: ScriptDefaults, _ logger: Logger,
        _ detachment: Detachment
    ) throws(SystemError) {
        self.options = options
        self.hooks = hooks
        self.logger = logger
        self.detachment = detachment
        let wanted = [SIGTERM, SIGINT, SIGHUP, SIGUSR1, SIGUSR2, SIGPIPE]
        // SIGRTMAX would have keepalived's scheduler write to the log: there is nothing like it here.
        let realtime = [Signals.realtimeMaximum - 1, Signals.realtimeMaximum, Signals.json]
        signals = try SignalSource(wanted + realtime)
        loop = try EventLoop()
    }

    private func run() throws(SystemError) -> Int32 {
        logger.log(.notice, "Starting \(BatonVersion.text)")
        for name in options.ignored { logger.log(.info, "\(name) has no effect here") }
        do throws(SystemError) {
            try Scheduling.setRealtime(priority: 50, limitMicroseconds: Self.realtimeLimit)
        } catch {
            logger.log(.notice, "real-time scheduling is not permitted here, going on without it: \(error)")
        }
        let supervisor = makeSupervisor()
        self.supervisor = supervisor
        try loop.watch(signals.raw) { [unowned self] in takeSignals() }
        if let script = hooks.startup {
            HookScript.run(
                script, label: "startup_script", timeoutSeconds: hooks.startupTimeoutSeconds, hooks, logger)
        }
        supervisor.start()
        try loop.run()
        if let script = hooks.shutdown {
            HookScript.run(
                script, label: "shutdown_script", timeoutSeconds: hooks.shutdownTimeoutSeconds, hooks,
                logger)
        }
        logger.log(.notice, "Stopped \(BatonVersion.text)")
        return supervisor.exitStatus
    }

    private func makeSupervisor() -> Supervisor {
        let (logger, notifier, detachment) = (logger, notifier, detachment)
        return Supervisor(
            loop: loop,
            options: SupervisorOptions(
                spawn: { [unowned self] (role, channel) throws(SystemError) in try spawn(role, channel) },
                log: { logger.log($0, $1) },
                doesNotRespawn: options.doesNotRespawn,
                onReady: { [unowned self] _ in
                    logger.log(.info, "Startup complete")
                    notifier.notify("READY=1\nMAINPID=\(getpid())")
                    detachment.succeed()
                    startWatchdog()
                }))
    }

    /// The same program with the same flags, in another role.
    private func spawn(
        _ role: Role, _ channel: SequencedSocket
    ) throws(SystemError) -> ChildProcess {
        // The last flag wins: paths as they were meant where the command was given.
        let own =
            Array(CommandLine.arguments.dropFirst()) + [
                "--use-file=\(options.configurationFile)", "--pid=\(options.pidFile)",
                "--vrrp_pid=\(options.vrrpPidFile)", "--spool=\(options.spoolDirectory)",
            ]
        var environment = Environment.all.filter {
            !$0.hasPrefix("NOTIFY_SOCKET=") && !$0.hasPrefix("WATCHDOG_")
        }
        environment.append("SWIFT_BACKTRACE=enable=no")
        if Environment["NOTIFY_SOCKET"] != nil { environment.append("\(Heir.managedVariable)=1") }
        var request = SpawnRequest(
            path: Environment.executablePath,
            arguments: [CommandLine.arguments.first ?? "batond", "--role=\(role.rawValue)"] + own,
            environment: environment)
        request.descriptors = [(channel.raw, EngineProcess.channelDescriptor)]
        // In the background they would hold the caller's terminal or pipe open for ever.
        if options.staysInForeground { request.descriptors += [(1, 1), (2, 2)] }
        return try ChildProcess.spawn(request)
    }

    private var isWatched = false

    private func startWatchdog() {
        guard !isWatched, let interval = notifier.watchdogInterval else { return }
        isWatched = true
        feedWatchdog(each: interval / 3)
    }

    private func feedWatchdog(each interval: Int64) {
        notifier.notify("WATCHDOG=1")
        supervisor?.after(interval) { [weak self] in self?.feedWatchdog(each: interval) }
    }

    private func takeSignals() {
        while let number = signals.next() {
            switch number {
            case SIGTERM, SIGINT:
                logger.log(.notice, "Stopping")
                notifier.notify("STOPPING=1")
                supervisor?.stop()
            case SIGHUP: supervisor?.tell(.reload)
            case SIGUSR1: supervisor?.tell(.dumpData)
            case SIGUSR2: supervisor?.tell(.dumpStatistics(clear: false))
            case Signals.json: supervisor?.tell(.dumpJSON)
            case Signals.realtimeMaximum - 1: supervisor?.tell(.dumpStatistics(clear: true))
            default: break
            }
        }
    }
}
