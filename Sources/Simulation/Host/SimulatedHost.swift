// One machine of the simulation: kernel, clock and the three processes of the daemon. The engine in it is the
// production engine; the guard and the runner are models of the real ones. Everything that happens to it comes
// from `World`, in virtual time.

import Configuration
import Control
import Election
import Engine
import Wire

package final class SimulatedHost {
    package let index: Int
    package let plan: HostPlan
    /// Not counted, since counting costs a twentieth of the time: it owns its hosts, and MUST outlive them.
    unowned(unsafe) let world: World
    var random: SplitMix64
    var clock: LocalClock
    let kernel = Kernel()
    var ports: [Port]
    var engine: EngineProcess?
    var supervisor: SupervisorProcess?
    var runner: RunnerProcess?
    /// What the daemon reads when it starts, or is told to.
    package internal(set) var configuration: Configuration {
        didSet {
            profiles = makeProfiles()
            world.edition += 1
        }
    }
    private(set) var profiles: [InstanceProfile] = []
    /// The operator wants the service to run.
    package internal(set) var isWanted = false
    var isPowered = true
    /// When the engine's next turn is scheduled.
    var armed: Timestamp?
    private var lives = 0
    // Faults of the machine.
    var reportDelay: Duration = .zero
    var slowness: Duration = .zero
    var refusesAddresses = false
    var refusesSending = false
    /// The engine dies so many times more as soon as it has been loaded.
    var engineDeaths = 0
    /// What the watched things are now.
    var watched: [WatchResult] = []
    /// Notifications, numbered in the order in which the engine asked for them.
    var requests = 0
    /// Frames of the present act.
    var heldFrames: [(frame: [UInt8], index: Int32)] = []
    var isActing = false
    /// When the kernel last refused an address.
    var lastRefusal: Timestamp?
    /// Lanes of which a killed runner had a script in its hands; until the next one runs.
    var lostNotices: [String] = []
    var reportsAreScheduled = false
    /// How the instances stood when it was last looked.
    private var cachedViews: [RouterView] = []
    var viewsAreStale = true
    private var reading = 0

    init(_ plan: HostPlan, index: Int, world: World, random: SplitMix64) {
        self.plan = plan
        self.index = index
        self.world = world
        self.random = random
        clock = LocalClock(uptime: .seconds(1000 * (index + 1)))
        configuration =
            plan.parsed
            ?? ConfigurationParser.parse(text: plan.configuration, name: plan.name).configuration
        ports = []
        for (place, interface) in plan.interfaces.enumerated() {
            let number = Int32(place + 2)
            ports.append(Port(segment: interface.segment, interfaceIndex: number))
            let mac = MACAddress(0x0200_0000_0000 | UInt64(index + 1) << 8 | UInt64(number))
            kernel.links.append(KernelLink(index: number, name: interface.name, mac: mac))
        }
        profiles = makeProfiles()
        addOwnAddresses()
        for name in configuration.scripts.map(\.name) { setWatched(.script, name, 1) }
        for name in configuration.processes.map(\.name) { setWatched(.process, name, 1) }
        for name in configuration.files.map(\.name) { setWatched(.file, name, 0) }
    }

    package var name: String { plan.name }

    func has(_ sabotage: Sabotage) -> Bool { world.hasSabotage(sabotage) }

    func nextLife() -> Int {
        lives += 1
        return lives
    }

    func note(_ text: String, isStory: Bool = false) {
        world.trace.add(text, of: name, at: world.now, isStory: isStory)
    }

    /// Something that a checker may want to look at has changed.
    func touch() {
        viewsAreStale = true
        world.isDirty = true
    }

    /// The number of the present views.
    var currentReading: Int {
        _ = views
        return reading
    }

    package var views: [RouterView] {
        if viewsAreStale {
            reading += 1
            cachedViews = makeViews()
            viewsAreStale = false
        }
        return cachedViews
    }

    // MARK: Kernel

    func addOwnAddresses() {
        for (place, interface) in plan.interfaces.enumerated() {
            for own in interface.addresses where !kernel.has(own.address, on: Int32(place + 2)) {
                _ = kernel.add(
                    KernelAddress(
                        assigned: AssignedAddress(
                            interfaceIndex: Int32(place + 2), address: own.address,
                            prefixLength: own.prefixLength,
                            isTentative: own.address.family == .ipv6 && world.now.nanoseconds > 0),
                        isOwn: true))
            }
        }
        world.schedule(.detected(host: index), after: .seconds(1))
    }

    func port(of interfaceIndex: Int32?) -> Port? {
        guard let interfaceIndex else { return ports.first }
        let base = kernel.link(interfaceIndex)?.parent ?? interfaceIndex
        return ports.first { $0.interfaceIndex == base }
    }

    /// Up, and a cable is in.
    func isUp(_ link: KernelLink) -> Bool {
        guard link.isAdministrativelyUp, let port = port(of: link.index) else { return false }
        guard let parent = link.parent else { return port.isPlugged }
        return port.isPlugged && kernel.link(parent)?.isAdministrativelyUp == true
    }

    func interface(_ link: KernelLink) -> Interface {
        Interface(index: link.index, name: link.name, isUp: isUp(link), mac: link.mac)
    }

    /// The base link that is plugged into a segment, if it works.
    func workingLink(on segment: Int) -> KernelLink? {
        guard isPowered, !clock.isAsleep else { return nil }
        guard let port = ports.first(where: { $0.segment == segment && $0.isPlugged }) else { return nil }
        return kernel.link(port.interfaceIndex).flatMap { $0.isAdministrativelyUp ? $0 : nil }
    }

    // MARK: Watches

    func setWatched(_ kind: WatchKind, _ name: String, _ value: Int32) {
        watched.put(WatchResult(kind: kind, name: name, value: value))
    }
}
