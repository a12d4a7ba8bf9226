// What is done to the real hosts of a scenario: signals, links, filters in the switch, files, the operator's commands.

import Control
import Election
import Glibc
import Linux
import Simulation
import Wire

extension ScenarioStage {
    /// Throws what the lab cannot do, and what did not work.
    func perform(_ act: Act) throws {
        if let obstacle = act.labObstacle(in: cluster) { throw LabError(obstacle) }
        switch act {
        case .kill(let host, let parts):
            if parts.contains(.guard) { stations[host].isWanted = false }
            stations[host].kill(parts)
        case .freeze(let host, let parts): stations[host].signal(SIGSTOP, parts)
        case .thaw(let host): stations[host].signal(SIGCONT, DaemonPart.allCases)
        case .start(let host): try start(stations[host])
        case .stop(let host): stop(stations[host])
        case .restart(let host):
            stop(stations[host])
            startLater(stations[host])
        case .reload(let host, let priority): try reload(stations[host], priority)
        case .plug(let host, let place, let isPlugged): try plug(stations[host], place, isPlugged)
        case .link(let host, let place, let isUp): try setLink(stations[host], place, isUp)
        case .isolate(let host, let isIsolated): try isolate(stations[host], isIsolated)
        case .cut(let from, let to, let isCut):
            if isCut { cuts.insert([from, to]) } else { cuts.remove([from, to]) }
            try filter()
        case .noise(let host, let noise):
            losses[host] = noise.loss
            try filter()
        case .deleteAddresses(let host): try stations[host].host.check(deletion(on: stations[host]))
        case .watch(let host, let kind, let name, let value):
            try set(kind, name, value, on: stations[host])
        case .refuseSending(let host, let isOn): try refuseSending(stations[host], isOn)
        case .power(let host, let isOn): try isOn ? powerOn(stations[host]) : powerOff(stations[host])
        case .crashLoop(let host, let deaths):
            stations[host].deaths = deaths
            try attend()
        case .heal: try heal()
        case .drift, .jump, .sleep, .wake, .slow, .lateReports, .overflow, .refuseAddresses: break
        }
    }

    // MARK: Service

    private static let restartPause: Int64 = 200_000_000

    private func start(_ station: Station) throws {
        guard station.isPowered else { return }
        guard !station.isDaemonRunning else {
            // One that stops is waited for.
            if !station.isWanted { startLater(station) }
            return
        }
        station.isWanted = true
        try station.start()
    }

    private func stop(_ station: Station) {
        station.isWanted = false
        station.startDue = nil
        station.signal(SIGTERM, station.behaviour == .frr ? [.engine, .guard] : [.guard])
    }

    private func startLater(_ station: Station) {
        station.isWanted = true
        station.startDue = MonotonicClock.now + Self.restartPause
    }

    /// What goes on between the acts: starts that wait for an end, engines that are to die. To be called all the time.
    func attend() throws {
        for station in stations {
            if let due = station.startDue, due <= MonotonicClock.now {
                station.startDue = nil
                if station.isDaemonRunning { startLater(station) } else { try start(station) }
            }
            guard station.deaths > 0,
                let engine = station.processes.first(where: { $0.part == .engine }),
                engine.pid != station.lastVictim
            else { continue }
            kill(engine.pid, SIGKILL)
            station.lastVictim = engine.pid
            station.deaths -= 1
        }
    }

    /// The first instance's priority changes, the others' by as much.
    private func reload(_ station: Station, _ priority: Int?) throws {
        let host = station.index
        if let priority, let first = cluster.instances.first {
            let change = priority - first.priorities[host]
            for place in cluster.instances.indices {
                let next = cluster.instances[place].priorities[host] + change
                cluster.instances[place].priorities[host] = min(max(next, 1), 254)
            }
        }
        try station.host.write(cluster.text(of: host, imitates: false), to: KeepalivedLike.configurationPath)
        station.signal(SIGHUP, [.guard])
    }

    // MARK: Network

    private func port(_ station: Station, _ segment: Int) -> String {
        Self.port(station.host.name, segment)
    }

    private func plug(_ station: Station, _ place: Int, _ isPlugged: Bool) throws {
        try network.bridge.check("ip link set \(port(station, place)) \(isPlugged ? "up" : "down")")
    }

    private func setLink(_ station: Station, _ place: Int, _ isUp: Bool) throws {
        let commands = isUp ? raising(place, of: station) : ["ip link set eth\(place) down"]
        try station.host.check(commands.joined(separator: " && "))
    }

    /// The kernel forgets the IPv6 addresses of a link that is taken down. When it comes up again the host gets its own ones back, and
    /// they are checked for duplicates, which takes a second.
    private func raising(_ place: Int, of station: Station) -> [String] {
        let own = cluster.hosts[station.index].interfaces[place].addresses
        let settings = "/proc/sys/net/ipv6/conf/eth\(place)"
        return [
            "echo 0 > \(settings)/router_solicitation_delay", "echo 1 > \(settings)/accept_dad",
            "ip link set eth\(place) up",
        ]
            + own.filter { $0.address.family == .ipv6 }.map {
                "ip addr replace \($0.address)/\($0.prefixLength) dev eth\(place)"
            }
    }

