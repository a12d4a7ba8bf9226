// A fresh world for a cluster: its clients, what is watched in good health, and the rules that can judge it.

import Configuration
import Control
import Election
import Wire

extension ConfiguredCluster {
    /// Nothing runs in it yet.
    func makeWorld(seed: UInt64, detail: Trace.Detail, sabotage: [Sabotage] = []) -> World {
        var options = WorldOptions(seed: seed, hosts: hosts, segments: segments)
        options.detail = detail
        options.sabotage = sabotage
        options.hasClients = false
        let world = World(options)
        world.clients = services.indices.compactMap(client)
        world.schedule(.probe, after: Client.interval)
        for (host, configuration) in zip(world.hosts, configurations) {
            for check in configuration.checks { host.setWatched(check.kind, check.name, check.well) }
        }
        world.checkers = rules(world)
        return world
    }

    /// One of the addresses' neighbours; nil: the address is where nobody asks for it.
    func client(_ place: Int) -> Client? {
        guard let address = services[place].addresses.first else { return nil }
        let member = services[place].members[0]
        let instance = instance(member)
        let virtual = instance.allAddresses.first { $0.address == address }
        guard virtual?.interface != "lo" else { return nil }
        let own = interfaces[member.host]
        let interface =
            own.first { $0.name == virtual?.interface } ?? own.first { $0.name == instance.interface }
            ?? own.first
        guard let segment = interface?.segment else { return nil }
        return Client(segment: segment, address: address, router: isRegular ? member.instance : nil)
    }

    // MARK: Rules

    /// Those of the ten that hold for what is configured, `SplitBrain` in place of `SingleMaster`: some expect a `notify`
    /// script, or nothing that makes the engine wait. In a cluster whose hosts do not have the same routers addresses
    /// alone can be compared.
    private func rules(_ world: World) -> [any Checker] {
        var rules: [any Checker] = [SplitBrain(services)]
        guard isRegular else { return rules }
        rules += [GroupsMoveAsOne(world), LeaseBound(world)] as [any Checker]
        let instances = configurations.flatMap(\.instances)
        let isTracked = instances.allSatisfy { $0.allAddresses.allSatisfy(\.isTracked) }
        if isTracked { rules.append(AddressNeedsMaster(world)) }
        if isTracked, !waits, configurations.allSatisfy(\.hasEvenGroups) {
            rules += [Served(world), PriorityWins(world), ClientIsAnswered(world)] as [any Checker]
        }
        if instances.allSatisfy({ $0.notify.generic != nil }) {
            rules.append(NotificationsTellTheTruth(world))
        }
        if configurations.allSatisfy(\.hasDistinctVRIDs) {
            rules.append(AdvertisementRate(world))
            if !waits { rules.append(PriorityIsItsLedger(world)) }
        }
        return rules
    }

    /// `vrrp_startup_delay` or `interface_up_down_delays`
    private var waits: Bool {
        configurations.contains { configuration in
            !configuration.interfaceDelays.isEmpty
                || configuration.instances.contains { $0.router.startupDelay > .zero }
        }
    }

    // MARK: Times

    /// Hosts that start do nothing before.
    private var startupDelay: Duration {
        configurations.flatMap(\.instances).map(\.router.startupDelay).max() ?? .zero
    }

    var longestInterval: Duration { services.map(\.bounds.interval).max() ?? .zero }

    private var linkDelay: Duration {
        configurations.flatMap(\.interfaceDelays).map { max($0.up, $0.down) }.max() ?? .zero
    }

    /// The longest that a service may go without an answer, if somebody can serve.
    func patience(_ service: Service) -> Duration { service.bounds.answer + startupDelay + linkDelay }

    /// All that follows from a start, a fault or a repair has happened by then.
    var settling: Duration {
        let longest = services.map { service in
            max(service.bounds.answer, service.bounds.preemption, service.bounds.reunion)
        }
        return (longest.max() ?? .zero) + startupDelay + linkDelay + Timers.longestFarewell
    }
}

extension Configuration {
    /// The members of each sync group wait for equally long, so that the rules need not know of the others.
    fileprivate var hasEvenGroups: Bool {
        instances.indices.allSatisfy { place in
            let router = instances[place].router
            return mates(of: place).allSatisfy { mate in
                mate.router.version == router.version
                    && mate.router.advertisementInterval == router.advertisementInterval
                    && mate.router.downTimerAdvertisements == router.downTimerAdvertisements
                    && mate.router.preemptDelay == router.preemptDelay
            }
        }
    }

    /// No two instances of a family have one VRID, on different interfaces.
    fileprivate var hasDistinctVRIDs: Bool {
        instances.map { Int($0.router.vrid) << 8 | Int($0.router.family.rawValue) }.areDistinct
    }
}
