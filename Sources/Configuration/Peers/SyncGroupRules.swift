// Whether sync groups fit across the nodes. A group becomes master only with all its members (`SyncGroup.swift`), so
// what one node groups and the other does not may be served by nobody, and crossed priorities have no stable end.

import Election
import Wire

struct SyncGroupRules {
    /// A group of one node: which of the cluster's routers belong to it.
    private struct Group {
        let settings: SyncGroupConfiguration
        let routers: Set<Int>

        var place: Diagnostic.Place {
            Diagnostic.Place(location: settings.location, length: max(1, settings.name.count))
        }
    }
    private let routers: [SharedRouter]
    private let nodes: [ClusterNode]
    /// By node.
    private let groups: [[Group]]
    /// By node: the routers that it takes part in.
    private let shares: [Set<Int>]

    static func check(_ routers: [SharedRouter], _ nodes: [ClusterNode]) -> [Diagnostic] {
        guard nodes.contains(where: { !$0.parsed.configuration.groups.isEmpty }) else { return [] }
        return SyncGroupRules(routers, nodes).findings
    }

    private init(_ routers: [SharedRouter], _ nodes: [ClusterNode]) {
        self.routers = routers
        self.nodes = nodes
        var places: [[String: Int]] = Array(repeating: [:], count: nodes.count)
        for (index, router) in routers.enumerated() {
            for member in router.members { places[member.index][member.instance.name] = index }
        }
        shares = places.map { Set($0.values) }
        groups = nodes.indices.map { node in
            nodes[node].parsed.configuration.groups.map { group in
                Group(settings: group, routers: Set(group.members.compactMap { places[node][$0] }))
            }
        }
    }

    private var findings: [Diagnostic] {
        var findings: [Diagnostic] = []
        var known: Set<[Int]> = []
        for node in nodes.indices {
            for group in groups[node] {
                for other in nodes.indices where other != node {
                    let common = group.routers.intersection(shares[other])
                    guard common.count > 1, let first = common.min() else { continue }
                    guard known.insert([min(node, other), max(node, other), first]).inserted else { continue }
                    let isSame = groups[other].contains {
                        $0.routers.intersection(shares[node]) == common
                    }
                    let finding =
                        isSame ? crossing(group, common, node, other) : difference(group, common, node, other)
                    if let finding { findings.append(finding) }
                }
            }
        }
        return findings
    }

    private func difference(_ group: Group, _ common: Set<Int>, _ node: Int, _ other: Int) -> Diagnostic? {
        let counterpart = groups[other].first { !$0.routers.isDisjoint(with: common) }
        let names = common.sorted().map { routers[$0].member(ofNode: node)?.instance.name ?? "" }
        let elsewhere =
            counterpart.map { "has other members in '\($0.settings.name)'" } ?? "does not group them"
        var places = [group.place]
        if let counterpart {
            places.append(counterpart.place)
        } else if let first = common.min(), let member = routers[first].member(ofNode: other) {
            places.append(member.place(of: "virtual_router_id"))
        }
        let waits =
            isLeftWaiting(node, for: other) || isLeftWaiting(other, for: node)
        return Diagnostic(
            waits ? .error : .warning, "peers-sync-group", at: places,
            "vrrp_sync_group \(group.settings.name) on \(nodes[node].name) keeps \(wordList(names)) together;"
                + " \(nodes[other].name) \(elsewhere): "
                + (waits
                    ? "if one of them moves alone, a group that waits for the others leaves it to nobody"
                    : "after a failover they do not move together any more"),
            hint: "the same members in the sync groups of all nodes")
    }

    /// Whether one of the waiting node's groups holds a router back while it follows the other node in the next one:
    /// where it is better and preempts, it follows nobody.
    private func isLeftWaiting(_ waiting: Int, for other: Int) -> Bool {
        groups[waiting].contains { group in
            let common = group.routers.intersection(shares[other])
            let isTogether = groups[other].contains { $0.routers.isSuperset(of: common) }
            guard common.count > 1, !isTogether else { return false }
            return common.contains { index in
                guard let own = routers[index].member(ofNode: waiting),
                    let heard = routers[index].member(ofNode: other)
                else { return false }
                return !own.router.preempts || own.bestPriority <= heard.bestPriority
            }
        }
    }

    /// Better in one member and worse in another: each node takes the other's group along when it yields.
    private func crossing(_ group: Group, _ common: Set<Int>, _ node: Int, _ other: Int) -> Diagnostic? {
        let pairs = common.sorted().compactMap { index -> (Member, Member)? in
            guard let left = routers[index].member(ofNode: node),
                let right = routers[index].member(ofNode: other),
                !left.hasOpenPriority, !right.hasOpenPriority
            else { return nil }
            return (left, right)
        }
        guard let better = pairs.first(where: { $0.0.bestPriority > $0.1.bestPriority }),
            let worse = pairs.first(where: { $0.0.bestPriority < $0.1.bestPriority })
        else { return nil }
        return Diagnostic(
            .error, "peers-crossed-priorities",
            at: [better.0, worse.0].map { $0.place(of: "priority") },
            "vrrp_sync_group \(group.settings.name): \(text(better)), but \(text(worse)): if both become"
                + " master, as after a start together, they drive each other to backup, again and again",
            hint: "one node has the higher priority in all members of a group")
    }

    private func text(_ pair: (Member, Member)) -> String {
        "in \(pair.0.instance.name) \(pair.0.name) has \(pair.0.bestPriority) and \(pair.1.name)"
            + " \(pair.1.bestPriority)"
    }
}
