// Instances and sync groups: identity, interface, transport, authentication, preemption.

extension Explanations {
    static let instances: [Explanation] = [
        Explanation(
            "no-instance", "The file has no vrrp_instance.",
            then: "The daemon runs and does nothing.",
            mend: "Write one, or look for an include that finds nothing."),
        Explanation(
            "duplicate-name", "A name is used by two instances, groups or checks.",
            then:
                "Two instances of a name are fatal: logs and scripts could not tell them apart. Of others the first"
                + " counts.",
            mend: "Give each a name of its own."),
        Explanation(
            "no-vrid", "The instance has no virtual_router_id, or none from 1 to 255.",
            then: "The daemon does not start: hosts find each other by this number.",
            mend: "A number that is free on this network, the same on all hosts of the instance."),
        Explanation(
            "duplicate-vrid",
            "Two instances have the same VRID, family and interface and hear the same packets.",
            then: "The daemon does not start: nobody could tell whose advertisement it is.",
            mend: "Another VRID, another interface, or another multicast group for one of them."),
        Explanation(
            "no-interface",
            "The instance has no interface, and it is not unicast with an address of its own.",
            then: "The daemon does not start.", mend: "'interface' with a name that 'ip link' shows."),
        Explanation(
            "no-such-interface", "This host has no interface of that name.",
            then: "The daemon does not start if an instance stands on it; else what needs it has no effect.",
            mend: "Correct the name, check with --any-interface on another host, or set dynamic_interfaces."),
        Explanation(
            "loopback-interface", "The instance stands on lo, where no other host is.",
            then: "The daemon does not start.", mend: "The interface that leads to the other hosts."),
        Explanation(
            "version-and-family", "version 2 with IPv6 addresses.",
            then: "Version 3 is used, as nothing else carries IPv6.", mend: "version 3, or no version."),
        Explanation(
            "unknown-state", "state is MASTER or BACKUP.",
            then: "BACKUP is used; the priority decides in any case.", mend: "One of the two, in capitals."),
        Explanation(
            "interval-rounded", "The interval cannot be said in an advertisement of this version.",
            then: "The nearest one that can is used; a version 2 peer with another one hears nothing.",
            mend: "Version 2: whole seconds up to 255; version 3: hundredths up to 40.95 s."),
        Explanation(
            "nopreempt-with-master", "nopreempt and 'state MASTER' contradict each other.",
            then: "nopreempt counts; the state shortens the wait after start only.",
            mend: "state BACKUP on all hosts that have nopreempt."),
        Explanation(
            "preempt-delay-unused",
            "preempt_delay on an instance that never waits: state MASTER, or nopreempt.",
            then: "It is ignored.", mend: "state BACKUP and preempt; or remove the line."),
        Explanation(
            "not-multicast", "The group of advertisements is no multicast address of the instance's family.",
            then: "The default is used: 224.0.0.18 or ff02::12.",
            mend: "A multicast address, the same on all hosts."),
        Explanation(
            "no-unicast-peer", "Something speaks of unicast, but no peer is named.",
            then:
                "Advertisements are sent by multicast; with unicast_fault_no_peer the instance stays in fault.",
            mend: "The other hosts' addresses in unicast_peer."),
        Explanation(
            "group-with-unicast", "mcast_dst_ip in an instance that has unicast peers.",
            then: "It is ignored.", mend: "Remove it, or unicast_peer."),
        Explanation(
            "peer-family", "A unicast peer is of the other family than the virtual addresses.",
            then: "It is ignored and never hears of this host.",
            mend: "An address of the same family, or an instance for each family."),
        Explanation(
            "unknown-authentication", "auth_type is none of PASS and AH.",
            then: "Nothing is authenticated; hosts with a password discard these advertisements.",
            mend: "auth_type PASS or AH, or auth_hmac."),
        Explanation(
            "no-password", "auth_type without a password.",
            then: "Nothing is authenticated.",
            mend: "auth_pass with up to eight characters, the same on all hosts."),
        Explanation(
            "password-unused", "auth_pass without auth_type.",
            then: "Advertisements carry no password. If all hosts say the same, they work together.",
            mend: "auth_type PASS on all hosts at once, or remove the block."),
        Explanation(
            "password-too-long", "A password has eight characters at most.",
            then: "The first eight count.", mend: "Cut it, on all hosts."),
        Explanation(
            "authentication-in-v3", "VRRP version 3 has no authentication.",
            then: "The block is ignored.", mend: "auth_hmac, which version 3 can have; or remove the block."),
        Explanation(
            "two-authentications", "authentication and auth_hmac in one instance.",
            then: "auth_hmac is used.", mend: "Remove authentication."),
        Explanation(
            "bad-key", "A key of auth_hmac has a wrong number or length.",
            then: "The daemon does not start: it would discard all that its peers send.",
            mend: "Numbers 1 to 255, 32 to 64 octets: 'openssl rand -hex 32', behind hex:."),
        Explanation(
            "strict-mode", "vrrp_strict takes out what the RFCs do not have, or forbids it.",
            then: "The message says what is not used; unicast in strict mode is fatal.",
            mend: "Remove the line that is not used, or strict mode. Most sites want no strict mode."),
        Explanation(
            "strict-no-accept", "Strict mode implies no_accept.",
            then:
                "While master this host drops packets to the virtual addresses: services on them seem dead.",
            mend: "'accept' in the instance (version 3), or no strict mode."),
        Explanation(
            "vmac-and-unicast", "use_vmac with unicast peers.",
            then: "Advertisements leave from the interface below, as with vmac_xmit_base.",
            mend: "Write vmac_xmit_base."),
        Explanation(
            "bad-mac", "The MAC address of use_vmac is a multicast address.",
            then: "The usual one is used: 00:00:5e:00:01:VRID.", mend: "An even first octet, or no address."),
        Explanation(
            "no-vmac", "An option of virtual interfaces without use_vmac or use_ipvlan.",
            then: "It is ignored.", mend: "Write use_vmac, or remove the option."),
        Explanation(
            "no-member", "A vrrp_sync_group has no member that exists.",
            then: "The group is not used; its scripts never run.", mend: "Names of instances in group { }."),
        Explanation(
            "single-member", "A vrrp_sync_group has one member.",
            then: "There is nothing to keep together; its scripts run.",
            mend: "Nothing, if it is there for its scripts; else add the other instances."),
        Explanation(
            "several-groups", "An instance is a member of two sync groups.",
            then: "It stays in the first.", mend: "One group with all members."),
    ]
}
