// Notification mail through a real mail server: for each state, in order, once, and later if the relay is
// down at the moment of the failover.

import Foundation
import Glibc
import Lab
import Linux
import Testing

@Suite(.serialized) struct MailTests {
    /// Debian's aiosmtpd on the client, one line for each mail: its subject.
    private static let server = """
        import asyncio, sys
        from email import message_from_bytes
        from aiosmtpd.controller import Controller
        class Handler:
            async def handle_DATA(self, server, session, envelope):
                mail = message_from_bytes(envelope.content)
                with open('/run/lab/inbox', 'a') as inbox:
                    inbox.write(' | '.join([mail['Subject'], envelope.mail_from] + envelope.rcpt_tos) + chr(10))
                return '250 kept'
        controller = Controller(Handler(), hostname='192.168.50.10', port=2525, enable_SMTPUTF8=True)
        controller.start()
        asyncio.new_event_loop().run_forever()

        """

    private func startServer(_ client: LabHost) throws -> HostProcess {
        try client.write(Self.server, to: "/run/lab/server.py")
        let process = try client.start(
            ["/usr/bin/python3", "/run/lab/server.py"], log: "/run/lab/server.log")
        try Wait.until(seconds: 20, "aiosmtpd does not start: \(client.read("/run/lab/server.log"))") {
            try client.check("ss -ltn").contains(":2525")
        }
        return process
    }

    private func configuration(_ priority: Int) -> String {
        """
        global_defs {
            notification_email {
                ops@example.org
            }
            notification_email_from lb@example.org
            smtp_server 192.168.50.10 2525
            smtp_connect_timeout 3
            smtp_alert
            router_id LB
        }
        vrrp_instance VI_1 {
            interface eth0
            virtual_router_id 51
            priority \(priority)
            virtual_ipaddress {
                192.168.50.88
            }
        }

        """
    }

    private func subjects(_ client: LabHost) -> [String] {
        client.read("/run/lab/inbox").split(separator: "\n").map(String.init)
    }

    @Test(.timeLimit(.minutes(2))) func masterBackupAndFaultArriveInOrder() throws {
        let network = try Network()
        let host = try network.addHost("lb1", number: 133)
        let client = try network.addHost("client", number: 10)
        let server = try startServer(client)
        defer { server.signal(SIGTERM) }
        try host.check(
            "ip link add spare type veth peer name spare2 && ip link set spare up && ip link set spare2 up")
        let text = configuration(100).replacing(
            "priority 100", with: "priority 100\ntrack_interface {\nspare\n}")
        let daemon = try KeepalivedLike(
            Program.baton.path, on: host, configuration: text, flags: Program.baton.flags)
        try daemon.start()
        try Wait.until(seconds: 8, daemon.log) { host.hasAddress("192.168.50.88") }
        try host.check("ip link set spare2 down")
        try Wait.until(seconds: 3, daemon.log) { !host.hasAddress("192.168.50.88") }
        try daemon.stop()
        let expected = ["Entering BACKUP state", "Entering MASTER state", "Entering FAULT state", "Stopping"]
            .map {
                "[LB] VRRP Instance VI_1 - \($0) | lb@example.org | ops@example.org"
            }
        try Wait.until(seconds: 10, "\(subjects(client))\n\(daemon.log)") { subjects(client).count >= 4 }
        #expect(subjects(client) == expected)
    }

    @Test(.timeLimit(.minutes(3))) func aRelayThatIsDownGetsTheMailLaterAndOnce() throws {
        let network = try Network()
        let host = try network.addHost("lb1", number: 133)
        let client = try network.addHost("client", number: 10)
        let daemon = try KeepalivedLike(
            Program.baton.path, on: host, configuration: configuration(100), flags: Program.baton.flags)
        try daemon.start()
        try Wait.until(seconds: 8, daemon.log) { host.hasAddress("192.168.50.88") }
        let down = MonotonicClock.now
        while MonotonicClock.now - down < 30_000_000_000 { usleep(100_000) }
        let server = try startServer(client)
        defer { server.signal(SIGTERM) }
        try Wait.until(seconds: 60, "\(subjects(client))\n\(daemon.log)") { subjects(client).count >= 2 }
        usleep(3_000_000)
        #expect(
            subjects(client).map { $0.split(separator: "|")[0] } == [
                "[LB] VRRP Instance VI_1 - Entering BACKUP state ",
                "[LB] VRRP Instance VI_1 - Entering MASTER state ",
            ])
        try daemon.stop()
    }
}
