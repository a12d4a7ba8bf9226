// The cluster at a moment, as the checkers see it: who runs, who is master, who hears whom. It is looked at many times a
// second, so what has not changed since the last time is kept.

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

package final class Observation {
    /// Its owner; not counted, like a host's.
    unowned(unsafe) let world: World
    var now: Timestamp { world.now }
    var hosts: [SimulatedHost] { world.hosts }
    private(set) var routers: [ClusterRouter] = []
    /// Whose engines run an election at this moment.
    private(set) var alive = HostSet()
    /// All of whose processes work; the operator wants them to, and nothing that the daemon needs is refused.
    private(set) var sound = HostSet()
    /// By router: who is master and does not leave; who has all its addresses, or any.
    private(set) var masters: [HostSet] = []
    private(set) var holders: [HostSet] = []
    private(set) var keepers: [HostSet] = []
    /// By router: the hosts that hear each other, both ways and without noise.
    private(set) var parts: [[HostSet]] = []
    /// By segment: whose links work.
    private(set) var working: [HostSet] = []
    /// By router, once somebody has asked.
    private var able: [HostSet?] = []
    private var segmentParts: [[HostSet]] = []
    private var wasClean = false
    /// Of the configurations.
    private var edition = -1
    /// The views of each host that were last read.
    private var readings: [Int]

    init(_ world: World) {
        self.world = world
        readings = world.hosts.map { _ in -1 }
        precondition(world.hosts.count <= HostSet.limit)
    }

    // MARK: Looking

    func refresh() {
        if edition != world.edition { startAnew() }
        for host in hosts { read(host) }
        readNetwork()
        for router in able.indices { able[router] = nil }
    }

    private func startAnew() {
        edition = world.edition
        routers = world.routers
        let none = Array(repeating: HostSet(), count: routers.count)
        (masters, holders, keepers) = (none, none, none)
        able = Array(repeating: nil, count: routers.count)
        working = Array(repeating: HostSet(), count: world.network.segments.count)
        wasClean = false
        readings = hosts.map { _ in -1 }
    }

    private func read(_ host: SimulatedHost) {
        alive[host.index] = host.engine?.isRunning == true && !host.clock.isAsleep
        sound[host.index] = alive[host.index] && isSound(host)
        guard host.currentReading != readings[host.index] else { return }
        readings[host.index] = host.currentReading
        for router in routers.indices {
            let view = view(host, router)
            masters[router][host.index] = view?.isMaster == true
            holders[router][host.index] = view?.holdsAll == true
            keepers[router][host.index] = view?.holdsAny == true
        }
    }

    private func isSound(_ host: SimulatedHost) -> Bool {
        host.isWanted && host.supervisor?.isFrozen == false && host.supervisor?.memory.isReady == true
            && host.engine?.isStopping == false && host.slowness == .zero && host.reportDelay == .zero
            && !host.refusesAddresses && !host.refusesSending
    }

    private func readNetwork() {
        var hasChanged = !wasClean || !world.network.isClean
        for segment in working.indices {
            var now = HostSet()
            for host in hosts where host.workingLink(on: segment) != nil { now[host.index] = true }
            hasChanged = hasChanged || now != working[segment]
            working[segment] = now
        }
        guard hasChanged else { return }
        wasClean = world.network.isClean
        segmentParts = working.map(cleanParts)
        parts = routers.indices.map(parts)
    }

    // MARK: Parts

    /// Those of them that hear each other, both ways and without noise; parts in which some do not are left out
    /// altogether.
    private func cleanParts(of working: HostSet) -> [HostSet] {
        guard !world.network.isClean else { return working.isEmpty ? [] : [working] }
        var parts: [HostSet] = []
        var open = working
        while let first = open.first {
            var (part, fringe) = (HostSet(), HostSet())
            fringe[first] = true
            while let host = fringe.first {
                fringe[host] = false
                part[host] = true
                open[host] = false
                for other in open where hears(host, other) || hears(other, host) { fringe[other] = true }
            }
            parts.append(part)
        }
        return parts.filter { part in
            part.allSatisfy { host in
                world.network.noise[host] == Noise() && part.allSatisfy { $0 == host || hears($0, host) }
            }
        }
    }

    private func hears(_ host: Int, _ sender: Int) -> Bool { world.network.carries(from: sender, to: host) }

    /// Of a group's member only the parts that are the same on all of the group's segments, since it cannot serve one
    /// without the other.
    private func parts(of router: Int) -> [HostSet] {
        let members = routers[router].group
        return segmentParts[routers[router].segment].filter { part in
            members.allSatisfy { segmentParts[routers[$0].segment].contains(part) }
        }
    }

    // MARK: Questions

    func view(_ host: SimulatedHost, _ router: Int) -> RouterView? {
        host.views.indices.contains(router) ? host.views[router] : nil
    }

    func view(_ host: Int, _ router: Int) -> RouterView? { view(world.hosts[host], router) }

    func group(of router: Int) -> [Int] { routers[router].group }

    func names(_ hosts: HostSet) -> String { hosts.map { world.hosts[$0].name }.joined(separator: " and ") }

    /// When anything was last done to one of the hosts.
    func disturbed(_ part: HostSet) -> Timestamp { part.map { world.disturbed[$0] }.max() ?? now }

    /// Who ought to be able to serve.
    func able(_ router: Int) -> HostSet {
        if let known = able[router] { return known }
        var able = HostSet()
        for host in sound where isFree(world.hosts[host], router) { able[host] = true }
        self.able[router] = able
        return able
    }

    func violation(_ rule: String, _ words: String) -> Violation {
        Violation(rule: rule, time: now, words: words)
    }
}
