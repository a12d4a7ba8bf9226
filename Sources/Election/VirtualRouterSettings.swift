// What the protocol needs to know of one configured virtual router (RFC 9568 6.1), and no more:
// addresses, sockets and scripts belong to the rooms that use them.

import Wire

/// The settings of one virtual router. `Configuration` fills it in; every range was checked there.
package struct VirtualRouterSettings: Sendable, Hashable {
    /// The instance's name, as logs and notifications say it.
    package var name: String
    /// 1...255.
    package var vrid: UInt8
    package var family: AddressFamily
    package var version: VRRPVersion
    /// The configured priority, 1...255; 255 is the address owner.
    package var basePriority: UInt8 = 100
    /// keepalived's `state MASTER`: the first wait is one interval only, see `Timers.initialDown`.
    package var wantsMaster = false
    /// v2: whole seconds 1...255; v3: 10 ms ... 40.95 s in steps of 10 ms.
    package var advertisementInterval: Duration = .seconds(1)
    package var preempts = true
    /// Wait before taking over from a lower priority; zero for none.
    package var preemptDelay: Duration = .zero
    /// keepalived's `down_timer_adverts`, 1...100.
    package var downTimerAdvertisements = 3
    /// A master does not answer a losing advertisement (RFC 5798 behaviour).
    package var lowerPriorityNoAdvertisement = false
    /// A master sends one last advertisement before it yields to a higher priority.
    package var higherPrioritySendsAdvertisement = false
    /// An address owner discards every advertisement.
    package var ownerIgnoresAdvertisements = false
    /// No reaction to anything for this long after start (`vrrp_startup_delay`); zero for none.
    package var startupDelay: Duration = .zero
    package var announcement = AnnouncementSettings()
    package var handover = Handover.breakBeforeMake
    /// It must not take part: unicast without a peer where that is a fault.
    package var lacksPeers = false
    /// The trackers in the order of the configuration; events name them by their index here.
    package var trackers: [TrackerSettings] = []

    package init(name: String, vrid: UInt8, family: AddressFamily, version: VRRPVersion) {
        self.name = name
        self.vrid = vrid
        self.family = family
        self.version = version
    }

    package var isOwner: Bool { basePriority == 255 }
}

/// Whether a master lets go of its addresses before or after its successor has taken them.
package enum Handover: String, Sendable, Hashable, CaseIterable {
    /// As the RFCs and keepalived have it: nobody answers for up to a skew time.
    case breakBeforeMake = "break_before_make"
    /// The addresses stay until the successor is heard.
    case makeBeforeBreak = "make_before_break"
}

/// When gratuitous ARP or unsolicited neighbour advertisements are sent, and how many of them.
package struct AnnouncementSettings: Sendable, Hashable {
    /// Copies at once on becoming master, at least 1.
    package var masterRepeat = 5
    /// A second burst this long after becoming master; zero for none.
    package var masterDelay: Duration = .seconds(5)
    /// A burst each time this long passes while master; zero for none.
    package var refresh: Duration = .zero
    /// Copies in each refresh, at least 1.
    package var refreshRepeat = 1
    /// Copies at once after a losing advertisement; zero for none.
    package var lowerPriorityRepeat = 5
    /// A second burst this long after a losing advertisement; zero for none.
    package var lowerPriorityDelay: Duration = .seconds(5)

    package init() {}
}

/// Something whose health changes the effective priority, or faults the router.
package struct TrackerSettings: Sendable, Hashable {
    package enum Kind: String, Sendable, Hashable {
        /// The instance's own interface.
        case interface
        /// An interface named in `track_interface`.
        case trackedInterface
        case script, file, process
        /// Addresses, routes and rules that are there always, of one `track_group`.
        case staticEntries
    }
    package var kind: Kind
    /// The interface, script, file or process by name.
    package var name: String
    /// -253...253; zero: the router is in fault while the tracker is down. Positive: added while up.
    /// Negative: subtracted while down.
    package var weight: Int
    /// Swaps the meaning of up and down for the weight.
    package var isReversed: Bool

    package init(kind: Kind, name: String, weight: Int = 0, isReversed: Bool = false) {
        self.kind = kind
        self.name = name
        self.weight = weight
        self.isReversed = isReversed
    }
}
