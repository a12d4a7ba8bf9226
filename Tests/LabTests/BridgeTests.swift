// A host whose interface is a bridge: while the spanning tree lets nothing pass, nobody is heard, and the address must
// not be taken for that.

import Foundation
import Glibc
import Lab
import Linux
import Testing

@Suite(.serialized) struct BridgeTests {
    @Test(.timeLimit(.minutes(1))) func aBridgeThatDoesNotForwardYet() throws {
        // The lower priority: it would become master only if it believed that nobody is there.
        let texts = [(150, "eth0"), (100, "br0")].map { priority, interface in
            Flavour.v3.configuration(number: 133, priority: priority)
                .replacing("advert_int 1", with: "advert_int 0.1")
                .replacing("interface eth0", with: "interface \(interface)")
        }
        let pair = try Pair([.baton, .baton], configurations: texts)
        try pair.hosts[1].check(
            """
            ip link add br0 type bridge stp_state 1 forward_delay 200 && ip addr flush dev eth0
            ip link set eth0 down && ip link set eth0 master br0 && ip link set br0 up
            ip addr add 192.168.50.134/24 dev br0
            """)
        try pair.daemons[0].start()
        try pair.awaitHolder(0, seconds: 5)
        try pair.daemons[1].start()
        try pair.hosts[1].check("ip link set eth0 up")
        try Wait.until(seconds: 12, "the bridge does not forward") {
            #expect(pair.holders == [true, false], "\(pair.logs)")
            return try pair.hosts[1].check("bridge -d link show dev eth0").contains("state forwarding")
        }
        // It hears the master now, and is a backup like any other.
        usleep(1_000_000)
        #expect(pair.holders == [true, false], "\(pair.logs)")
        #expect(!pair.daemons[1].log.contains("Entering MASTER STATE"), "\(pair.daemons[1].log)")
        try pair.daemons[0].stop()
        try pair.awaitHolder(1, seconds: 3)
        try pair.stop()
    }
}
