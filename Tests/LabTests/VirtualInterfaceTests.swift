// Virtual MAC addresses and `no_accept` on real kernels, with keepalived as the other node.

import Foundation
import Glibc
import Lab
import Linux
import Testing
import Wire

@Suite(.serialized) struct VirtualInterfaceTests {
    private func configuration(_ priority: Int, _ lines: String, v6: Bool = false) -> String {
        """
        global_defs {
            router_id lab
            nftables_counters
        }
        vrrp_instance VI_1 {
            interface eth0
            virtual_router_id 51
            priority \(priority)
            \(lines)
            virtual_ipaddress {
                192.168.50.88/24
            }
            virtual_ipaddress_excluded {
                \(v6 ? "2001:db8:50::88/64" : "")
            }
        }
        """
    }

    /// `use_vmac` behind an address: an interface for it alone, which goes when the daemon does.
    @Test(.timeLimit(.minutes(2))) func anAddressWithAnInterfaceOfItsOwn() throws {
        let texts = [150, 100].map { priority in
            configuration(priority, "").replacingOccurrences(
                of: "192.168.50.88/24", with: "192.168.50.88/24 dev eth0 use_vmac")
        }
        let pair = try Pair([.baton, .baton], configurations: texts)
        try pair.start()
        let links = try pair.hosts[0].check("ip -d link; ip addr show type macvlan")
        #expect(links.contains("vrrp.51.") && links.contains("192.168.50.88/24"), "\(links)")
        _ = try pair.outage(of: "an address with a MAC of its own: SIGTERM", until: 1, seconds: 4) {
            let seen = try neighbour(pair)
            #expect(seen.contains("00:00:5e:00:01:33"), "\(seen)")
            try pair.daemons[0].stop()
        }
        #expect(try !pair.hosts[0].check("ip link").contains("vrrp.51"))
        #expect(try neighbour(pair).contains("00:00:5e:00:01:33"))
    }

    /// What the client has in its table for the address.
    private func neighbour(_ pair: Pair) throws -> String {
        try pair.client.check("ip neigh show \(pair.virtualAddress)").lowercased()
    }

