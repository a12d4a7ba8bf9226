// Three hosts, their daemons and the switch of a chaos run: does what the plan says and records what happened.

import Glibc
import Lab
import Linux
import Simulation
import Wire

/// What the hosts speak.
enum ChaosMode: String, Sendable, CaseIterable {
    /// Version 2, an advertisement a second.
    case classic
    /// Version 3, an advertisement each 0.3 s.
    case fast

    private var interval: String { self == .classic ? "1" : "0.3" }
    private var version: Int { self == .classic ? 2 : 3 }

    func configuration(priority: Int) -> String {
        Flavour.v2.configuration(number: 0, priority: priority)
            .replacing("version 2", with: "version \(version)")
            .replacing("advert_int 1", with: "advert_int \(interval)")
    }

    /// Skew by RFC 3768 6.1 and RFC 9568 6.1.
    var settings: ChaosOracle.Settings {
        let interval: Int64 = self == .classic ? 1_000_000_000 : 300_000_000
        let lowest = Int64(ChaosPlan.priorities.joined().min() ?? 100)
        let lease = (3 * interval + 999_999_999) / 1_000_000_000
        return ChaosOracle.Settings(
            advertisementInterval: interval, longestSkew: (256 - lowest) * interval / 256,
            lease: lease * 1_000_000_000)
    }
}

final class ChaosStage {
    private struct Station {
        let host: LabHost
        let daemon: KeepalivedLike
        let addresses: AddressWatch
        let processes: ProcessWatch
        var priority: Int
        var wanted = SpanRecorder()
        var unplugged = SpanRecorder()
        var isolated = SpanRecorder()
        var reloads: [Int64] = []
        /// A start waits until then for the former daemon to end.
        var startBy: Int64?
    }

    private let network: Network
    private let mode: ChaosMode
    private var stations: [Station] = []
    /// Of lb1 and lb2, lb1 and lb3, lb2 and lb3.
    private var separations = [SpanRecorder](repeating: SpanRecorder(), count: 3)
    private let address = IPAddress("192.168.50.88") ?? .unspecified(.ipv4)

    init(_ mode: ChaosMode) throws {
        self.mode = mode
        network = try Network()
        for index in 0..<ChaosPlan.hosts {
            let priority = ChaosPlan.priorities[index][0]
            let host = try network.addHost("lb\(index + 1)", number: 133 + index)
            let daemon = try KeepalivedLike(
                Program.baton.path, on: host, configuration: mode.configuration(priority: priority),
                flags: Program.baton.flags)
            stations.append(
                Station(
                    host: host, daemon: daemon, addresses: try AddressWatch(on: host),
                    processes: try ProcessWatch(on: host), priority: priority))
        }
    }

    /// Ends everything that was started.
    func close() {
        for index in stations.indices {
            stations[index].addresses.stop()
            stations[index].processes.stop()
            killAll(index)
            stations[index].host.powerOff()
        }
        network.bridge.powerOff()
    }

    private var now: Int64 { RealtimeClock.nanoseconds }

    func logLines(_ index: Int) -> [Substring] { stations[index].daemon.log.split(separator: "\n") }

    var holders: [Bool] { stations.map { $0.addresses.holds(address) } }

    // MARK: What the oracle needs

    var records: [HostRecord] {
        stations.map { station in
            HostRecord(
                holds: Spans(station.addresses.stretches(of: address)),
                engineRuns: station.processes.running(.engine), guardRuns: station.processes.running(.guard),
                guardExists: station.processes.existing(.guard), isWanted: station.wanted.spans,
                isUnplugged: station.unplugged.spans, isIsolated: station.isolated.spans,
                reloads: station.reloads)
        }
    }

    var separated: [Spans] { separations.map(\.spans) }

    // MARK: Acts

    private func processes(_ index: Int) -> [DaemonProcess] {
        DaemonProcess.all(holder: stations[index].host.pid, guard: stations[index].daemon.process?.pid)
    }

    private func signal(_ number: Int32, _ parts: [DaemonPart], on index: Int) {
        for pid in processes(index).pids(of: parts) { kill(pid, number) }
    }

    private func killAll(_ index: Int) { signal(SIGKILL, DaemonPart.allCases, on: index) }

