// Whether the nodes bring up the same addresses. A list that differs is never a reason to discard an advertisement, so
// what one node lacks is gone as long as that node is master.

import Election
import Wire

enum AddressRules {
    static func check(_ router: SharedRouter) -> [Diagnostic] {
        [advertised(router), order(router), prefixes(router), excluded(router)].compactMap { $0 }
    }

    private static func advertised(_ router: SharedRouter) -> Diagnostic? {
        let division = Division(router.members) { Set($0.instance.addresses.map(\.address)) }
        guard division.isDivided else { return nil }
        let places = division.places { $0.place(of: "virtual_ipaddress") }
        let sets = division.parts.map(\.value)
        if let stranger = sets.dropFirst().firstIndex(where: { set in
            !set.isEmpty && !sets[0].isEmpty && set.isDisjoint(with: sets[0])
        }) {
            let pair = [division.parts[0], division.parts[stranger]].map { $0.members[0] }
            return router.diagnostic(
                .error, "peers-vrid-shared", at: pair.map { $0.place(of: "virtual_router_id") },
                "VRID \(router.members[0].router.vrid) on \(pair[0].name) and \(pair[1].name) has no address in"
                    + " common (\(wordList(addresses(sets[0]))); \(wordList(addresses(sets[stranger])))): only one"
                    + " of them is master, and nobody holds the addresses of the other",
                hint:
                    "a VRID of its own for each, or the same addresses on both; on different networks nothing is wrong"
            )
        }
        return router.diagnostic(
            .error, "peers-addresses", at: places,
            "virtual_ipaddress is not the same: \(lacking(division)); while such a node is master, nobody holds them",
            hint: "the same addresses on all nodes")
    }

    private static func order(_ router: SharedRouter) -> Diagnostic? {
        let division = Division(router.members) { $0.instance.addresses.map(\.address) }
        guard let first = division.parts.first, division.isDivided,
            division.parts.allSatisfy({ Set($0.value) == Set(first.value) })
        else { return nil }
        return router.diagnostic(
            .note, "peers-address-order", at: division.places { $0.place(of: "virtual_ipaddress") },
            "the same virtual addresses stand in another order on \(nodeNames(division.parts[1].members)); that makes"
                + " no difference")
    }

    private static func prefixes(_ router: SharedRouter) -> Diagnostic? {
        var lengths: [IPAddress: (member: Member, length: UInt8)] = [:]
        for member in router.members {
            for line in member.instance.addresses {
                guard let known = lengths[line.address] else {
                    lengths[line.address] = (member, line.prefixLength)
                    continue
                }
                guard known.length != line.prefixLength else { continue }
                return router.diagnostic(
                    .warning, "peers-prefix-length",
                    at: [known.member, member].map { $0.place(of: "virtual_ipaddress") },
                    "\(line.address) is /\(known.length) on \(known.member.name) and /\(line.prefixLength) on"
                        + " \(member.name): after a failover the network is reached another way",
                    hint: "an address without a length is a /\(line.address.family.maximumPrefixLength)")
            }
        }
        return nil
    }

    private static func excluded(_ router: SharedRouter) -> Diagnostic? {
        let division = Division(router.members) { Set($0.instance.excludedAddresses.map(\.address)) }
        guard division.isDivided else { return nil }
        return router.diagnostic(
            .warning, "peers-excluded-addresses",
            at: division.places { $0.place(of: "virtual_ipaddress_excluded") },
            "virtual_ipaddress_excluded is not the same: \(lacking(division)); while such a node is master, nobody"
                + " holds them",
            hint: "the same addresses on all nodes")
    }

    /// `lb2 lacks 192.0.2.3`
    private static func lacking(_ division: Division<Set<IPAddress>>) -> String {
        let all = division.parts.reduce(into: Set<IPAddress>()) { $0.formUnion($1.value) }
        return division.parts.compactMap { set, members in
            let missing = addresses(all.subtracting(set))
            return missing.isEmpty ? nil : "\(nodeNames(members)) lacks \(wordList(missing))"
        }.joined(separator: ", ")
    }

    private static func addresses(_ set: Set<IPAddress>) -> [String] { set.sorted().map(\.description) }
}
