// Virtual routers that one node has alone, and addresses that the nodes hold under different VRIDs.

import Election
import Wire

enum UnmatchedRules {
    static func check(_ routers: [SharedRouter], _ nodes: [ClusterNode]) -> [Diagnostic] {
        var findings: [Diagnostic] = []
        var explained: Set<Int> = []
        for (first, second, address) in collisions(routers) {
            explained.formUnion([first, second])
            findings.append(sharedAddress(address, routers[first], routers[second]))
        }
        // Where a file could not be understood, what it lacks says nothing.
        guard !nodes.contains(where: \.parsed.isFatal) else { return findings }
        for (index, router) in routers.enumerated()
        where router.members.count == 1 && !explained.contains(index) { findings.append(alone(router)) }
        return findings
    }

    private static func alone(_ router: SharedRouter) -> Diagnostic {
        let member = router.members[0]
        let family = member.router.family == .ipv4 ? "IPv4" : "IPv6"
        return router.diagnostic(
            .warning, "peers-alone", at: [member.place(of: "virtual_router_id")],
            "no other node has an instance that \(member.name)'s, VRID \(member.router.vrid) with \(family), could hear:"
                + " if \(member.name) fails, nobody takes its addresses over",
            hint: "the same instance on another node; or it is not meant to be one virtual router")
    }

    private static func sharedAddress(
        _ address: IPAddress, _ first: SharedRouter, _ second: SharedRouter
    ) -> Diagnostic {
        let (left, right) = (first.members[0], second.members[0])
        let isOther = left.router.vrid != right.router.vrid
        let reason =
            isOther
            ? "VRID \(left.router.vrid) on \(nodeNames(first.members)) and VRID \(right.router.vrid) on"
                + " \(nodeNames(second.members))"
            : "different virtual routers on \(nodeNames(first.members)) and \(nodeNames(second.members))"
        return first.diagnostic(
            .error, "peers-vrid-differs", at: [left, right].map { $0.place(of: "virtual_router_id") },
            "\(address) belongs to \(reason): they do not take each other for one router, and the address is on"
                + " several hosts at once",
            hint: "the same 'virtual_router_id' for the same addresses on all nodes")
    }

    /// Pairs of routers without a common node that hold an address both, with the first such address.
    private static func collisions(_ routers: [SharedRouter]) -> [(Int, Int, IPAddress)] {
        var holders: [IPAddress: [Int]] = [:]
        var order: [IPAddress] = []
        for (index, router) in routers.enumerated() {
            for address in router.members.flatMap(\.instance.heldAddresses) {
                if holders[address] == nil { order.append(address) }
                if holders[address]?.last != index { holders[address, default: []].append(index) }
            }
        }
        var known: Set<[Int]> = []
        return order.compactMap { address in
            guard let indexes = holders[address], indexes.count > 1 else { return nil }
            let nodes = Set(routers[indexes[0]].members.map(\.index))
            let other = indexes.dropFirst().first { nodes.isDisjoint(with: routers[$0].members.map(\.index)) }
            guard let other, known.insert([indexes[0], other]).inserted else { return nil }
            return (indexes[0], other, address)
        }
    }
}

extension InstanceConfiguration {
    /// A link-local address is another one on each link.
    fileprivate var heldAddresses: [IPAddress] {
        allAddresses.map(\.address).filter { !$0.isLinkLocal }
    }
}
