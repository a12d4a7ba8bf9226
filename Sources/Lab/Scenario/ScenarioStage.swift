// The real hosts of a scenario: a switch for each segment, a host with a daemon for each of the cluster's, and a client
// that asks the virtual addresses. Knows what is so at this moment; the acts are in `ScenarioStage+Acts.swift`.

import Control
import Election
import Glibc
import Linux
import Simulation
import Synchronization
import Wire

final class ScenarioStage {
    let network: Network
    let client: LabHost
    /// As it stands now: reloads change it.
    var cluster: ClusterPlan
    var stations: [Station] = []
    private var probers: [Prober] = []
    /// From a host, to a host.
    var cuts: Set<[Int]> = []
    /// Of a thousand packets of each host.
    var losses: [Int]

    private static let probePeriod: Int64 = 100
    private static let clientNumber = 200

    /// One stage is built at a time: dozens of processes are started for it.
    private static let gate = Mutex(())

    /// `batond` is the daemon's path.
    static func build(_ cluster: ClusterPlan, batond: String) throws -> ScenarioStage {
        try gate.withLock { _ in try ScenarioStage(cluster, batond: batond) }
    }

    private init(_ cluster: ClusterPlan, batond: String) throws {
        self.cluster = cluster
        losses = cluster.names.map { _ in 0 }
        network = try Network()
        client = try network.addUnconnectedHost("client")
        for segment in 0..<cluster.segments {
            try network.connect(
                client, "eth\(segment)", bridge: "br\(segment)", port: Self.port("client", segment),
                addresses: [
                    "192.168.\(50 + segment).\(Self.clientNumber)/24",
                    "2001:db8:\(segment + 1)::\(Self.clientNumber)/64",
                ])
        }
        for (index, plan) in cluster.hosts.enumerated() {
            let host = try network.addUnconnectedHost(plan.name)
            for interface in plan.interfaces {
                try network.connect(
                    host, interface.name, bridge: "br\(interface.segment)",
                    port: Self.port(plan.name, interface.segment),
                    addresses: interface.addresses.map { "\($0.address)/\($0.prefixLength)" },
                    hasOwnAddressesOnly: true)
            }
            stations.append(try Station(plan, index, cluster, on: host, batond: batond))
            try prepareWatched(stations[index])
        }
        for address in virtualAddresses {
            probers.append(
                try Prober(from: client, target: address, periodMilliseconds: Self.probePeriod))
        }
    }

    static func port(_ name: String, _ segment: Int) -> String { "p\(segment)-\(name)" }

    /// Ends everything that was started.
    func close() {
        for prober in probers { _ = prober.stop() }
        for station in stations { station.close() }
        client.powerOff()
        network.bridge.powerOff()
    }

    // MARK: What is watched

    /// The scripts, files and processes of the configuration, all of them good.
    private func prepareWatched(_ station: Station) throws {
        try station.host.write("#!/bin/sh\nexit 0\n", to: "\(ClusterPlan.folder)/notify")
        try station.host.check("chmod +x \(ClusterPlan.folder)/notify")
        for tracker in cluster.trackers {
            guard let kind = tracker.watchKind else { continue }
            let path = "\(ClusterPlan.folder)/\(tracker.name)"
            switch kind {
            case .script:
                try station.host.write("#!/bin/sh\ntest -e \(path).good\n", to: path)
                try station.host.check("chmod +x \(path)")
            case .process: try station.host.check("cp /bin/sleep \(path)")
            case .file: break
            }
            try set(kind, tracker.name, kind == .file ? 0 : 1, on: station)
        }
    }

    func set(_ kind: WatchKind, _ name: String, _ value: Int32, on station: Station) throws {
        let path = "\(ClusterPlan.folder)/\(name)"
        switch kind {
        case .script: try station.host.check(value != 0 ? "touch \(path).good" : "rm -f \(path).good")
        case .file: try station.host.check("echo \(value) > \(path)")
        case .process:
            if value == 0 {
                station.watched.removeValue(forKey: name)?.signal(SIGKILL)
            } else if station.watched[name]?.isRunning != true {
                station.watched[name] = try station.host.start(
                    [path, "infinity"], log: "\(ClusterPlan.folder)/\(name).log")
            }
        }
    }

    // MARK: What is so

    var virtualAddresses: [IPAddress] {
        cluster.instances.compactMap { instance in
            instance.address.split(separator: "/").first.flatMap { IPAddress(String($0)) }
        }
    }

    /// As `World.holds`, of the real hosts.
    func holds(_ claim: Scenario.Claim) -> Bool {
        switch claim {
        case .state(let host, let instance, let state):
            let station = stations[host]
            return station.hasEngine
                && places(instance).allSatisfy {
                    station.states.state(of: cluster.instances[$0].name) == state
                }
        case .stopped(let host): return !stations[host].hasEngine
        case .holds(let host, let instance, let isHeld):
            return places(instance).allSatisfy { self.isHeld($0, by: stations[host]) == isHeld }
        case .answered(let isAnswered): return probers.allSatisfy { $0.isAnswered == isAnswered }
        }
    }

    private func places(_ instance: Int?) -> [Int] {
        instance.map { [$0] } ?? Array(cluster.instances.indices)
    }

    /// FRR's addresses are always on an interface, which is up as long as it is master, and stays so when it is killed.
    private func isHeld(_ place: Int, by station: Station) -> Bool {
        guard station.behaviour == .frr else { return station.addresses.holds(virtualAddresses[place]) }
        return station.states.state(of: cluster.instances[place].name) == .master
    }
}
