// The process that speaks VRRP: the engine on its event loop, in real time, with its memory locked.

import Configuration
import Control
import Election
import Engine
import Glibc
import Guard
import Linux
import Synchronization

/// Runs the engine until it is told to stop.
final class EngineProcess {
    private let options: CommandLineOptions
    private let logger: Logger
    private let loop: EventLoop
    private let signals: SignalSource
    private let channel: SequencedSocket
    private let monitor: RouteMonitor
    private let host: LinuxHost
    private let engine: Engine
    private let reload: Reload
    private var pidFile: PIDFile?
    /// Two sockets for each instance in the worst case.
    private static let descriptorLimit: UInt = 65_536
    /// Messages of the kernel were lost.
    private var needsInventory = false
    /// Time that the machine has slept so far, in nanoseconds.
    private var clockOffset = BootClock.now - MonotonicClock.now
    private var isStopping = false
    private var isFinished = false
    /// The main process was killed.
    private var isOrphan = false

    /// A configuration that a worker thread has parsed.
    private final class Reload: Sendable {
        let result = Mutex<ParsedConfiguration?>(nil)
        let notifier: EventNotifier
        init() throws(SystemError) { notifier = try EventNotifier() }
    }

    /// Descriptor of the channel to the guard.
    static let channelDescriptor: Int32 = 3
    private static let defaultPriority: Int32 = 50
    /// For the guard's first words, in milliseconds.
    private static let beginPatience: Int32 = 5000
    /// A bug that spins for this long is ended by the kernel.
    private static let realtimeLimit: UInt = 500_000

    /// The exit status of the process.
    static func run(_ options: CommandLineOptions) -> Int32 {
        let logger = Logger(options, role: "Baton_vrrp")
        let parsed = ConfigurationLoading.load(options.configurationFile, options.loading)
        ConfigurationLoading.log(parsed, to: logger)
        guard !parsed.isFatal, !parsed.diagnostics.contains(where: { $0.severity == .fatal }) else {
            return Supervisor.configurationStatus
        }
        do throws(SystemError) {
            let process = try EngineProcess(options, parsed.configuration, logger)
            try process.run()
            if process.isOrphan { process.bequeath() }
            return 0
        } catch {
            logger.log(.error, "\(error)")
            return 1
        }
    }

    private init(
        _ options: CommandLineOptions, _ configuration: Configuration, _ logger: Logger
    ) throws(SystemError) {
        self.options = options
        self.logger = logger
        signals = try SignalSource([SIGTERM, SIGINT, SIGHUP, SIGUSR1, SIGUSR2, SIGPIPE])
        loop = try EventLoop()
        channel = SequencedSocket(adopting: Self.channelDescriptor)
        monitor = try RouteMonitor()
        host = try LinuxHost(loop: loop, logger: logger, channel: channel, monitor: monitor)
        reload = try Reload()
        engine = Engine(
            host: host, configuration: configuration,
            options: EngineOptions(
                hostName: Environment.hostName, logsDetail: options.detail > 0,
                keepsAddresses: options.keepsAddresses, uptime: .nanoseconds(BootClock.now),
                sendsHeartbeat: true))
        pidFile = Self.pidFile(options.vrrpPidFile, logger)
    }

    private static func pidFile(_ path: String, _ logger: Logger) -> PIDFile? {
        do throws(SystemError) {
            return try PIDFile(path)
        } catch {
            logger.log(.warning, "cannot write the pid file: \(error)")
            return nil
        }
    }

    private func run() throws(SystemError) {
        guard let former = awaitBegin() else { return }
        engine.defersSettling = true
        host.firewall.inherit(engine.currentConfiguration.global.firewall.table)
        // A dead engine's table is taken over, so that no packet passes meanwhile; that of an earlier life goes.
        if !former.isRespawn {
            host.firewall.disown()
        }
        schedule(engine.scheduling)
        try watch()
        let (interfaces, addresses) = try host.inventory()
        act {
            engine.resynchronise(interfaces: interfaces, addresses: addresses)
            engine.start(resuming: former)
            host.report(.ready)
        }
        host.firewall.disown()
        try loop.run()
    }