    // RFC9568-6.4.2-08, RFC9568-6.4.3-01, RFC9568-8.1.2-01, RFC9568-8.1.2-02
    @Test(.timeLimit(.minutes(3)), arguments: FailoverTests.pairs)
    func theVirtualMACStaysTheSame(_ programs: [Program]) throws {
        let pair = try Pair(
            programs, configurations: [150, 100].map { configuration($0, "use_vmac") })
        for host in pair.hosts { try host.check("echo 1 > /proc/sys/net/ipv4/conf/all/rp_filter") }
        let parameters =
            "cd /proc/sys/net/ipv4/conf; cat eth0/arp_ignore eth0/arp_announce all/rp_filter eth0/rp_filter"
        let before = try pair.hosts[0].check(parameters)
        try pair.start()
        let observer = try Observer(on: pair.client)
        let outage = try pair.outage(of: "\(programs) virtual MAC: SIGTERM", until: 1, seconds: 4) {
            let seen = try neighbour(pair)
            // keepalived's own host may tell the client its real address when it asks for the client's.
            if programs[0] == .baton { #expect(seen.contains("00:00:5e:00:01:33"), "\(seen)") }
            if programs[0] == .baton {
                let link = try pair.hosts[0].check("ip -d link show vrrp.51; ip addr show vrrp.51")
                #expect(link.contains("macvlan mode private") && link.contains("192.168.50.88/24"), "\(link)")
            }
            try pair.daemons[0].stop()
        }
        observer.stop()
        #expect(outage < 1000)
        if programs[1] == .baton { #expect(try neighbour(pair).contains("00:00:5e:00:01:33")) }
        let macs = Set(
            observer.sightings.compactMap { sighting -> MACAddress? in
                if case .announcement(_, let mac) = sighting.kind { mac } else { nil }
            })
        #expect(macs == [MACAddress(vrid: 51, family: .ipv4)])
        if programs[0] == .baton {
            #expect(try !pair.hosts[0].check("ip link").contains("vrrp.51"))
            #expect(try pair.hosts[0].check(parameters) == before)
        }
        try pair.daemons[0].start()
        try pair.awaitHolder(0, seconds: 12)
        try pair.stop()
    }

    @Test(.timeLimit(.minutes(2))) func aLeftoverInterfaceIsUsedAgain() throws {
        let pair = try Pair(
            [.baton, .baton],
            configurations: [150, 100].map { configuration($0, "use_vmac vip51\nvmac_xmit_base") })
        try pair.start()
        let index = try pair.hosts[0].check("ip -o link show vip51 | cut -d: -f1")
        try pair.crash(0)
        #expect(try pair.hosts[0].check("ip -o link show vip51 | cut -d: -f1") == index)
        try pair.hosts[0].check("ip link del vip51")
        try Wait.until(seconds: 8, "not made again\n\(pair.logs)") {
            (try? pair.hosts[0].check("ip addr show vip51").contains("192.168.50.88")) == true
        }
        try pair.stop()
        #expect(try !pair.hosts[0].check("ip link").contains("vip51"))
    }

    // RFC9568-6.1-11, RFC9568-6.1-12, RFC9568-6.4.3-05, RFC9568-6.4.3-08, RFC3768-6.4.3-01
    @Test(.timeLimit(.minutes(2))) func packetsToAnAddressThatIsNotAcceptedAreDropped() throws {
        let pair = try Pair(
            [.baton, .baton], configurations: [150, 100].map { configuration($0, "no_accept", v6: true) })
        try pair.start()
        func answers(_ address: String) throws -> Bool {
            let prober = try Prober(from: pair.client, target: try #require(IPAddress(address)))
            defer { _ = prober.stop() }
            return (try? Wait.until(seconds: 1.5, "") { prober.isAnswered }) != nil
        }
        #expect(try answers("192.168.50.133"))
        #expect(try !answers("192.168.50.88"))
        #expect(try answers("2001:db8:50::85"))
        #expect(try !answers("2001:db8:50::88"))
        // The address can be found on the link all the same: the host forwards to it, it does not use it.
        #expect(try pair.client.check("ip -6 neigh show 2001:db8:50::88").contains("lladdr"))
        let rules = try pair.hosts[0].check("nft list ruleset")
        #expect(rules.contains("table inet keepalived"), "\(rules)")
        #expect(
            rules.contains("elements = { 192.168.50.88 }") && rules.contains("ip daddr @vips"), "\(rules)")
        #expect(rules.contains("priority filter - 1; policy accept;"), "\(rules)")
        #expect(try pair.hosts[1].check("nft list ruleset").isEmpty)
        // Somebody else removes all of it, or one address: it is put back, its counters at zero.
        for act in ["flush ruleset", "delete element inet keepalived vips { 192.168.50.88 }"] {
            try pair.hosts[0].check("nft '\(act)'")
            try Wait.until(seconds: 2, "not put back\n\(pair.daemons[0].log)") {
                let seen = try pair.hosts[0].check("nft list ruleset")
                return seen.contains("elements = { 192.168.50.88 }")
                    && seen.components(separatedBy: "drop").count == 5
            }
        }
        #expect(pair.daemons[0].log.contains("somebody else has changed the table"))
        #expect(try !answers("192.168.50.88"))
        try pair.crash(0)
        usleep(300_000)
        #expect(try !answers("192.168.50.88"))
        #expect(try pair.hosts[0].check("nft list ruleset").contains("elements = { 192.168.50.88 }"))
        try pair.crashForGood(0)
        try pair.awaitHolder(1, seconds: 8)
        #expect(try pair.hosts[0].check("nft list ruleset").isEmpty)
        try pair.awaitHolder(0, seconds: 12)
        try pair.stop()
        #expect(try pair.hosts[0].check("nft list ruleset").isEmpty)
    }
}
