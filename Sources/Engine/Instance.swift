// A configured instance while it runs: its router in the node, and the interface it was resolved to.

import Configuration
import Election
import Wire

/// One running instance.
struct Instance {
    var configuration: InstanceConfiguration
    let router: RouterID
    /// Nil: the interface does not exist now, or none is configured.
    var interfaceIndex: Int32?
    /// What a received message must look like; follows the configuration.
    var expectation: Expectation
    /// Addresses that were on the host before this instance and are not its to remove (an owner's).
    var foreignAddresses: [IPAddress] = []
    /// The state that was last told of in a mail.
    var lastMailState: StateName?

    init(_ configuration: InstanceConfiguration, router: RouterID) {
        self.configuration = configuration
        self.router = router
        expectation = Expectation(configuration)
    }

    var name: String { configuration.name }
    var family: AddressFamily { configuration.router.family }

    /// All addresses that go with the state.
    var allAddresses: [VirtualAddress] { configuration.addresses + configuration.excludedAddresses }

    /// What identifies the instance across a reload, like keepalived: not its name.
    var identity: Identity { Identity(configuration) }

    struct Identity: Hashable {
        let vrid: UInt8
        let family: AddressFamily
        let interface: String?
        let group: IPAddress?

        init(_ configuration: InstanceConfiguration) {
            vrid = configuration.router.vrid
            family = configuration.router.family
            interface = configuration.interface
            group = configuration.transport.group
        }
    }
}

extension Transport {
    /// The multicast group; nil for unicast.
    var group: IPAddress? {
        switch self {
        case .multicast(let group, _): group
        case .unicast: nil
        }
    }

    /// The configured source; nil: the interface's own address.
    var source: IPAddress? {
        switch self {
        case .multicast(_, let source): source
        case .unicast(_, let source, _, _): source
        }
    }

    /// Where each advertisement goes.
    var destinations: [IPAddress] {
        switch self {
        case .multicast(let group, _): [group]
        case .unicast(let peers, _, _, _): peers.map(\.address)
        }
    }

    /// TTL or hop limit of own packets (RFC 9568 5.1.1.3); unicast may be configured otherwise.
    var ttl: UInt8 {
        switch self {
        case .multicast: 255
        case .unicast(_, _, let ttl, _): ttl ?? 255
        }
    }

    /// The configured peer of this address.
    func peer(_ address: IPAddress) -> UnicastPeer? {
        switch self {
        case .multicast: nil
        case .unicast(let peers, _, _, _): peers.first { $0.address == address }
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
