// Runs the node of one host: turns packets, kernel messages and commands into events, and performs
// the actions that come back. One thread, never blocks. The parts stand in Engine+*.swift.

import Configuration
import Control
import Election
import Wire

/// The protocol of one host at work. All methods MUST be called from one thread, each to its end before the
/// next. After each call the caller reads `nextDeadline` and calls `tick` when it has passed.
package final class Engine {
    let host: any Host
    let options: EngineOptions
    var configuration: Configuration
    var node = Node()
    /// In the order of the configuration.
    var instances: [Instance] = []
    /// Which instances a received packet may be for.
    var recipients: [RecipientKey: [Int]] = [:]
    var interfaces = InterfaceTable()
    var limiter = LogLimiter()
    /// What the runner's watches found last.
    var watchResults: [WatchKey: Int32] = [:]
    var announcer = Announcer()
    /// Of addresses that the kernel does not serve yet.
    var unservedAnnouncements: [Announcement] = []
    var linkDelays = LinkDelays()
    /// The addresses of all instances: none of them is anybody's own.
    var virtualAddresses: Set<IPAddress> = []
    var hasOwner = false
    /// Where the instance of each router stood last: mostly it still does.
    private var places: [Int] = []
    /// Routes or rules were removed since it was looked whether they were these.
    var routingIsDue = false
    /// Addresses of this host's own have changed since the routers were told.
    var ownAddressesAreDue = false
    /// The interfaces that instances made.
    var virtualIndexes: Set<Int32> = []
    /// The `track_group`s of which something permanent could not be added.
    var brokenTrackGroups: Set<String> = []
    /// Sockets that could not be opened, and when that is tried again.
    var deafPoints: [ListenPoint] = []
    var listenDue: Timestamp?
    /// Of authentication headers and trailers sent.
    var headerSequence: UInt32 = 0
    var lastStamp: UInt64 = 0
    /// What a former engine left.
    var resumption = Resumption()
    /// Its wills by the instance's name.
    var formerWills: [String: LastWill] = [:]
    /// How often the guard is told that this engine is alive, and when it is next; nil: it has not started.
    var heartbeat: Duration = .zero
    var heartbeatDue: Timestamp?
    /// When the first takeover that is not confirmed is complained of, or one that is, asked about.
    var receiptDue: Timestamp?
    /// The next announcement on other interfaces.
    var extraDue: Timestamp?
    /// Claims of an address before this are not looked at.
    var nextClaim: [Claim: Timestamp] = [:]
    /// The addresses whose claims are listened for.
    var claimable: Set<IPAddress> = []
    /// What the firewall drops now.
    var firewall: FirewallRequest?
    /// When it is set again after a loss or a failure.
    var firewallBackoff = Backoff()
    /// What the kernel did not remove, and when it is told again.
    var remnants: [Remnant] = []
    var remnantBackoff = Backoff()
    /// Packets for no instance, by reason.
    var strayRejections = Statistics()
    /// The daemon ends: what `-V` is about.
    private(set) var isStopping = false
    /// Delays after start do not concern what a reload adds.
    var hasStarted = false
    private var isPerforming = false
    private var needsSettling = false
    /// The caller calls `settle` after each round of events; else it happens after each event.
    package var defersSettling = false
    private var pending: [(event: Event, router: RouterID)] = []
    private var actions: [Action] = []
    /// Routers that have advertised; what goes with it is done when all actions are performed.
    var advertised: [RouterID] = []
    var messageBuffer: [UInt8] = []
    private static let tolerableLateness: Duration = .milliseconds(100)

    /// Where packets for an instance arrive.
    struct RecipientKey: Hashable {
        let interfaceIndex: Int32
        let family: AddressFamily
        let vrid: UInt8
    }

    package init(host: any Host, configuration: Configuration, options: EngineOptions) {
        self.host = host
        self.configuration = configuration
        self.options = options
        messageBuffer.reserveCapacity(2048)
    }

    package var currentConfiguration: Configuration { configuration }

    package var scheduling: SchedulingSettings { configuration.global.scheduling }

    package var nextDeadline: Timestamp? {
        .earliest([
            node.nextDeadline, announcer.nextDeadline, linkDelays.nextDeadline, extraDue, listenDue,
            firewallBackoff.due, heartbeatDue, receiptDue, remnantBackoff.due,
        ])
    }

    /// Starts every instance. The interfaces MUST have been reported with `resynchronise` before.
    package func start() {
        start(resuming: Resumption())
    }

    /// The same after a former engine has died: its instances go on where they stood.
    package func start(resuming former: Resumption) {
        resumption = former
        formerWills = Dictionary(heldWills(former).map { ($0.instance, $0) }) { $1 }
        // Packets may have left since the guard was told.
        headerSequence = former.headerSequence == 0 ? 0 : former.headerSequence &+ 10_000
        lastStamp = former.stamp == 0 ? 0 : former.stamp &+ 10_000
        for result in former.results { watched(result) }
        adoptSettings()
        for settings in configuration.instances { add(settings) }
        group()
        rewire()
        removeLeftovers()
        settlePermanentEntries()
        instructRunner()
        for instance in instances { applyWatches(to: instance) }
        resume()
        for instance in instances { handle(.startup, for: instance.router) }
        hasStarted = true
        // What the next reload adds has no former life.
        resumption = Resumption()
        formerWills = [:]
        sendHeartbeat()
    }

    /// The parts of the configuration that concern the engine itself.
    func adoptSettings() {
        announcer.setPace(configuration)
        linkDelays.settings = configuration.interfaceDelays
        guard configuration.global.disablesLocalIGMP else { return }
        if let reason = host.setParameter("net/ipv4/igmp_link_local_mcast_reports", 0) {
            host.log(.warning, "disable_local_igmp: \(reason)")
        }
    }

    /// Puts the configured sync groups into the node.
    func group() {
        let routers = Dictionary(instances.map { ($0.name, $0.router) }) { first, _ in first }
        let groups = configuration.groups.map { group in
            SyncGroup(name: group.name, members: group.members.compactMap { routers[$0] })
        }
        perform { node.setGroups(groups.filter { !$0.members.isEmpty }, at: host.now, into: &$0) }
    }

    /// Begins to release everything: priority 0 to the peers, and when a successor is heard, addresses removed and STOP
    /// notified. `isReleased` says when `finish` may be called.
    package func stop() {
        isStopping = true
        for instance in instances { handle(.shutdown, for: instance.router) }
    }

    /// No instance holds anything any more.
    package var isReleased: Bool {
        isStopping && instances.allSatisfy { node.state(of: $0.router) == .initialize }
    }

    /// Releases what is left, without waiting for successors, and closes everything.
    package func finish() {
        isStopping = true
        for instance in instances { handle(.abandon, for: instance.router) }
        if !options.keepsAddresses {
            removePermanentEntries()
            for instance in instances { removeVirtualInterfaces(of: instance) }
        }
        _ = host.listen(on: [])
    }

    /// The machine slept: its clock stood still as well.
    package func slept(for span: Duration) {
        host.log(.warning, "the machine slept for \(span.milliseconds) ms")
        for instance in instances { handle(.slept(span), for: instance.router) }
    }

    /// `lateness`: how long after the deadline the caller noticed it.
    package func tick(lateness: Duration = .zero) {
        if lateness > Self.tolerableLateness {
            log(.warning, limited: .lateness) {
                "the VRRP process was held up for \(lateness.milliseconds) ms"
            }
        }
        sendHeartbeat()
        if let due = node.nextDeadline, due <= host.now { perform { node.tick(at: host.now, into: &$0) } }
        sendDueAnnouncements()
        if let extraDue, extraDue <= host.now { sendExtraAnnouncements() }
        listenAgain()
        if firewallBackoff.isDue(at: host.now) { settleFirewall() }
        settleReceipts()
        if remnantBackoff.isDue(at: host.now) { settleRemnants() }
        for link in linkDelays.due(at: host.now) { settle(link.index, isUp: link.isUp) }
    }

    /// Brings a configured instance to life, without starting it up.
    func add(_ settings: InstanceConfiguration) {
        var router = settings.router
        // The longer of the two delays counts.
        let afterBoot = configuration.global.bootDelay - options.uptime
        let isFirst = !hasStarted && !resumption.isRespawn
        router.startupDelay = isFirst ? max(router.startupDelay, afterBoot) : .zero
        let id = node.add(router, at: host.now)
        instances.append(Instance(settings, router: id))
    }

    /// The place of a router's instance; nil: there is none.
    func place(of router: RouterID) -> Int? {
        while places.count <= router.slot { places.append(0) }
        let guess = places[router.slot]
        if instances.indices.contains(guess), instances[guess].router == router { return guess }
        guard let place = instances.firstIndex(where: { $0.router == router }) else { return nil }
        places[router.slot] = place
        return place
    }

    /// States or what hangs on them have changed: `settle` is due.
    func settleSoon() {
        needsSettling = true
        if !defersSettling { settle() }
    }

    /// What follows from all changes of state together: what the firewall drops, which claims are listened for.
    package func settle() {
        guard needsSettling else { return }
        needsSettling = false
        settleFirewall()
        followClaims()
        sendExtraAnnouncements()
    }

    // MARK: Events and actions

    func handle(_ event: Event, for router: RouterID) {
        guard !isPerforming else { return pending.append((event, router)) }
        perform { node.handle(event, for: router, at: host.now, into: &$0) }
    }

    /// Lets `produce` append actions and performs them all; events that arise meanwhile wait for the end.
    func perform(_ produce: (inout [Action]) -> Void) {
        precondition(!isPerforming, "actions of one event are performed before the next event")
        isPerforming = true
        produce(&actions)
        var hasMoved = false
        for action in actions {
            perform(action)
            if case .transition = action.kind { hasMoved = true }
        }
        actions.removeAll(keepingCapacity: true)
        followAdvertisements()
        isPerforming = false
        if hasMoved { settleSoon() }
        guard !pending.isEmpty else { return }
        let (event, router) = pending.removeFirst()
        handle(event, for: router)
    }
}

/// What the command line says about the engine.
package struct EngineOptions: Sendable {
    /// This host's name, the default `router_id`.
    package var hostName: String
    /// `-D`: log more.
    package var logsDetail: Bool
    /// `-V`: leave the addresses in place on exit.
    package var keepsAddresses: Bool
    /// How long the machine has been running, for `vrrp_delay_after_boot`.
    package var uptime: Duration
    /// A guard wants to hear that the engine is alive.
    package var sendsHeartbeat: Bool

    package init(
        hostName: String, logsDetail: Bool = false, keepsAddresses: Bool = false,
        uptime: Duration = .seconds(1 << 40), sendsHeartbeat: Bool = false
    ) {
        self.sendsHeartbeat = sendsHeartbeat
        self.hostName = hostName
        self.logsDetail = logsDetail
        self.keepsAddresses = keepsAddresses
        self.uptime = uptime
    }
}
