// What an operator has a cluster for: virtual addresses that are on the same hosts and move together. One is judged by
// its addresses alone, so it does not matter whether the files agree about the instance behind them.

import Configuration
import Election
import Wire

/// Addresses that the same instances of the same hosts have.
package struct Service: Sendable {
    package struct Member: Sendable, Hashable {
        /// Its place in the cluster.
        package let host: Int
        /// Its place in the host's configuration.
        package let instance: Int
    }

    /// The instance's name on the first host.
    package let name: String
    /// Empty: an instance that has none is judged by its state.
    package let addresses: [IPAddress]
    /// At least one.
    package let members: [Member]
    /// How long what may last.
    let bounds: Bounds

    /// `VI_1 192.168.50.88 and 3 more`
    package var title: String {
        guard let first = addresses.first else { return name }
        return "\(name) \(first)" + (addresses.count > 1 ? " and \(addresses.count - 1) more" : "")
    }

    /// `192.168.50.88`, or the instance's name.
    package var subject: String { addresses.first.map { "\($0)" } ?? name }

    func member(of host: Int) -> Member? { members.first { $0.host == host } }
}

extension Service {
    /// The services of hosts with these configurations, in the order in which their addresses appear.
    /// `routers`: as in `PeerComparison.routers`.
    static func all(_ configurations: [Configuration], routers: [[Int?]]) -> [Service] {
        var found: [(address: IPAddress?, members: [Member])] = []
        for router in routers {
            let members = router.enumerated().compactMap { host, place in
                place.map { Member(host: host, instance: $0) }
            }
            var isBare = true
            for member in members {
                for virtual in configurations[member.host].instances[member.instance].allAddresses {
                    isBare = false
                    if let place = found.firstIndex(where: { $0.address == virtual.address }) {
                        if !found[place].members.contains(member) { found[place].members.append(member) }
                    } else {
                        found.append((virtual.address, [member]))
                    }
                }
            }
            if isBare { found.append((nil, members)) }
        }
        return grouped(found, configurations)
    }

    private static func grouped(
        _ found: [(address: IPAddress?, members: [Member])], _ configurations: [Configuration]
    ) -> [Service] {
        var groups: [(addresses: [IPAddress], members: [Member])] = []
        for (address, members) in found {
            let addresses = address.map { [$0] } ?? []
            if let place = groups.lastIndex(where: { $0.members == members }) {
                groups[place].addresses += addresses
            } else {
                groups.append((addresses, members))
            }
        }
        return groups.map { group in
            let instances = group.members.map { configurations[$0.host].instances[$0.instance] }
            let mates = group.members.flatMap { configurations[$0.host].mates(of: $0.instance) }
            return Service(
                name: instances[0].name, addresses: group.addresses, members: group.members,
                bounds: Bounds(mates))
        }
    }
}

extension Configuration {
    /// The instances that an instance moves with: those of its sync group, itself included.
    func mates(of place: Int) -> [InstanceConfiguration] {
        let name = instances[place].name
        guard let group = groups.first(where: { $0.members.contains(name) }) else {
            return [instances[place]]
        }
        return instances.filter { group.members.contains($0.name) }
    }
}