    /// What the guard remembers of a former engine; nil: it wants no engine any more.
    private func awaitBegin() -> Resumption? {
        var former = Resumption()
        while channel.waitForMessage(milliseconds: Self.beginPatience), let reception = try? channel.receive()
        {
            guard case .message(let octets) = reception else {
                if case .empty = reception { continue }
                return nil
            }
            guard let message = try? GuardMessage(decoding: octets) else { continue }
            switch message {
            case .resume(let will): former.wills.append(will)
            case .standing(let standing): former.standings.append(standing)
            case .watched(let result): former.results.append(result)
            case .begin(let isRespawn, let headerSequence, let stamp):
                // Not everything has arrived: it begins from the beginning.
                if !isRespawn { former = Resumption() }
                former.isRespawn = isRespawn
                former.headerSequence = headerSequence
                former.stamp = stamp
                return former
            case .stop: return nil
            case .reload, .dumpData, .dumpStatistics, .dumpJSON, .runnerStarted: continue
            }
        }
        logger.log(.error, "the main process does not say that the VRRP process may begin")
        return nil
    }

    private func watch() throws(SystemError) {
        host.onPacket = { [unowned self] origin, message, header in
            noticeSleep()
            engine.receive(origin, message: message, ipHeader: header)
        }
        host.onClaim = { [unowned self] claim in
            noticeSleep()
            engine.addressClaimed(claim.address, by: claim.mac, interfaceIndex: claim.interfaceIndex)
        }
        host.firewall.onLoss = { [unowned self] in act { engine.firewallLost() } }
        host.afterPackets = { [unowned self] in act {} }
        loop.onDeadline = { [unowned self] in
            act {
                engine.tick(lateness: .nanoseconds(loop.lastLateness))
                if needsInventory {
                    takeInventory()
                    engine.settleReports()
                }
            }
        }
        try loop.watch(signals.raw) { [unowned self] in act { takeSignals() } }
        try loop.watch(channel.raw) { [unowned self] in act { takeMessages() } }
        try loop.watch(monitor.raw) { [unowned self] in act { takeRouteEvents() } }
        try loop.watch(reload.notifier.raw) { [unowned self] in act { finishReload() } }
    }

    /// Whatever happens, the next deadline follows it.
    private func act(_ body: () -> Void) {
        noticeSleep()
        body()
        if isStopping, engine.isReleased { finish() }
        engine.settle()
        loop.deadline = engine.nextDeadline?.nanoseconds
        host.flush()
    }

    /// Before anything else that happens after it: what sleep took from the one clock and not from the other.
    private func noticeSleep() {
        let offset = BootClock.now - MonotonicClock.now
        let slept = offset - clockOffset
        clockOffset = offset
        if slept > 1_000_000_000 { engine.slept(for: .nanoseconds(slept)) }
    }

    // MARK: Events

    private func takeSignals() {
        while let number = signals.next() {
            switch number {
            case SIGTERM, SIGINT: stop()
            case SIGHUP: startReload()
            case SIGUSR1: dumpData()
            case SIGUSR2: dumpStatistics(clear: false)
            default: break
            }
        }
    }

    private func takeMessages() {
        while let reception = try? channel.receive() {
            switch reception {
            case .empty: return
            case .end:
                logger.log(.error, "the main process is gone: stopping")
                loop.unwatch(channel.raw)
                // One that stops already has not been asked a second time.
                guard !isStopping else { return }
                isOrphan = true
                return stop()
            case .message(let octets):
                guard let message = try? GuardMessage(decoding: octets) else { continue }
                take(message)
            }
        }
    }

    private func take(_ message: GuardMessage) {
        switch message {
        case .stop: stop()
        case .reload: startReload()
        case .dumpData: dumpData()
        case .dumpStatistics(let clear): dumpStatistics(clear: clear)
        case .dumpJSON: write(engine.jsonText(), .json)
        case .runnerStarted: engine.instructRunner()
        case .watched(let result): engine.watched(result)
        case .resume, .standing, .begin: break
        }
    }

    private func takeRouteEvents() {
        do throws(SystemError) {
            while let events = try monitor.next() {
                for event in events { take(event) }
            }
            if needsInventory { takeInventory() }
            engine.settleReports()
        } catch {
            logger.log(.error, "cannot hear of changes of the network: \(error)")
        }
    }

    /// After lost messages, and only when those before them have been read: they are older than what is asked for now.
    private func takeInventory() {
        guard let (interfaces, addresses) = try? host.inventory() else {
            return logger.log(.error, "the kernel does not say what it has; asking again soon")
        }
        needsInventory = false
        engine.resynchronise(interfaces: interfaces, addresses: addresses)
    }

