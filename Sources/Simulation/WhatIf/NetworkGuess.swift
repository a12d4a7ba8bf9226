// What the files do not say of the hosts' network: which interfaces are on one segment, and which addresses the hosts
// themselves have. What is guessed is shown to the operator, who may know better.

import Configuration
import Election
import Wire

/// An address of an interface, and how it became known.
package struct GuessedAddress: Sendable {
    package enum Origin: String, Sendable {
        /// By the operator.
        case given
        /// `unicast_src_ip`, `mcast_src_ip`.
        case source
        /// The other hosts' lists of unicast peers leave no other one.
        case peers
        case invented
    }
    package let address: IPAddress
    package let prefixLength: UInt8
    package let origin: Origin
}

package struct GuessedInterface: Sendable {
    package let name: String
    /// Interfaces of one number hear each other.
    package internal(set) var segment: Int
    package internal(set) var addresses: [GuessedAddress] = []
}

extension [GuessedInterface] {
    /// That a host has no interface of this name, and which ones it has.
    func lack(of name: String, on host: String) -> String {
        "\(host) names no interface '\(name)': \(map(\.name).joined(separator: ", "))"
    }
}

/// An address that the operator gave: `--address lb1:eth0=192.0.2.1/24`.
package struct GivenAddress: Sendable {
    package let host: String
    package let interface: String
    package let address: IPAddress
    /// Nil: that of the virtual addresses beside it.
    package let prefixLength: UInt8?

    package init(host: String, interface: String, address: IPAddress, prefixLength: UInt8?) {
        self.host = host
        self.interface = interface
        self.address = address
        self.prefixLength = prefixLength
    }
}

struct NetworkGuess {
    private let configurations: [Configuration]
    private let routers: [[Int?]]
    /// By host.
    private(set) var interfaces: [[GuessedInterface]]
    private(set) var segments = 0
    private var inventor: AddressInventor

    /// `given[host]` holds the operator's addresses of that host.
    init(_ configurations: [Configuration], routers: [[Int?]], given: [[GivenAddress]]) {
        self.configurations = configurations
        self.routers = routers
        interfaces = configurations.map { configuration in
            configuration.interfaceNames.map { GuessedInterface(name: $0, segment: 0) }
        }
        inventor = AddressInventor(configurations, given.flatMap { $0 }.map(\.address))
        joinSegments()
        for host in configurations.indices {
            for place in interfaces[host].indices {
                interfaces[host][place].addresses = addresses(of: host, place, given[host])
            }
        }
    }

    // MARK: Segments

    /// The interfaces of one virtual router are on one segment, and those of one name, unless a host would have two on
    /// it. The loopback is on none that another host is on.
    private mutating func joinSegments() {
        var next = 0
        for host in interfaces.indices {
            for place in interfaces[host].indices {
                interfaces[host][place].segment = next
                next += 1
            }
        }
        for router in routers {
            let ends = router.enumerated().compactMap { host, instance in
                instance.map { (host, self.place(of: configurations[host].instances[$0].interface, host)) }
            }
            for end in ends.dropFirst() { join(ends[0], end) }
        }
        for host in interfaces.indices {
            for place in interfaces[host].indices where interfaces[host][place].name != "lo" {
                for earlier in 0..<host {
                    let name = interfaces[host][place].name
                    guard let twin = interfaces[earlier].firstIndex(where: { $0.name == name }) else {
                        continue
                    }
                    join((earlier, twin), (host, place))
                }
            }
        }
        number()
    }

    private func place(of interface: String?, _ host: Int) -> Int {
        interfaces[host].firstIndex { $0.name == interface } ?? 0
    }

    private mutating func join(_ one: (host: Int, place: Int), _ two: (host: Int, place: Int)) {
        let kept = interfaces[one.host][one.place].segment
        let lost = interfaces[two.host][two.place].segment
        let isCrowded = interfaces.contains { own in
            own.contains { $0.segment == kept } && own.contains { $0.segment == lost }
        }
        guard kept != lost, !isCrowded else { return }
        for host in interfaces.indices {
            for place in interfaces[host].indices where interfaces[host][place].segment == lost {
                interfaces[host][place].segment = kept
            }
        }
    }

    /// 0, 1, 2 and so on, in the order in which they appear.
    private mutating func number() {
        var known: [Int] = []
        for host in interfaces.indices {
            for place in interfaces[host].indices {
                let segment = interfaces[host][place].segment
                if !known.contains(segment) { known.append(segment) }
                interfaces[host][place].segment = known.firstIndex(of: segment) ?? 0
            }
        }
        segments = known.count
    }

    // MARK: Addresses

