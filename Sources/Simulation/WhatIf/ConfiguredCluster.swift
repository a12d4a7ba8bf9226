// A cluster from the operator's files: its hosts with what they really run, the network that is guessed for them, and the
// services that are looked at. Made once; every what-if gets a world of its own from it.

import Configuration
import Election
import Wire

/// Why no cluster can be made.
package enum ClusterError: Error, Sendable, Hashable, CustomStringConvertible {
    /// No file has an instance.
    case nothingToSimulate
    case tooManyHosts
    /// An address was given for what is not there, in words.
    case misplacedAddress(String)

    package var description: String {
        switch self {
        case .nothingToSimulate: "there is no vrrp_instance in any of the files"
        case .tooManyHosts: "more than \(HostSet.limit) hosts cannot be simulated together"
        case .misplacedAddress(let words): words
        }
    }
}

package struct ConfiguredCluster: Sendable {
    package let hosts: [HostPlan]
    /// By host: what it runs.
    let configurations: [Configuration]
    /// By host: what was guessed.
    package let interfaces: [[GuessedInterface]]
    package let segments: Int
    package let services: [Service]
    /// Every host has the same routers, so that the rules of `Checkers` can compare them by their places.
    package let isRegular: Bool

    /// `nodes`: at least one, their names all different, none of them unreadable. Throws if nothing is there to
    /// simulate, or `given` names what is not there.
    package init(_ nodes: [ClusterNode], given: [GivenAddress] = []) throws(ClusterError) {
        guard nodes.count <= HostSet.limit else { throw .tooManyHosts }
        let routers = PeerComparison.routers(nodes)
        guard !routers.isEmpty else { throw .nothingToSimulate }
        let shared = routers.filter { !$0.contains(nil) }
        let ordered = shared + routers.filter { $0.contains(nil) }
        let configurations = nodes.indices.map { host in
            nodes[host].parsed.configuration.simulated(order: ordered.compactMap { $0[host] })
        }
        // The instances stand in the order of the routers now.
        var next = nodes.map { _ in 0 }
        let places = ordered.map { router in
            router.enumerated().map { host, place -> Int? in
                guard place != nil else { return nil }
                defer { next[host] += 1 }
                return next[host]
            }
        }
        let guess = NetworkGuess(
            configurations, routers: places,
            given: nodes.map { node in given.filter { $0.host == node.name } })
        try Self.check(given, nodes.map(\.name), guess.interfaces)
        self.configurations = configurations
        interfaces = guess.interfaces
        segments = guess.segments
        hosts = nodes.indices.map { host in
            var plan = HostPlan(
                name: nodes[host].name, interfaces: guess.interfaces[host].map(InterfacePlan.init),
                configuration: "")
            plan.parsed = configurations[host]
            return plan
        }
        services = Service.all(configurations, routers: places)
        isRegular = shared.count == routers.count && configurations.allSatisfy(\.hasDistinctAddresses)
    }

    private static func check(
        _ given: [GivenAddress], _ names: [String], _ interfaces: [[GuessedInterface]]
    ) throws(ClusterError) {
        for address in given {
            guard let host = names.firstIndex(of: address.host) else {
                throw .misplacedAddress(
                    "there is no host '\(address.host)': \(names.joined(separator: ", "))")
            }
            guard interfaces[host].contains(where: { $0.name == address.interface }) else {
                throw .misplacedAddress(interfaces[host].lack(of: address.interface, on: address.host))
            }
        }
    }

    package var names: [String] { hosts.map(\.name) }

    func instance(_ member: Service.Member) -> InstanceConfiguration {
        configurations[member.host].instances[member.instance]
    }
}

extension InterfacePlan {
    fileprivate init(_ guess: GuessedInterface) {
        self.init(
            name: guess.name, segment: guess.segment,
            addresses: guess.addresses.map { OwnAddress($0.address, $0.prefixLength) })
    }
}

extension Configuration {
    /// With the instances in this order, and passwords in place of authentication headers, which need the IP header: the
    /// same key is the same password, and none that somebody can write.
    fileprivate func simulated(order: [Int]) -> Configuration {
        var copy = self
        copy.instances = order.map { instances[$0] }
        for place in copy.instances.indices {
            guard case .header(let key) = copy.instances[place].authentication else { continue }
            copy.instances[place].authentication = .password(key ^ 0x8080_8080_8080_8080)
        }
        return copy
    }

    fileprivate var hasDistinctAddresses: Bool {
        instances.flatMap { $0.allAddresses.map(\.address) }.areDistinct
    }
}

extension Array where Element: Comparable {
    var areDistinct: Bool {
        let ordered = sorted()
        return zip(ordered, ordered.dropFirst()).allSatisfy { $0 != $1 }
    }
}
