// The simulation: virtual time, the hosts, the network between them, the clients, and who looks on. One thread; what
// happens follows from the plan and the seed alone.

import Configuration
import Control
import Election
import Wire

/// What a world is made of.
package struct WorldOptions: Sendable {
    package var seed: UInt64
    package var hosts: [HostPlan]
    package var segments = 1
    package var detail = Trace.Detail.digest
    package var sabotage: [Sabotage] = []
    /// The clients of each virtual address begin to ask.
    package var hasClients = true

    package init(seed: UInt64, hosts: [HostPlan], segments: Int = 1) {
        self.seed = seed
        self.hosts = hosts
        self.segments = segments
    }
}

package final class World {
    package private(set) var now = Timestamp(nanoseconds: 0)
    private var queue = EventQueue()
    var random: SplitMix64
    package private(set) var hosts: [SimulatedHost] = []
    var network: Network
    package internal(set) var clients: [Client] = []
    package internal(set) var trace: Trace
    package internal(set) var checkers: [any Checker] = []
    package internal(set) var violations: [Violation] = []
    /// Faults that were injected, repairs not counted.
    package internal(set) var faults = 0
    package private(set) var occurrences = 0
    /// Something that a checker may want to look at has changed.
    var isDirty = true
    /// The last occurrence has changed something.
    private var hasLooked = false
    /// When anything was last done to each host: a fault, a repair, a process that begins.
    var disturbed: [Timestamp]
    private let sabotage: [Sabotage]
    /// Counts the configurations that hosts have got.
    var edition = 0
    private var routersEdition = -1
    private var cachedRouters: [ClusterRouter] = []
    private lazy var observation = Observation(self)

    package init(_ options: WorldOptions) {
        var random = SplitMix64(seed: options.seed)
        sabotage = options.sabotage
        network = Network(segments: options.segments, hosts: options.hosts.count)
        trace = Trace(options.detail)
        disturbed = options.hosts.map { _ in Timestamp(nanoseconds: 0) }
        self.random = random.fork()
        for (index, plan) in options.hosts.enumerated() {
            hosts.append(SimulatedHost(plan, index: index, world: self, random: random.fork()))
        }
        if options.hasClients { addClients() }
    }

    /// An engine knows its host, and the host its engine.
    deinit { for host in hosts { host.engine = nil } }

    /// As the configurations have them now.
    package var routers: [ClusterRouter] {
        if routersEdition != edition {
            cachedRouters = ClusterRouter.all(hosts)
            routersEdition = edition
        }
        return cachedRouters
    }

    func hasSabotage(_ kind: Sabotage) -> Bool { !sabotage.isEmpty && sabotage.contains(kind) }

    private func addClients() {
        for host in hosts {
            for (router, instance) in host.configuration.instances.enumerated() {
                guard let segment = host.segment(of: instance.interface) else { continue }
                for address in instance.addresses.map(\.address)
                where !clients.contains(where: { $0.address == address }) {
                    clients.append(Client(segment: segment, address: address, router: router))
                }
            }
        }
        schedule(.probe, after: Client.interval)
    }

    func schedule(_ occurrence: consuming Occurrence, at time: Timestamp) {
        queue.schedule(occurrence, at: time)
    }

    func schedule(_ occurrence: consuming Occurrence, after span: Duration) {
        queue.schedule(occurrence, at: now + span)
    }

    // MARK: Running

    package func run(until end: Timestamp) {
        while step(until: end) {}
        now = end
    }

    package func run(for span: Duration) { run(until: now + span) }

    /// Runs until the condition holds, at most for so long; nil: it did not.
    package func run(for span: Duration, until condition: (World) -> Bool) -> Duration? {
        let (start, end) = (now, now + span)
        if condition(self) { return .zero }
        while step(until: end) {
            if hasLooked, condition(self) { return now - start }
        }
        now = end
        return nil
    }

    /// The next occurrence; false: there is none until then.
    private func step(until end: Timestamp) -> Bool {
        guard let (time, occurrence) = queue.next(until: end) else { return false }
        now = time
        occurrences += 1
        perform(occurrence)
        hasLooked = isDirty
        if isDirty { look() }
        return true
    }

    private func look() {
        isDirty = false
        guard !checkers.isEmpty else { return }
        observation.refresh()
        for place in checkers.indices { checkers[place].observe(observation, &violations) }
    }

    private func perform(_ occurrence: Occurrence) {
        switch occurrence {
        case .engineDue(let host): hosts[host].engineIsDue()
        case .engineLoaded(let host, let life): hosts[host].engineLoaded(life)
        case .guardDue(let host, let life, let timer):
            guard let supervisor = hosts[host].supervisor, supervisor.life == life else { return }
            supervisor.fire(timer)
        case .childEnded(let host, _, let part): hosts[host].supervisor?.ended(part)
        case .reports(let host): hosts[host].reportsAreDue()
        case .leaseDue(let host): hosts[host].leaseIsDue()
        case .detected(let host):
            hosts[host].kernel.settleDetection()
            hosts[host].scheduleReports()
        case .flight(let flight): arrive(flight)
        case .watch(let host, let kind, let name): hosts[host].runner?.watchIsDue(kind, name)
        case .scriptEnds(let host, let life, let lane):
            guard let runner = hosts[host].runner, runner.life == life else { return }
            runner.scriptEnds(lane)
        case .probe: probe()
        case .serviceStart(let host): hosts[host].serviceIsDueToStart()
        }
    }

    func ran(_ notice: Notice, on host: SimulatedHost) {
        host.note("notify \(notice.lane) \(notice.state)")
        host.lostNotices.removeAll { $0 == notice.lane }
        for place in checkers.indices { checkers[place].ran(notice, on: host, &violations) }
    }

    func sent(_ transmission: Transmission, by host: SimulatedHost) {
        for place in checkers.indices where checkers[place].watchesTraffic {
            checkers[place].sent(transmission, by: host, &violations)
        }
    }
}