    private func take(_ event: RouteEvent) {
        guard !needsInventory else { return }
        switch event {
        case .linkChanged(let link): engine.interfaceChanged(Interface(link))
        case .linkRemoved(let index): engine.interfaceRemoved(index: index)
        case .addressAdded(let address): engine.addressAdded(AssignedAddress(address))
        case .addressRemoved(let address): engine.addressRemoved(AssignedAddress(address))
        case .routingRemoved: engine.routingRemoved()
        case .overflow:
            logger.log(.warning, "the kernel dropped messages of network changes: reading everything anew")
            needsInventory = true
        }
    }

    /// Asked a second time, it does not wait for successors.
    private func stop() {
        guard !isStopping else { return finish() }
        isStopping = true
        engine.stop()
    }

    private func finish() {
        guard !isFinished else { return }
        isFinished = true
        engine.finish()
        host.restoreParameters()
        host.report(.stopped)
        host.flush()
        loop.stop()
    }

    /// Nobody is there who would start the daemon again. Whoever wants it stopped meanwhile finds this process.
    private func bequeath() {
        guard let pause = Heir.pause(options) else { return }
        if pause > 0 { logger.log(.warning, "starting the daemon again in \(pause) s: it keeps dying") }
        var poller = pollfd(fd: signals.raw, events: Int16(POLLIN), revents: 0)
        let isAsked = poll(&poller, 1, Int32(pause * 1000)) > 0
        pidFile = nil
        if !isAsked { Heir.start(options, logger) }
    }

    // MARK: Reload

    /// Parses on a thread of its own: a large file must not hold up an advertisement.
    private func startReload() {
        logger.log(.notice, "Reloading ...")
        let (path, loading, reload) = (options.configurationFile, options.loading, reload)
        do throws(SystemError) {
            try WorkerThread.start(stackBytes: 4 << 20) {
                let parsed = ConfigurationLoading.load(path, loading)
                reload.result.withLock { $0 = parsed }
                reload.notifier.notify()
            }
        } catch {
            logger.log(.error, "cannot reload: \(error)")
        }
    }

    private func finishReload() {
        reload.notifier.clear()
        guard let parsed = reload.result.withLock({ $0.take() }), !isStopping else { return }
        ConfigurationLoading.log(parsed, to: logger)
        let isUsable = !parsed.diagnostics.contains { $0.severity == .fatal }
        if isUsable {
            engine.reload(parsed.configuration)
        } else {
            logger.log(.error, "the new configuration cannot work: the old one stays in force")
        }
        host.report(.reloaded(succeeded: isUsable))
    }

    // MARK: Dumps

    private func dumpData() { write(engine.dataText(), .state) }

    private func dumpStatistics(clear: Bool) {
        write(engine.statisticsText(clear: clear), .statistics)
    }

    private func write(_ text: String, _ dump: Dump) {
        let path = dump.path(engine.currentConfiguration)
        do throws(SystemError) {
            try FileSystem.writeAtomically(path, Array(text.utf8))
        } catch {
            logger.log(.error, "cannot write \(path): \(error)")
        }
    }

    // MARK: Scheduling

    /// Real time and locked memory where the system permits it; one line where it does not.
    private func schedule(_ settings: SchedulingSettings) {
        let limit = settings.realtimeLimitMicroseconds.map { UInt($0) } ?? Self.realtimeLimit
        let priority = settings.realtimePriority.map { Int32($0) } ?? Self.defaultPriority
        attempt("real-time scheduling") { () throws(SystemError) in
            try Scheduling.setRealtime(priority: priority, limitMicroseconds: limit)
        }
        host.prepareThread = { try? Scheduling.setRealtime(priority: priority, limitMicroseconds: limit) }
        attempt("many open files") { () throws(SystemError) in
            try Scheduling.raiseDescriptorLimit(to: Self.descriptorLimit)
        }
        attempt("locking memory") { () throws(SystemError) in try Scheduling.lockMemory() }
        if let niceness = settings.niceness {
            attempt("nice") { () throws(SystemError) in try Scheduling.setNiceness(Int32(niceness)) }
        }
        if !settings.cpuAffinity.isEmpty {
            attempt("CPU affinity") { () throws(SystemError) in
                try Scheduling.setAffinity(settings.cpuAffinity)
            }
        }
    }

    private func attempt(_ what: String, _ body: () throws(SystemError) -> Void) {
        do throws(SystemError) {
            try body()
        } catch {
            logger.log(.notice, "\(what) is not permitted here, going on without it: \(error)")
        }
    }
}
