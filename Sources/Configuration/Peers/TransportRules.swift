// Whether the advertisements of each node reach the others: multicast or unicast, the group, who lists whom, and from
// which address.

import Election
import Wire

enum TransportRules {
    static func check(_ router: SharedRouter) -> [Diagnostic] {
        let findings = [way(router), group(router)].compactMap { $0 }
        return findings + sources(router) + listing(router)
    }

    private static func way(_ router: SharedRouter) -> Diagnostic? {
        let division = Division(router.members) { $0.instance.transport.group == nil }
        guard division.isDivided else { return nil }
        return router.diagnostic(
            .error, "peers-transport",
            at: division.places { $0.place(of: "unicast_peer", "interface") },
            "\(division.text { $0 ? "unicast" : "multicast" }): they do not hear each other, and all of them are"
                + " master",
            hint: "'unicast_peer' on all nodes, or on none")
    }

    private static func group(_ router: SharedRouter) -> Diagnostic? {
        let members = router.members.filter { $0.instance.transport.group != nil }
        let division = Division(members) { $0.instance.transport.group }
        guard division.isDivided else { return nil }
        return router.diagnostic(
            .error, "peers-multicast-group", at: division.places { $0.place(of: "mcast_dst_ip") },
            "multicast to \(division.text { $0?.description ?? "" }): they do not hear each other, and all of them"
                + " are master",
            hint: "the same 'vrrp_mcast_group4', 'vrrp_mcast_group6' or 'mcast_dst_ip' on all nodes")
    }

    /// A source address belongs to one host; where it is missing the instance is in fault.
    private static func sources(_ router: SharedRouter) -> [Diagnostic] {
        let members = router.members.filter { $0.instance.transport.source != nil }
        return Division(members) { $0.instance.transport.source }.parts.compactMap { source, members in
            guard let source, members.count > 1 else { return nil }
            return router.diagnostic(
                .error, "peers-same-source",
                at: members.map { $0.place(of: "unicast_src_ip", "mcast_src_ip") },
                "\(nodeNames(members)) all send from \(source): the hosts that do not have this address stay in"
                    + " fault",
                hint: "each node's own address, and the others' in 'unicast_peer'")
        }
    }

    /// Only what is written can be compared: a node without `unicast_src_ip` sends from an address that no file names.
    private static func listing(_ router: SharedRouter) -> [Diagnostic] {
        router.members.compactMap { sender in
            guard case .unicast(let peers, let own, _, _) = sender.instance.transport else { return nil }
            let listed = Set(peers.map(\.address))
            let missed = router.members.filter { other in
                guard other.index != sender.index, other.instance.transport.group == nil,
                    let source = other.instance.transport.source, source != own
                else { return false }
                return !listed.contains(source)
            }
            guard !missed.isEmpty else { return nil }
            let names = missed.map { "\($0.name) (\($0.instance.transport.source?.description ?? ""))" }
            return router.diagnostic(
                .error, "peers-not-listed",
                at: [sender.place(of: "unicast_peer")] + missed.map { $0.place(of: "unicast_src_ip") },
                "\(sender.name) does not list \(wordList(names)) in unicast_peer: its advertisements do not arrive"
                    + " there, and both can be master",
                hint: strangers(listed, router))
        }
    }

    /// The addresses that are listed and nobody's: one of them is likely the mistake.
    private static func strangers(_ listed: Set<IPAddress>, _ router: SharedRouter) -> String? {
        let sources = router.members.compactMap(\.instance.transport.source)
        guard sources.count == router.members.count else { return nil }
        let unknown = listed.subtracting(sources).sorted()
        guard !unknown.isEmpty else { return nil }
        return "\(wordList(unknown.map(\.description))) is the unicast_src_ip of no node here"
    }
}
