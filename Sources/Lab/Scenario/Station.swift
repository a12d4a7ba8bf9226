// A host of a scenario in the lab: its daemon, its processes, and what is watched of it.

import Election
import Glibc
import Linux
import Simulation
import Wire

final class Station {
    let index: Int
    let host: LabHost
    let behaviour: Behaviour
    let addresses: AddressWatch
    let log: LogWatch
    let states: StateBook
    let daemon: any VRRPDaemon
    /// Programs that stand for the processes that the daemon watches.
    var watched: [String: HostProcess] = [:]
    /// It may not send advertisements.
    var isMute = false
    /// The operator wants the service to run.
    var isWanted = false
    /// A start that nobody has waited for, and how much had been said before it.
    var hasJustStarted = false
    private var wordsBefore = 0
    /// When a start is tried next; nil: none is due.
    var startDue: Int64?
    /// Engines that are still to be ended as soon as they begin, and the last one that was.
    var deaths = 0
    var lastVictim: Int32?
    /// When the machine had no power. Moments are nanoseconds since 1970.
    private(set) var outages: [Range<Int64>] = []
    private var lostPower: Int64?

    init(_ plan: HostPlan, _ index: Int, _ cluster: ClusterPlan, on host: LabHost, batond: String) throws {
        self.index = index
        self.host = host
        behaviour = plan.behaviour
        try host.check("echo 0 > /proc/sys/net/ipv4/ip_forward")
        states = StateBook(cluster)
        log = try LogWatch(on: host, path: KeepalivedLike.logPath) { [states] in states.read($0) }
        switch plan.behaviour {
        case .frr: daemon = try Self.frr(index, cluster, on: host)
        case .keepalived:
            daemon = try KeepalivedLike(
                "/usr/sbin/keepalived", on: host, configuration: cluster.text(of: index, imitates: false))
        default:
            daemon = try KeepalivedLike(
                batond, on: host, configuration: plan.configuration, flags: ["--spool", "/run/lab/spool"])
        }
        addresses = try AddressWatch(on: host)
    }

    private static func frr(_ index: Int, _ cluster: ClusterPlan, on host: LabHost) throws -> FRR {
        let instance = cluster.instances[0]
        let parts = instance.address.split(separator: "/")
        return try FRR(
            on: host, vrid: instance.vrid, priority: instance.priorities[index], address: String(parts[0]),
            prefix: Int(parts[1]) ?? 24, isIPv6: instance.family == .ipv6)
    }

    // MARK: Starting

    func start() throws {
        // As a service manager does: what is left of an earlier life is ended.
        kill(DaemonPart.allCases)
        wordsBefore = states.history.count
        try daemon.start()
        hasJustStarted = true
    }

    /// When the daemon first said how an instance stands; nil: not yet.
    var firstWords: Int64? {
        states.history.dropFirst(wordsBefore).first?.moment
    }

    // MARK: Processes

    /// Those of FRR: zebra is the guard, without which vrrpd cannot do anything; there is no runner.
    var processes: [DaemonProcess] {
        if let frr = daemon as? FRR { return frr.parts }
        return DaemonProcess.all(holder: host.pid, guard: (daemon as? KeepalivedLike)?.process?.pid)
    }

    var hasEngine: Bool { processes.contains { $0.part == .engine } }

    var isDaemonRunning: Bool {
        if let likewise = daemon as? KeepalivedLike { return likewise.process?.isRunning == true }
        return !processes.isEmpty
    }

    func signal(_ number: Int32, _ parts: [DaemonPart]) {
        for pid in processes.pids(of: parts) { Glibc.kill(pid, number) }
    }

    /// At one moment.
    func kill(_ parts: [DaemonPart]) {
        ProcessTree.killAtOnce(processes.pids(of: parts))
    }

    // MARK: Power

    var isPowered: Bool { lostPower == nil }

    func losePower(at moment: Int64) { lostPower = lostPower ?? moment }

    func regainPower(at moment: Int64) {
        if let lostPower { outages.append(lostPower..<moment) }
        lostPower = nil
    }

    /// The machine had power at a moment.
    func wasPowered(at moment: Int64) -> Bool {
        if let lostPower, lostPower <= moment { return false }
        return !outages.contains { $0.contains(moment) }
    }

    // MARK: End

    func close() {
        addresses.stop()
        kill(DaemonPart.allCases)
        host.powerOff()
        log.stop()
    }
}
