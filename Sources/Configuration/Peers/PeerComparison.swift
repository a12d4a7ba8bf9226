// What can never work between the configurations of a cluster's nodes. Each rule follows from what `Election` and
// `Engine` do with what the other node sends, and has a text in `Explanations`. Called by `baton check --peers`.

/// Compares the nodes of a cluster.
package enum PeerComparison {
    /// What the nodes do not agree about. `nodes` MUST be at least two, their names all different; a node whose
    /// configuration could not be read MUST NOT be among them.
    package static func diagnostics(_ nodes: [ClusterNode]) -> [Diagnostic] {
        let routers = RouterMatching.routers(of: nodes)
        var list = DiagnosticList()
        for router in routers where router.members.count > 1 {
            list.add(PacketRules.check(router))
            list.add(TransportRules.check(router))
            list.add(AuthenticationRules.check(router))
            list.add(HMACRules.check(router))
            list.add(AddressRules.check(router))
            list.add(PriorityRules.check(router))
            list.add(WeightRules.check(router))
            list.add(HoldingRules.check(router))
        }
        list.add(UnmatchedRules.check(routers, nodes))
        list.add(SyncGroupRules.check(routers, nodes))
        return list.all
    }

    /// The virtual routers of the cluster: for each the place of its instance in the configuration of every node, nil
    /// where the node has none. In the order in which they first appear.
    package static func routers(_ nodes: [ClusterNode]) -> [[Int?]] {
        RouterMatching.routers(of: nodes).map { router in
            nodes.indices.map { index in
                router.member(ofNode: index).flatMap { member in
                    nodes[index].parsed.configuration.instances.firstIndex {
                        $0.location == member.instance.location && $0.name == member.instance.name
                    }
                }
            }
        }
    }
}