    /// What is known; for a family that an instance needs and nothing is known of, what is invented.
    private mutating func addresses(of host: Int, _ place: Int, _ given: [GivenAddress]) -> [GuessedAddress] {
        let interface = interfaces[host][place]
        let instances = configurations[host].instances.indices.filter {
            self.place(of: configurations[host].instances[$0].interface, host) == place
        }
        var found: [GuessedAddress] = []
        func add(_ address: IPAddress, _ length: UInt8?, _ origin: GuessedAddress.Origin) {
            guard !found.contains(where: { $0.address == address }) else { return }
            let length = length ?? self.prefixLength(of: address, host, instances)
            found.append(GuessedAddress(address: address, prefixLength: length, origin: origin))
        }
        for one in given where one.interface == interface.name {
            add(one.address, one.prefixLength, .given)
        }
        for instance in instances {
            // A virtual address is on no host that is no master.
            if let source = configurations[host].instances[instance].transport.source,
                !configurations[host].hasVirtual(source)
            {
                add(source, nil, .source)
            }
        }
        for instance in instances {
            let family = configurations[host].instances[instance].router.family
            let transport = configurations[host].instances[instance].transport
            let isKnown = found.contains { $0.address.family == family }
            // Every IPv6 interface has one, and multicast is sent from it (RFC 9568 5.1.2.1).
            if family == .ipv6, transport.group != nil, transport.source == nil,
                !found.contains(where: { $0.address.family == .ipv6 && $0.address.isLinkLocal })
            {
                add(.linkLocal(UInt64(interface.segment + 1) << 16 | UInt64(host + 1)), 64, .invented)
            }
            guard !isKnown else { continue }
            if let address = listedByOthers(host, instance) {
                add(address, nil, .peers)
                continue
            }
            let subnet = subnet(of: family, host, instances)
            let invented = inventor.next(in: subnet)
            add(invented.address, invented.prefixLength, .invented)
        }
        return found
    }

    /// The one address that every other host of the router lists as a peer, and this one does not; where lists name
    /// their own host as well, the first that no earlier host has.
    private func listedByOthers(_ host: Int, _ instance: Int) -> IPAddress? {
        guard let router = routers.first(where: { $0[host] == instance }) else { return nil }
        var lists: [[IPAddress]] = []
        for (other, place) in router.enumerated() where other != host {
            guard let place else { continue }
            let transport = configurations[other].instances[place].transport
            guard case .unicast(let peers, _, _, _) = transport else { return nil }
            lists.append(peers.map(\.address))
        }
        let own = configurations[host].instances[instance].transport
        guard case .unicast(let peers, _, _, _) = own, let first = lists.first else { return nil }
        let sources = router.enumerated().compactMap { other, place in
            place.flatMap { configurations[other].instances[$0].transport.source }
        }
        let listed = first.filter { address in
            lists.allSatisfy { $0.contains(address) } && !sources.contains(address)
        }
        let foreign = listed.filter { address in !peers.contains { $0.address == address } }
        if foreign.count == 1 { return foreign[0] }
        let taken = interfaces[..<host].flatMap { $0.flatMap(\.addresses) }.map(\.address)
        return listed.first { address in
            peers.contains { $0.address == address } && !taken.contains(address)
        }
    }

    private func prefixLength(of address: IPAddress, _ host: Int, _ instances: [Int]) -> UInt8 {
        let near = instances.flatMap { configurations[host].instances[$0].allAddresses }.first {
            $0.address.family == address.family && Subnet($0).contains(address)
        }
        return near.map { Subnet($0).prefixLength } ?? Subnet.usualLength(address.family)
    }

    /// Where the first virtual address of the family is, on this host or on another one of the router.
    private func subnet(of family: AddressFamily, _ host: Int, _ instances: [Int]) -> Subnet {
        let others = routers.filter { router in router[host].map { instances.contains($0) } ?? false }
            .flatMap { router in
                router.enumerated().compactMap { host, place in
                    place.map { configurations[host].instances[$0] }
                }
            }
        let near = instances.map { configurations[host].instances[$0] } + others
        let virtual = near.flatMap(\.allAddresses).first { $0.address.family == family }
        return virtual.map(Subnet.init) ?? .documentation(family)
    }
}

extension Configuration {
    fileprivate func hasVirtual(_ address: IPAddress) -> Bool {
        instances.contains { $0.allAddresses.contains { $0.address == address } }
    }

    /// Every interface that is named, those of instances first; at least one.
    fileprivate var interfaceNames: [String] {
        let made = instances.compactMap(\.virtualInterface?.name)
        var names: [String] = []
        for name in instances.compactMap(\.interface) + interfaceUses.map(\.name)
        where !names.contains(name) && !made.contains(name) {
            names.append(name)
        }
        return names.isEmpty ? ["eth0"] : names
    }
}
