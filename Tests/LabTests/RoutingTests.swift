// Routes and rules that go with the state, and what is always there, on real kernels.

import Foundation
import Glibc
import Lab
import Linux
import Testing

@Suite(.serialized) struct RoutingTests {
    private func configuration(_ priority: Int, extra: String = "") -> String {
        """
        static_ipaddress {
            198.51.100.7/32 dev eth0
        }
        static_routes {
            blackhole 198.51.101.0/24
        }
        static_rules {
            from 198.51.100.7 table 77 preference 500
        }
        vrrp_instance VI_1 {
            interface eth0
            virtual_router_id 51
            priority \(priority)
            virtual_ipaddress {
                192.168.50.88/24
            }
            virtual_ipaddress_excluded {
                2001:db8:50::88/64
            }
            virtual_routes {
                10.1.0.0/16 via 192.168.50.10 dev eth0 src 192.168.50.88 metric 7 mtu 1400
                blackhole 10.2.0.0/16
                10.3.0.0/16 nexthop via 192.168.50.10 weight 2 nexthop via 192.168.50.11
                2001:db8:77::/48 via 2001:db8:50::10 dev eth0
                default via 192.168.50.10 table 100
                \(extra)
            }
            virtual_rules {
                from 10.1.0.0/16 table 100 preference 201
                fwmark 5 iif eth0 ipproto tcp dport 80-90 table 100 preference 202
                to 2001:db8:99::/48 unreachable preference 203
            }
        }
        """
    }

    /// What `ip` says of everything that the configuration asks for.
    private func state(_ host: LabHost) throws -> [String] {
        let list = try host.check(
            "ip route show; ip -6 route show; ip route show table 100 2> /dev/null; ip rule show;"
                + " ip -6 rule show")
        let wanted = [
            "10.1.0.0/16 via 192.168.50.10 dev eth0 proto keepalived src 192.168.50.88 metric 7 mtu 1400",
            "blackhole 10.2.0.0/16 proto keepalived", "10.3.0.0/16 proto keepalived",
            "nexthop via 192.168.50.10 dev eth0 weight 2", "2001:db8:77::/48 via 2001:db8:50::10 dev eth0",
            "default via 192.168.50.10 dev eth0 proto keepalived", "201:\tfrom 10.1.0.0/16 lookup 100",
            "202:\tfrom all fwmark 0x5 iif eth0 ipproto tcp dport 80-90 lookup 100",
            "203:\tfrom all to 2001:db8:99::/48 unreachable",
        ]
        return wanted.filter { list.contains($0) }
    }

    /// `track_group`: without the route the instance is in fault, and with it it takes part again.
    @Test(.timeLimit(.minutes(2))) func whatDependsOnStaticEntries() throws {
        let texts = [150, 100].map { priority in
            """
            track_group uplink {
                group { VI_1 }
            }
            static_routes {
                10.9.0.0/16 via 192.168.51.10 dev eth0 track_group uplink
            }
            vrrp_instance VI_1 {
                interface eth0
                virtual_router_id 51
                priority \(priority)
                virtual_ipaddress {
                    192.168.50.88/24
                }
            }
            """
        }
        let pair = try Pair([.baton, .baton], configurations: texts)
        for (place, host) in pair.hosts.enumerated() {
            try host.check("ip addr add 192.168.51.\(place + 1)/24 dev eth0")
        }
        try pair.start()
        try pair.hosts[0].check("ip addr del 192.168.51.1/24 dev eth0; ip route del 10.9.0.0/16")
        try pair.awaitHolder(1, seconds: 5)
        let log = pair.daemons[0].log
        #expect(log.contains("static entries of track_group uplink are not there"), "\(log)")
        try pair.hosts[0].check("ip addr add 192.168.51.1/24 dev eth0")
        try pair.awaitHolder(0, seconds: 8)
        #expect(try pair.hosts[0].check("ip route").contains("10.9.0.0/16 via 192.168.51.10 dev eth0"))
    }

    @Test(.timeLimit(.minutes(2))) func theyGoWithTheAddress() throws {
        let pair = try Pair([.baton, .baton], configurations: [configuration(150), configuration(100)])
        try pair.start()
        let held = try state(pair.hosts[0])
        let seen = try pair.hosts[0].check("ip route; ip rule; ip -6 rule")
        #expect(held.count == 9, "\(held)\n\(seen)\n\(pair.logs)")
        #expect(try state(pair.hosts[1]).isEmpty)
        // Put back when somebody else removes them.
        try pair.hosts[0].check("ip route del blackhole 10.2.0.0/16; ip rule del preference 201")
        try Wait.until(seconds: 3, "not put back\n\(pair.daemons[0].log)") {
            try state(pair.hosts[0]).count == 9
        }
        #expect(pair.daemons[0].log.contains("removed by somebody else; putting back"))
        try pair.daemons[0].stop()
        try pair.awaitHolder(1, seconds: 5)
        #expect(try state(pair.hosts[0]).isEmpty)
        #expect(try state(pair.hosts[1]).count == 9)
        // A crash of the engine changes nothing; one that does not recover takes them away, through the last will.
        try pair.daemons[0].start()
        try pair.awaitHolder(0, seconds: 10)
        try pair.crash(0)
        #expect(try state(pair.hosts[0]).count == 9, "\(pair.daemons[0].log)")
        try pair.crashForGood(0)
        try pair.awaitHolder(1, seconds: 8)
        #expect(try state(pair.hosts[0]).isEmpty, "\(pair.daemons[0].log)")
        try pair.stop()
    }

    @Test(.timeLimit(.minutes(2))) func whatIsStaticIsAlwaysThere() throws {
        let pair = try Pair([.baton, .baton], configurations: [configuration(150), configuration(100)])
        try pair.start()
        func count(_ host: LabHost) throws -> Int {
            let list = try host.check("ip addr show; ip route show; ip rule show")
            return ["198.51.100.7/32", "blackhole 198.51.101.0/24", "500:\tfrom 198.51.100.7 lookup 77"]
                .count { list.contains($0) }
        }
        for host in pair.hosts { #expect(try count(host) == 3, "\(pair.logs)") }
        try pair.hosts[1].check(
            "ip addr del 198.51.100.7/32 dev eth0; ip route del blackhole 198.51.101.0/24;"
                + " ip rule del preference 500")
        try Wait.until(seconds: 3, "not put back\n\(pair.daemons[1].log)") { try count(pair.hosts[1]) == 3 }
        try pair.stop()
        for host in pair.hosts { #expect(try count(host) == 0, "\(pair.logs)") }
    }

    @Test(.timeLimit(.minutes(2))) func aReloadChangesWhatDiffers() throws {
        let pair = try Pair([.baton, .baton], configurations: [configuration(150), configuration(100)])
        try pair.start()
        try pair.hosts[0].write(
            configuration(150, extra: "10.4.0.0/16 via 192.168.50.10").replacing(
                "blackhole 10.2.0.0/16", with: ""),
            to: KeepalivedLike.configurationPath)
        pair.daemons[0].process?.signal(SIGHUP)
        try Wait.until(seconds: 5, "no new route\n\(pair.daemons[0].log)") {
            try pair.hosts[0].check("ip route").contains("10.4.0.0/16 via 192.168.50.10")
        }
        #expect(try !pair.hosts[0].check("ip route").contains("10.2.0.0/16"))
        #expect(try state(pair.hosts[0]).count == 8)
        #expect(pair.holders == [true, false])
        try pair.stop()
    }
}
