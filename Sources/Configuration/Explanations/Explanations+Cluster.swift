// What the configurations of a cluster's nodes do not agree about: `baton check --peers`.

extension Explanations {
    static let cluster: [Explanation] = [
        Explanation(
            "peers-version", "The nodes speak different versions of VRRP.",
            then:
                "Each discards what the other sends (RFC 9568 7.1): all of them are master, and the addresses are on"
                + " several hosts.",
            mend: "The same version on all nodes. To change it, stop the backups first."),
        Explanation(
            "peers-interval", "The nodes advertise at different intervals.",
            then:
                "In version 2 each discards what the other sends (RFC 3768 7.1), and all are master. In version 3 the"
                + " backups follow the master's interval: it works, but failover takes as long as the last master's"
                + " interval says.",
            mend: "The same advert_int on all nodes."),
        Explanation(
            "peers-checksum-form", "v3_checksum_as_v2 differs between nodes.",
            then:
                "Baton takes both forms of the checksum; a keepalived discards the other one, and there are two"
                + " masters.",
            mend: "The same on all nodes, unless all of them run Baton."),
        Explanation(
            "peers-addresses", "The nodes do not list the same virtual addresses.",
            then: "The master brings up its own list. What it lacks is nobody's until another node is master."
                + " keepalived before 2.3.3 discards such advertisements: two masters.",
            mend: "The same list on all nodes. Add an address to the backups first, then to the master."),
        Explanation(
            "peers-address-order", "The same addresses stand in another order.",
            then: "Nothing; they are compared without their order.",
            mend: "One order, for those who read the files."),
        Explanation(
            "peers-prefix-length", "An address has another prefix length on another node.",
            then:
                "With the length comes a route to the network: after a failover, answers may leave by another way."
                + " Without a length an address is a /32 or /128.",
            mend: "The same length on all nodes."),
        Explanation(
            "peers-excluded-addresses", "virtual_ipaddress_excluded differs between nodes.",
            then:
                "What the master lacks is nobody's as long as it is master. These addresses are not advertised, so no"
                + " log tells of it.",
            mend: "The same list on all nodes."),
        Explanation(
            "peers-vrid-shared", "Instances that hear each other have one VRID and no address in common.",
            then:
                "They take each other for one virtual router: one is master, the other backup, and nobody holds the"
                + " addresses of the backup.",
            mend: "A VRID of its own for each; or the same addresses, if one router was meant."),
        Explanation(
            "peers-vrid-differs", "One address belongs to virtual routers that do not hear each other.",
            then: "Each of them has a master: the address is on several hosts at once.",
            mend: "The same virtual_router_id on all nodes that hold the address."),
        Explanation(
            "peers-alone", "Only one of the nodes has this instance.",
            then: "If its host fails, nobody takes the addresses over.",
            mend:
                "The same instance on another node; nothing, if that is meant or the other node's file was not given."
        ),
        Explanation(
            "peers-authentication",
            "Type or password of the authentication differ. They are compared, never shown.",
            then: "Each discards what the other sends: all of them are master.",
            mend:
                "The same authentication block on all nodes; mind auto_type and other words that are not read."
        ),
        Explanation(
            "peers-hmac", "A node discards the codes (auth_hmac) of another, or their absence.",
            then: "It never hears of that node and is master beside it, or takes over when it should not.",
            mend:
                "The same keys under the same numbers on all nodes; only then another active_key, only then enforce."
        ),
        Explanation(
            "peers-several-owners", "More than one node has priority 255, the address owner's.",
            then:
                "Each becomes master at start without listening; the lower address gives way, after a moment of two"
                + " masters. With owner_ignore_adverts, which strict mode sets, both stay.",
            mend: "Different priorities below 255. 'state MASTER' without a priority means 255."),
        Explanation(
            "peers-equal-priority", "Nodes have the same priority when all is well.",
            then:
                "The first to be master stays it. If two become master at once, the higher source address wins after"
                + " a moment of both.",
            mend: "Different priorities. With nopreempt on all of them, equal ones may be meant: only a note."
        ),
        Explanation(
            "peers-state-master", "'state MASTER' on several nodes.",
            then:
                "The state is a wish: it shortens the wait after start to one interval. Nodes that start together"
                + " may be master together for a moment; then the priority decides.",
            mend: "state BACKUP on all nodes but one, or on all."),
        Explanation(
            "peers-transport", "One node sends by unicast, another by multicast.",
            then: "Each discards, or never gets, what the other sends: all of them are master.",
            mend: "unicast_peer on all nodes, or on none. An empty unicast_peer is multicast."),
        Explanation(
            "peers-multicast-group", "The nodes send to different multicast groups.",
            then: "They do not hear each other: all of them are master.", mend: "The same group on all nodes."
        ),
        Explanation(
            "peers-same-source",
            "Nodes have the same source address: as a rule one file was copied to the other host.",
            then: "A host that does not have the address stays in fault and never takes over.",
            mend: "unicast_src_ip: each node's own address; unicast_peer: those of the others."),
        Explanation(
            "peers-not-listed", "A node does not list another's unicast_src_ip in its unicast_peer.",
            then:
                "The other one never hears of it and becomes master beside it; with check_unicast_src it is not heard"
                + " either.",
            mend: "All other nodes in unicast_peer, by the address that stands in their unicast_src_ip."),
        Explanation(
            "peers-weight-too-small",
            "With every weighted check of a node failed, it is still better than, or equal to, all others.",
            then: "The checks fail, the priority falls, and nothing else happens: the node stays master.",
            mend: "Weights larger than the distance of the priorities, or a weight of 0: a fault."),
        Explanation(
            "peers-weight-nopreempt", "Whoever would be better than a failed node has nopreempt.",
            then:
                "A backup with nopreempt follows a running master whatever its priority: the failed one goes on.",
            mend: "A weight of 0: the failed node leaves. Or preempt, perhaps with a preempt_delay."),
        Explanation(
            "peers-preempt-delay",
            "The node that should take over from a failed one has a long preempt_delay.",
            then:
                "A check with a weight only lowers the priority; the other node waits for its delay before it takes"
                + " over.",
            mend: "preempt_delay on the preferred node only, where it delays the return; or a weight of 0."),
        Explanation(
            "peers-virtual-mac", "The nodes hold the addresses with different kinds of MAC addresses.",
            then:
                "Each failover changes the MAC address. Clients learn it from announcements; what relies on the MAC"
                + " address to stay, such as some firewalls and switches, does not.",
            mend: "use_vmac on all nodes, or on none."),
        Explanation(
            "peers-accept", "Some nodes take packets to the virtual addresses, others drop them.",
            then: "Services on the addresses are reachable or not depending on who is master.",
            mend: "accept or no_accept on all nodes alike; strict mode means no_accept."),
        Explanation(
            "peers-sync-group",
            "Instances are kept together on one node and not, or in other company, on another.",
            then:
                "A group becomes master of all its members or of none. If one of them moves alone, a group that"
                + " follows the other node in the rest waits, and nobody serves it. Where the grouping node is better"
                + " in all of them it does not wait: only a warning.",
            mend: "The same members in the sync groups of all nodes."),
        Explanation(
            "peers-crossed-priorities",
            "In a sync group one node is better in one member and worse in another.",
            then:
                "Who is master first keeps all. If both become master, as after a start together or a partition,"
                + " each drives the other to backup, again and again.",
            mend: "One node has the higher priority in all members."),
    ]
}
