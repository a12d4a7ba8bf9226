// The cluster at a moment, as the checkers see it: who could serve, who hears whom, since when nothing was done to it.

import Configuration
import Control
import Election

/// One virtual router of the cluster: the same instance on each host.
package struct ClusterRouter: Sendable {
    package let name: String
    /// The number of its segment.
    package let segment: Int
    /// The members of its sync group by their places, itself included.
    package let group: [Int]
    let bounds: Bounds

    /// The instances of the first host: generators and scenarios give all hosts the same ones.
    static func all(_ hosts: [SimulatedHost]) -> [ClusterRouter] {
        guard let host = hosts.first else { return [] }
        let names = host.configuration.instances.map(\.name)
        return host.configuration.instances.enumerated().map { place, instance in
            let group = host.configuration.groups.first { $0.members.contains(instance.name) }
            return ClusterRouter(
                name: instance.name, segment: host.segment(of: instance.interface) ?? 0,
                group: group?.members.compactMap { names.firstIndex(of: $0) } ?? [place],
                bounds: Bounds(hosts, place))
        }
    }
}

package struct Observation {
    package let world: World
    package var now: Timestamp { world.now }
    package var hosts: [SimulatedHost] { world.hosts }

    init(_ world: World) { self.world = world }

    package var routers: [ClusterRouter] { world.routers }

    func view(_ host: SimulatedHost, _ router: Int) -> RouterView? {
        host.views.indices.contains(router) ? host.views[router] : nil
    }

    /// Its engine runs an election at this moment.
    func isAlive(_ host: SimulatedHost) -> Bool {
        host.engine?.isRunning == true && !host.clock.isAsleep
    }

    /// All of its processes work, the operator wants it to, and nothing that the daemon needs is refused.
    func isSound(_ host: SimulatedHost) -> Bool {
        isAlive(host) && host.isWanted && host.supervisor?.isFrozen == false
            && host.supervisor?.memory.isReady == true && host.engine?.isStopping == false
            && host.slowness == .zero && host.reportDelay == .zero && !host.refusesAddresses
            && !host.refusesSending
    }

    func hears(_ host: SimulatedHost, _ sender: SimulatedHost, on segment: Int) -> Bool {
        host.workingLink(on: segment) != nil && sender.workingLink(on: segment) != nil
            && world.network.carries(from: sender.index, to: host.index)
    }

    /// The hosts that hear each other on a segment, both ways and without noise; parts in which some do not are left
    /// out altogether.
    func cleanParts(of segment: Int) -> [[SimulatedHost]] {
        if world.network.isClean {
            let all = hosts.filter { $0.workingLink(on: segment) != nil }
            return all.isEmpty ? [] : [all]
        }
        var parts: [[SimulatedHost]] = []
        var open = hosts.filter { $0.workingLink(on: segment) != nil }
        while let first = open.first {
            var part = [first]
            var place = 0
            open.removeFirst()
            while place < part.count {
                let host = part[place]
                let near = open.filter {
                    hears($0, host, on: segment) || hears(host, $0, on: segment)
                }
                part += near
                open.removeAll { host in near.contains { $0 === host } }
                place += 1
            }
            parts.append(part.sorted { $0.index < $1.index })
        }
        return parts.filter { part in
            part.allSatisfy { host in
                world.network.noise[host.index] == Noise()
                    && part.allSatisfy { $0 === host || hears($0, host, on: segment) }
            }
        }
    }

    /// When anything was last done to one of the hosts.
    func disturbed(_ part: [SimulatedHost]) -> Timestamp {
        part.map { world.disturbed[$0.index] }.max() ?? now
    }
}
