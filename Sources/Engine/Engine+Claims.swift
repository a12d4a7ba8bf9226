// Neighbours that claim a master's addresses: a successor that announces itself, or somebody who must be contradicted.

import Configuration
import Election
import Wire

extension Engine {
    /// The addresses of all masters.
    func followClaims() {
        let masters = instances.filter { node.state(of: $0.router) == .master }
        let addresses = Set(masters.flatMap { $0.allAddresses.map(\.address) })
        guard addresses != claimable else { return }
        claimable = addresses
        nextClaim = [:]
        host.followClaims(of: addresses)
    }

    /// Somebody uses `address` as its own: by ARP (RFC 826) or a neighbour advertisement (RFC 4861 4.4).
    package func addressClaimed(_ address: IPAddress, by mac: MACAddress, interfaceIndex: Int32) {
        // What this host itself has sent may come back.
        guard !interfaces.isOwn(mac) else { return }
        for instance in instances where node.state(of: instance.router) == .master {
            let addresses = instance.allAddresses
            let place = addresses.firstIndex {
                $0.address == address && self.interfaceIndex(of: $0, instance) == interfaceIndex
            }
            guard let place, isDue(Claim(router: instance.router, place: place)) else { continue }
            log(.notice, limited: .claim(instance.router)) {
                "(\(instance.name)) \(mac) claims \(address) on \(interfaces[interfaceIndex]?.name ?? "a network")"
            }
            handle(.addressClaimed(place: place, count: addresses.count), for: instance.router)
        }
    }

    /// Not each of a flood.
    private func isDue(_ claim: Claim) -> Bool {
        guard (nextClaim[claim] ?? host.now) <= host.now else { return false }
        nextClaim[claim] = host.now + .milliseconds(10)
        return true
    }
}

/// Of an address of a router, by its place. One frame may be seen on several interfaces: a bridge and its port.
struct Claim: Hashable {
    let router: RouterID
    let place: Int
}
