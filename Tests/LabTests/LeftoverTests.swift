// What a killed daemon left is found by its marks, also when the configuration does not name it any more.

import Foundation
import Glibc
import Lab
import Linux
import Testing

@Suite(.serialized) struct LeftoverTests {
    private static let former = """
        vrrp_instance VI_1 {
            state MASTER
            interface eth0
            virtual_router_id 51
            priority 255
            vip_lease off
            virtual_ipaddress {
                192.168.50.88/24
            }
            virtual_ipaddress_excluded {
                2001:db8:50::88/64
            }
            virtual_routes {
                10.1.0.0/16 via 192.168.50.10 dev eth0 metric 7 mtu 1400
                blackhole 10.2.0.0/16 table 100
                2001:db8:77::/48 via 2001:db8:50::10 dev eth0
            }
            virtual_rules {
                from 10.1.0.0/16 table 100 preference 201
                fwmark 5 iif eth0 ipproto tcp dport 80-90 table 100 preference 202
            }
        }
        vrrp_instance VI_2 {
            state MASTER
            interface eth0
            virtual_router_id 52
            priority 255
            vip_lease off
            use_vmac vip52
            virtual_ipaddress {
                192.168.50.89/24
            }
        }
        """

    private static let next = """
        vrrp_instance VI_3 {
            state MASTER
            interface eth0
            virtual_router_id 53
            priority 255
            virtual_ipaddress {
                192.168.50.90/24
            }
        }
        """

    private func picture(_ host: LabHost) throws -> String {
        try host.check(
            "ip -o addr; ip -o link; ip route show table all; ip -6 route show table all; ip rule; ip -6 rule"
        )
    }

    @Test(.timeLimit(.minutes(1))) func everythingThatBearsTheMarkGoes() throws {
        let network = try Network()
        let host = try network.addHost("lb1", number: 133)
        let daemon = try KeepalivedLike(
            Program.baton.path, on: host, configuration: Self.former, flags: Program.baton.flags)
        let ours = [
            "192.168.50.88", "192.168.50.89", "2001:db8:50::88", "10.1.0.0/16", "10.2.0.0/16",
            "2001:db8:77::/48", "201:", "202:", "vip52",
        ]
        // Somebody else's, beside it.
        let foreign = ["192.168.50.99", "10.9.0.0/16", "301:", "vip99"]
        try host.check(
            """
            ip addr add 192.168.50.99/24 dev eth0; ip route add 10.9.0.0/16 via 192.168.50.10
            ip rule add preference 301 table 100; ip link add vip99 link eth0 type macvlan
            """)
        try daemon.start()
        try Wait.until(seconds: 8, daemon.log) {
            let seen = try picture(host)
            return ours.allSatisfy { seen.contains($0) }
        }
        daemon.kill()
        usleep(200_000)
        let left = try picture(host)
        #expect(ours.filter { left.contains($0) } == ours)
        try host.write(Self.next, to: KeepalivedLike.configurationPath)
        try daemon.start()
        try Wait.until(seconds: 5, daemon.log) { host.hasAddress("192.168.50.90") }
        let seen = try picture(host)
        #expect(ours.filter { seen.contains($0) }.isEmpty, "\(seen)\n\(daemon.log)")
        #expect(foreign.filter { seen.contains($0) } == foreign, "\(seen)")
        #expect(daemon.log.contains("an earlier life left"))
        try daemon.stop()
    }
}
