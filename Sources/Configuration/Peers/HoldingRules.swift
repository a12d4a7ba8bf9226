// How the addresses are held: from which MAC address, and whether packets to them are taken. What differs shows after a
// failover.

import Election
import Wire

enum HoldingRules {
    static func check(_ router: SharedRouter) -> [Diagnostic] {
        [virtualMAC(router), acceptance(router)].compactMap { $0 }
    }

    private static func virtualMAC(_ router: SharedRouter) -> Diagnostic? {
        let division = Division(router.members) { $0.instance.holdsBy }
        guard division.isDivided else { return nil }
        return router.diagnostic(
            .warning, "peers-virtual-mac",
            at: division.places { $0.place(of: "use_vmac", "use_ipvlan", "interface") },
            "the addresses are held with \(division.text { $0.rawValue }): each failover changes their MAC address,"
                + " which those who use a virtual one count on not to happen",
            hint: "'use_vmac' on all nodes, or on none")
    }

    private static func acceptance(_ router: SharedRouter) -> Diagnostic? {
        let members = router.members.filter { !$0.router.isOwner }
        let division = Division(members, by: \.instance.accepts)
        guard division.isDivided else { return nil }
        return router.diagnostic(
            .warning, "peers-accept",
            at: division.places { $0.place(of: "no_accept", "accept", "strict_mode") },
            "\(division.text { $0 ? "accept" : "no_accept" }): packets to the addresses are taken by some masters and"
                + " dropped by others",
            hint: "'accept' on all nodes, or on none; strict mode means 'no_accept'")
    }
}

private enum Holding: String {
    case ownMAC = "the host's own MAC address"
    case virtualMAC = "a virtual MAC address"
}

extension InstanceConfiguration {
    fileprivate var holdsBy: Holding {
        switch virtualInterface?.kind {
        case .macvlan: .virtualMAC
        case .ipvlan, nil: addresses.contains(where: \.usesVirtualMAC) ? .virtualMAC : .ownMAC
        }
    }
}
