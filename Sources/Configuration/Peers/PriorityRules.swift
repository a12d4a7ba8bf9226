// Who is master when all is well: owners, equal priorities, wishes (RFC 9568 6.4.3 decides between equals by address).

import Election
import Wire

enum PriorityRules {
    static func check(_ router: SharedRouter) -> [Diagnostic] {
        [owners(router), wishes(router)].compactMap { $0 } + ties(router)
    }

    private static func owners(_ router: SharedRouter) -> Diagnostic? {
        let owners = router.members.filter(\.router.isOwner)
        guard owners.count > 1 else { return nil }
        let stays = owners.contains(where: \.router.ownerIgnoresAdvertisements)
        return router.diagnostic(
            .error, "peers-several-owners", at: owners.map { $0.place(of: "priority", "state") },
            "\(nodeNames(owners)) have priority 255 and become master at once, before they listen"
                + (stays
                    ? "; with owner_ignore_adverts both stay it"
                    : "; then the lower address gives way each time"),
            hint: "different priorities below 255; 'state MASTER' without 'priority' is 255")
    }

    /// An equal priority is followed, so nobody is displaced: who is master stays it.
    private static func ties(_ router: SharedRouter) -> [Diagnostic] {
        let members = router.members.filter { !$0.router.isOwner && !$0.hasOpenPriority }
        let top = router.members.map(\.bestPriority).max()
        return Division(members, by: \.bestPriority).parts.compactMap { priority, members in
            guard members.count > 1 else { return nil }
            let isMeant = priority != top || members.allSatisfy { !$0.router.preempts }
            return router.diagnostic(
                isMeant ? .note : .warning, "peers-equal-priority",
                at: members.map { $0.place(of: "priority") },
                "\(nodeNames(members)) have the same priority \(priority): who is master first stays it; if they"
                    + " announce themselves at once, \(winner(members)) wins",
                hint: isMeant ? nil : "a higher 'priority' on the node that is to be master")
        }
    }

    private static func winner(_ members: [Member]) -> String {
        let known = members.compactMap { member in
            member.instance.transport.source.map { (member.name, $0) }
        }
        guard known.count == members.count, let best = known.max(by: { $0.1 < $1.1 }) else {
            return "the higher address of the hosts"
        }
        return "\(best.0) with the higher address \(best.1)"
    }

    private static func wishes(_ router: SharedRouter) -> Diagnostic? {
        let members = router.members.filter { $0.router.wantsMaster && !$0.router.isOwner }
        guard members.count > 1 else { return nil }
        return router.diagnostic(
            .note, "peers-state-master", at: members.map { $0.place(of: "state") },
            "'state MASTER' on \(nodeNames(members)): it only shortens the wait after start; the priority decides",
            hint: "'state BACKUP' on all nodes but the one with the highest priority, or on all")
    }
}