    /// Starts before the act for what the act takes away, after it for what it gives: an excuse is never too short by the time that
    /// the command takes.
    func perform(_ step: ChaosStep) throws {
        let index = step.host
        let name = stations[index].host.name
        switch step.act {
        case .kill(let parts):
            if parts.contains(.guard) { stations[index].wanted.close(at: now) }
            signal(SIGKILL, parts, on: index)
        case .freeze(let parts): signal(SIGSTOP, parts, on: index)
        case .thaw: signal(SIGCONT, DaemonPart.allCases, on: index)
        case .terminate: terminate(index)
        case .start: startIfDown(index)
        case .restart:
            terminate(index)
            startIfDown(index)
        case .reload(let priority): try reload(index, priority)
        case .unplug(let isByHand):
            stations[index].unplugged.open(at: now)
            if isByHand {
                try stations[index].host.check("ip link set eth0 down")
            } else {
                try network.cut(stations[index].host)
            }
        case .plug(let isByHand):
            if isByHand {
                try stations[index].host.check("ip link set eth0 up")
            } else {
                try network.mend(stations[index].host)
            }
            stations[index].unplugged.close(at: now)
        case .isolate:
            stations[index].isolated.open(at: now)
            try network.bridge.check("ip link set port-\(name) nomaster")
        case .join:
            try network.bridge.check("ip link set port-\(name) master br0")
            stations[index].isolated.close(at: now)
        case .separate(let other): try separate(index, other, true)
        case .reunite(let other): try separate(index, other, false)
        case .deleteAddress:
            _ = try stations[index].host.run("ip addr del 192.168.50.88/24 dev eth0")
        }
    }

    private func separate(_ index: Int, _ other: Int, _ isSeparate: Bool) throws {
        let pair = min(index, other) + max(index, other) - 1
        if isSeparate { separations[pair].open(at: now) }
        try network.separate([stations[index].host, stations[other].host], isSeparate)
        if !isSeparate { separations[pair].close(at: now) }
    }

    private func reload(_ index: Int, _ priority: Int) throws {
        stations[index].priority = priority
        try stations[index].host.write(
            mode.configuration(priority: priority), to: KeepalivedLike.configurationPath)
        stations[index].reloads.append(now)
        signal(SIGHUP, [.guard], on: index)
    }

    private func terminate(_ index: Int) {
        stations[index].wanted.close(at: now)
        signal(SIGTERM, [.guard], on: index)
    }

    // MARK: Starting

    /// What an operator or a service manager does: it waits for a daemon that is to end, but not for ever.
    private func startIfDown(_ index: Int) {
        guard !stations[index].wanted.isOpen else { return }
        stations[index].startBy = now + 6_000_000_000
    }

    /// To be called all the time.
    func attend() throws {
        for index in stations.indices {
            guard let deadline = stations[index].startBy else { continue }
            if stations[index].daemon.process?.isRunning == true {
                guard deadline < now else { continue }
                killAll(index)
            } else {
                try start(index)
            }
        }
    }

    private func start(_ index: Int) throws {
        // Stopped processes of the former daemon; those that run end by themselves.
        for process in processes(index) where !process.isRunning { kill(process.pid, SIGKILL) }
        stations[index].startBy = nil
        try stations[index].daemon.start()
        stations[index].processes.follow(stations[index].daemon.process?.pid)
        stations[index].wanted.open(at: now)
    }

    func startAll() throws { for index in stations.indices { try start(index) } }

    /// Everything works again, and everybody has the usual priority.
    func heal() throws {
        for index in stations.indices {
            func perform(_ act: ChaosAct) throws {
                try self.perform(ChaosStep(moment: 0, host: index, act: act, isFault: false))
            }
            try perform(.thaw)
            if stations[index].isolated.isOpen { try perform(.join) }
            try stations[index].host.check("ip link set eth0 up")
            try perform(.plug(isByHand: false))
            if stations[index].wanted.isOpen, !processes(index).contains(where: { $0.part == .engine }) {
                stations[index].wanted.close(at: now)
                killAll(index)
            }
            try perform(.reload(priority: ChaosPlan.priorities[index][0]))
            startIfDown(index)
        }
        for (index, other) in [(0, 1), (0, 2), (1, 2)] { try separate(index, other, false) }
        try Wait.until(seconds: 10, "a daemon cannot be started") {
            try attend()
            return stations.allSatisfy { $0.startBy == nil }
        }
    }
}
