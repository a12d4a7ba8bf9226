// Virtual addresses, routes and rules.

extension Explanations {
    static let addresses: [Explanation] = [
        Explanation(
            "no-address", "The instance has no virtual address.",
            then: "In version 3 the daemon does not start; in version 2 there is a master of nothing.",
            mend: "virtual_ipaddress { ADDRESS/LENGTH }, or no_virtual_ipaddress if that is meant."),
        Explanation(
            "bad-address", "This is no IP address, or the length behind the slash is too large.",
            then: "Among virtual addresses the daemon does not start; elsewhere the line is ignored.",
            mend: "A literal address; host names are not looked up."),
        Explanation(
            "mixed-families", "IPv4 and IPv6 in one virtual_ipaddress block.",
            then: "The daemon does not start: an advertisement is of one family.",
            mend: "The others into virtual_ipaddress_excluded, or into an instance of their own."),
        Explanation(
            "address-family", "A source address or group is of the other family than the virtual addresses.",
            then: "It is ignored.", mend: "An address of the instance's family."),
        Explanation(
            "duplicate-address", "An address stands twice in an instance.",
            then: "The first line counts.", mend: "Remove the second."),
        Explanation(
            "too-many-addresses", "An advertisement of 1500 octets cannot hold them all.",
            then: "The others come and go likewise, but are not advertised.",
            mend: "Move them to virtual_ipaddress_excluded."),
        Explanation(
            "bad-broadcast", "What stands behind brd is no address for broadcasts.",
            then: "The line is left out; where only the network is too small for a broadcast address, brd is"
                + " ignored.",
            mend: "brd +, an address, or nothing."),
        Explanation(
            "bad-label", "A label is for IPv4 and has at most 15 octets.",
            then: "It is ignored, or the line is left out.", mend: "As in eth0:1."),
        Explanation(
            "bad-route", "A route has an option that is unknown, lacks its value, or cannot be meant.",
            then: "The daemon does not start, or the route is left out: the message says which.",
            mend: "Write the route as 'ip route add' takes it."),
        Explanation(
            "bad-rule", "A rule has an option that is unknown, lacks its value, or cannot be meant.",
            then: "The daemon does not start, or the rule is left out: the message says which.",
            mend: "Write the rule as 'ip rule add' takes it."),
        Explanation(
            "bad-peer", "The peer of an address is of the other family or has a length of its own.",
            then: "It is ignored.", mend: "An address of the same family without a length."),
        Explanation(
            "length-with-peer", "An address with a peer has a length before 'peer'.",
            then: "The length is ignored: such an address is a /32 or /128.",
            mend: "Remove the length, or the peer."),
        Explanation(
            "unknown-scope", "scope takes global, site, link, host, nowhere or a number.",
            then: "global is used.", mend: "One of these, or nothing."),
        Explanation(
            "scope-of-ipv6", "The kernel chooses an IPv6 address's scope itself.",
            then: "The word has no effect.", mend: "Remove it."),
        Explanation(
            "protocol-of-tracked",
            "A route that is put back when somebody removes it is known by the daemon's own protocol number, 18.",
            then: "The protocol in the line is ignored.", mend: "Remove it, or add no_track."),
        Explanation(
            "rule-preference", "A rule has no preference.",
            then: "The kernel puts it before all others that it knows then: the order depends on chance.",
            mend: "preference with a number."),
        Explanation(
            "nothing-tracked", "Nothing static belongs to a track_group.",
            then: "Its instances never are in fault for it.",
            mend: "track_group NAME behind static addresses, routes or rules."),
    ]
}