    private func isolate(_ station: Station, _ isIsolated: Bool) throws {
        let commands = (0..<cluster.segments).map { segment in
            "ip link set \(port(station, segment)) \(isIsolated ? "nomaster" : "master br\(segment)")"
        }
        try network.bridge.check(commands.joined(separator: " && "))
    }

    /// What the switch does not pass on, all anew.
    private func filter() throws {
        var rules: [String] = []
        for segment in 0..<cluster.segments {
            func mark(_ host: Int) -> String { "\"\(port(stations[host], segment))\"" }
            rules += cuts.sorted { $0.lexicographicallyPrecedes($1) }.map {
                "iifname \(mark($0[0])) oifname \(mark($0[1])) drop"
            }
            for (host, loss) in losses.enumerated() where loss > 0 {
                rules.append("iifname \(mark(host)) numgen random mod 1000 < \(loss) drop")
            }
        }
        let text =
            "table bridge lab {}\ndelete table bridge lab\ntable bridge lab { chain lines {"
            + " type filter hook forward priority 0;\n\(rules.joined(separator: "\n"))\n}\n}\n"
        try network.bridge.write(text, to: "/run/lab/filter.nft")
        try network.bridge.check("nft -f /run/lab/filter.nft")
    }

    /// sendmsg(2) fails with EPERM.
    private func refuseSending(_ station: Station, _ isOn: Bool) throws {
        station.isMute = isOn
        var commands = ["add table inet lab", "delete table inet lab"]
        if isOn {
            commands += [
                "add table inet lab",
                "add chain inet lab out { type filter hook output priority 0 ; }",
                "add rule inet lab out meta l4proto 112 drop",
            ]
        }
        try station.host.check("nft '\(commands.joined(separator: "; "))'")
    }

    /// The virtual addresses, on whatever interface they are. FRR's belong to the machine.
    private func deletion(on station: Station) -> String {
        guard station.behaviour != .frr else { return "true" }
        return cluster.instances.map { instance in
            "for device in $(ip -o addr show to \(instance.address.prefix { $0 != "/" }) | awk '{print $2}');"
                + " do ip addr del \(instance.address) dev $device; done"
        }.joined(separator: "; ")
    }

    // MARK: Machines

    /// All at once: nothing leaves the host any more, and what it has in memory is gone.
    private func powerOff(_ station: Station) throws {
        station.losePower(at: RealtimeClock.nanoseconds)
        station.isWanted = false
        station.signal(SIGSTOP, DaemonPart.allCases)
        let ports = (0..<cluster.segments).map { "ip link set \(port(station, $0)) down" }
        try network.bridge.check(ports.joined(separator: " && "))
        station.kill(DaemonPart.allCases)
        let links = "for device in $(ip -o link show type macvlan | grep -o 'vrrp\\.[0-9]*' | sort -u);"
        let down = (0..<cluster.segments).map { "ip link set eth\($0) down" }.joined(separator: "; ")
        _ = try station.host.run("\(deletion(on: station)); \(links) do ip link del $device; done; \(down)")
    }

    private func powerOn(_ station: Station) throws {
        guard !station.isPowered else { return }
        let ports = (0..<cluster.segments).map { "ip link set \(port(station, $0)) up" }
        try network.bridge.check(ports.joined(separator: " && "))
        let links = (0..<cluster.segments).flatMap { raising($0, of: station) }
        try station.host.check(links.joined(separator: " && "))
        station.regainPower(at: RealtimeClock.nanoseconds)
        try start(station)
    }

    /// At one moment, as far as that goes: each command takes some milliseconds, more on a busy machine.
    private func heal() throws {
        for station in stations {
            station.deaths = 0
            station.signal(SIGCONT, DaemonPart.allCases)
        }
        let ports = stations.flatMap { station in
            (0..<cluster.segments).map { "ip link set \(port(station, $0)) master br\($0) up" }
        }
        try network.bridge.check(ports.joined(separator: " && "))
        cuts = []
        losses = losses.map { _ in 0 }
        try filter()
        for station in stations {
            try powerOn(station)
            if station.isMute { try refuseSending(station, false) }
            let links = (0..<cluster.segments).flatMap { raising($0, of: station) }
            try station.host.check(links.joined(separator: " && "))
            for tracker in cluster.trackers {
                guard let kind = tracker.watchKind else { continue }
                try set(kind, tracker.name, kind == .file ? 0 : 1, on: station)
            }
            if !station.isWanted || !station.isDaemonRunning { startLater(station) }
        }
        try attend()
    }
}
