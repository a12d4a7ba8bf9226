// Authentication between real hosts: the header (AH) with keepalived, the HMAC trailer among Batons.

import Foundation
import Glibc
import Lab
import Linux
import Testing
import Wire

@Suite(.serialized) struct AuthenticationLabTests {
    private func configuration(_ priority: Int, _ lines: String) -> String {
        """
        vrrp_instance VI_1 {
            interface eth0
            virtual_router_id 51
            priority \(priority)
            \(lines)
            virtual_ipaddress {
                192.168.50.88/24
            }
        }
        """
    }

    private static let header = "authentication {\nauth_type AH\nauth_pass secret1\n}"

    @Test(.timeLimit(.minutes(3)), arguments: FailoverTests.pairs)
    func authenticationHeader(_ programs: [Program]) throws {
        let pair = try Pair(programs, configurations: [150, 100].map { configuration($0, Self.header) })
        try pair.start()
        // The backup believes the master: it stays what it is for several down intervals.
        for _ in 0..<8 {
            sleep(1)
            #expect(pair.holders == [true, false], "\(pair.logs)")
        }
        let stop = try pair.outage(of: "\(programs) AH: SIGTERM", until: 1, seconds: 3) {
            try pair.daemons[0].stop()
        }
        #expect(stop < 1000)
        try pair.daemons[0].start()
        try pair.awaitHolder(0, seconds: 12)
        sleep(4)
        #expect(pair.holders == [true, false], "\(pair.logs)")
        try pair.stop()
    }

    private func hmac(_ keys: [Int], active: Int, mode: String = "enforce") -> String {
        let lines = keys.map { "key \($0) hex:\(String(repeating: "0\($0)", count: 32))" }
        return
            "version 3\nauth_hmac {\n\(lines.joined(separator: "\n"))\nactive_key \(active)\nmode \(mode)\n}"
    }

    @Test(.timeLimit(.minutes(3))) func keysRollOverWithoutAGap() throws {
        let pair = try Pair(
            [.baton, .baton], configurations: [150, 100].map { configuration($0, "version 3") })
        try pair.start()
        // From none at all to enforced, then to a second key, host after host; nobody may become a second master.
        let steps: [(Int, String)] = [
            (0, hmac([1], active: 1, mode: "receive-only")), (1, hmac([1], active: 1, mode: "receive-only")),
            (0, hmac([1], active: 1, mode: "permissive")), (1, hmac([1], active: 1, mode: "permissive")),
            (0, hmac([1], active: 1)), (1, hmac([1], active: 1)),
            (0, hmac([1, 2], active: 1)), (1, hmac([1, 2], active: 2)), (0, hmac([2], active: 2)),
            (1, hmac([2], active: 2)),
        ]
        let watches = try pair.hosts.map { try AddressWatch(on: $0) }
        for (index, lines) in steps {
            try pair.hosts[index].write(
                configuration(index == 0 ? 150 : 100, lines), to: KeepalivedLike.configurationPath)
            pair.daemons[index].process?.signal(SIGHUP)
            usleep(1_500_000)
        }
        sleep(4)
        #expect(pair.holders == [true, false], "\(pair.logs)")
        for watch in watches { watch.stop() }
        let address = try #require(IPAddress("192.168.50.88"))
        for watch in watches { #expect(watch.changes(of: address) == 0, "\(pair.logs)") }
        // The keys are in no dump.
        pair.daemons[0].process?.signal(SIGUSR1)
        usleep(500_000)
        #expect(try !pair.hosts[0].check("cat /run/lab/keepalived.data").contains("020202"))
        try pair.stop()
    }

    @Test(.timeLimit(.minutes(2))) func aWrongKeyIsNoMaster() throws {
        let pair = try Pair(
            [.baton, .baton],
            configurations: [
                configuration(150, hmac([1], active: 1)), configuration(100, hmac([2], active: 2)),
            ])
        for daemon in pair.daemons { try daemon.start() }
        try Wait.until(seconds: 12, "\(pair.holders)\n\(pair.logs)") { pair.holders == [true, true] }
        #expect(pair.daemons[1].log.contains("authenticated with a key that is not configured"))
        pair.daemons[1].process?.signal(SIGUSR2)
        try Wait.until(seconds: 3, "no statistics") {
            pair.hosts[1].read("/run/lab/keepalived.stats").contains("Failure:")
        }
        try pair.stop()
    }
}
