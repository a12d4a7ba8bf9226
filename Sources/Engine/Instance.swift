// A configured instance while it runs: its router in the node, and the interface it was resolved to.

import Configuration
import Election
import Wire

/// One running instance.
struct Instance {
    var configuration: InstanceConfiguration {
        didSet { allAddresses = configuration.allAddresses }
    }
    let router: RouterID
    /// Nil: the interface does not exist now, or none is configured.
    var interfaceIndex: Int32?
    /// The interface that the instance made for its addresses; nil: none, or it could not be made yet.
    var virtualIndex: Int32?
    /// Interfaces made for single addresses (`use_vmac` behind the address), by the name of the one below.
    var addressLinks: [String: Int32] = [:]
    /// What a received message must look like; follows the configuration.
    var expectation: Expectation
    /// An address could not be added: its interface is not there.
    var lacksInterface = false
    /// One of its addresses was removed by somebody; it is looked at when all reports are in.
    var isSuspect = false
    /// Addresses that were on the host before this instance and are not its to remove (an owner's).
    var foreignAddresses: [IPAddress] = []
    /// The numbers that authenticated senders have used.
    var replays = ReplayGuard()
    /// When it became master, as long as the kernel has not confirmed all addresses.
    var unconfirmedSince: Timestamp?
    /// When the network is asked whether somebody else has the addresses as well.
    var probeDue: Timestamp?
    /// When its addresses were last announced, and when their lease was last renewed.
    var lastAnnouncement = Timestamp(nanoseconds: .min / 2)
    var lastRenewal = Timestamp(nanoseconds: .min / 2)
    /// The next announcement on other interfaces.
    var extraDue: Timestamp?
    /// A reload removes it: its end is told as DELETED.
    var isRetiring = false
    /// The state that was last told of in a mail.
    var lastMailState: StateName?

    init(_ configuration: InstanceConfiguration, router: RouterID) {
        self.configuration = configuration
        self.router = router
        expectation = Expectation(configuration)
        allAddresses = configuration.allAddresses
    }

    /// Where advertisements leave. Over IPv6 their source must be an address of the interface, and the virtual one
    /// has none of its own.
    var sendingIndex: Int32? {
        guard let virtual = configuration.virtualInterface, !virtual.transmitsOnBase, family == .ipv4,
            configuration.transport.group != nil
        else { return interfaceIndex }
        return virtualIndex
    }

    /// Where advertisements arrive. Frames that come from the MAC address of the own virtual interface are handed to
    /// that interface alone (macvlan in private mode), others to it as well.
    var receivingIndex: Int32? {
        guard let virtual = configuration.virtualInterface, !virtual.transmitsOnBase,
            configuration.transport.group != nil
        else { return interfaceIndex }
        return virtualIndex
    }

    /// The interface that an address wants one of its own on; nil: it stands on an interface that is there.
    func linkBelow(_ address: VirtualAddress) -> String? {
        guard address.usesVirtualMAC, let name = address.interface ?? configuration.interface else {
            return nil
        }
        return configuration.virtualInterface != nil && name == configuration.interface ? nil : name
    }

    /// The interfaces that it made.
    var madeLinks: [Int32] { [virtualIndex].compactMap { $0 } + addressLinks.values.sorted() }

    /// The IP protocol of advertisements.
    var protocolNumber: UInt8 {
        if case .header = configuration.authentication { AuthenticationHeader.protocolNumber } else { 112 }
    }

    /// Packets carry numbers that must grow.
    var isAuthenticated: Bool {
        if case .header = configuration.authentication { return true }
        return configuration.hmac.map { $0.mode != .receiveOnly } ?? false
    }

    /// The same instance with other settings.
    func with(_ settings: InstanceConfiguration) -> Instance {
        var next = self
        next.configuration = settings
        next.expectation = Expectation(settings)
        return next
    }

    var name: String { configuration.name }
    var family: AddressFamily { configuration.router.family }

    /// All addresses that go with the state.
    private(set) var allAddresses: [VirtualAddress]

    /// What identifies the instance across a reload, like keepalived: not its name.
    var identity: Identity { Identity(configuration) }

    struct Identity: Hashable {
        let vrid: UInt8
        let family: AddressFamily
        let interface: String?
        let group: IPAddress?
        let virtualInterface: String?

        init(_ configuration: InstanceConfiguration) {
            vrid = configuration.router.vrid
            family = configuration.router.family
            interface = configuration.interface
            group = configuration.transport.group
            virtualInterface = configuration.virtualInterface.map { "\($0.name) \($0.kind)" }
        }
    }
}

extension Expectation {
    init(_ configuration: InstanceConfiguration) {
        let router = configuration.router
        self.init(
            version: router.version, family: router.family, vrid: router.vrid,
            isUnicast: configuration.transport.group == nil,
            authentication: configuration.authentication,
            intervalCentiseconds: UInt16(clamping: router.advertisementInterval.centiseconds),
            addresses: configuration.addresses.map(\.address))
    }
}
