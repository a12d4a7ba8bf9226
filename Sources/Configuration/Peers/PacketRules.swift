// What stands in every advertisement, and makes the other node discard it or follow another clock: version, interval,
// checksum (RFC 9568 7.1, RFC 3768 7.1).

import Election
import Wire

enum PacketRules {
    static func check(_ router: SharedRouter) -> [Diagnostic] {
        [version(router), fixedInterval(router), learnedInterval(router), checksum(router)].compactMap { $0 }
    }

    private static func version(_ router: SharedRouter) -> Diagnostic? {
        let division = Division(router.members) { $0.router.version }
        guard division.isDivided else { return nil }
        return router.diagnostic(
            .error, "peers-version", at: division.places { $0.place(of: "version", "vrrp_version") },
            "VRRP \(division.text { "version \($0.rawValue)" }): each discards the other's advertisements,"
                + " and all of them are master",
            hint: "the same 'version' on all nodes")
    }

    private static func fixedInterval(_ router: SharedRouter) -> Diagnostic? {
        let members = router.members.filter { $0.router.version == .v2 }
        let division = Division(members) { $0.router.advertisementInterval }
        guard division.isDivided else { return nil }
        return router.diagnostic(
            .error, "peers-interval", at: division.places { $0.place(of: "advert_int") },
            "advert_int is \(division.text { "\($0.seconds) s" }): in VRRP version 2 each discards the other's"
                + " advertisements, and all of them are master",
            hint: "the same 'advert_int' on all nodes")
    }

    /// A version 3 backup follows the master's interval.
    private static func learnedInterval(_ router: SharedRouter) -> Diagnostic? {
        let members = router.members.filter { $0.router.version == .v3 }
        let division = Division(members) { $0.router.advertisementInterval }
        guard division.isDivided else { return nil }
        return router.diagnostic(
            .warning, "peers-interval", at: division.places { $0.place(of: "advert_int") },
            "advert_int is \(division.text { "\($0.seconds) s" }): the backups follow the master's, so how long a"
                + " failover takes depends on who was master",
            hint: "the same 'advert_int' on all nodes")
    }

    private static func checksum(_ router: SharedRouter) -> Diagnostic? {
        let members = router.members.filter { $0.router.version == .v3 && $0.router.family == .ipv4 }
        let division = Division(members) { $0.instance.sendsStandardChecksum }
        guard division.isDivided else { return nil }
        return router.diagnostic(
            .note, "peers-checksum-form", at: division.places { $0.place(of: "v3_checksum_as_v2") },
            "v3_checksum_as_v2 is \(division.text { $0 ? "set" : "not set" }): Baton takes both forms, a keepalived"
                + " takes its own alone")
    }
}
