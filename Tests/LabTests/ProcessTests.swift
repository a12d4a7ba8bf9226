// What the configuration says of the daemon as a process: its files, its scripts, its scheduling, its namespace.

import Foundation
import Glibc
import Lab
import Linux
import Testing

@Suite(.serialized) struct ProcessTests {
    private static let configuration = """
        instance east
        use_pid_dir
        global_defs {
            startup_script "/bin/sh -c 'echo up >> /run/lab/hooks'"
            startup_script_timeout 5
            shutdown_script "/bin/sh -c 'sleep 30'"
            shutdown_script_timeout 1
            script_user root
            umask 027
            data_use_instance
            state_dump_file /run/lab/
            stats_dump_file /run/lab/numbers
            json_version 2
            vrrp_rt_priority 33
            vrrp_rlimit_rttime 400000
            vrrp_priority -5
            vrrp_cpu_affinity 0
            vrrp_no_swap
        }
        vrrp_track_process p {
            process nobody-runs-this
            weight 3
        }
        vrrp_instance VI_1 {
            interface eth0
            virtual_router_id 51
            priority 255
            authentication {
                auth_type PASS
                auth_pass secret
            }
            virtual_ipaddress {
                192.168.50.88/24
            }
        }
        """

    @Test(.timeLimit(.minutes(1))) func filesScriptsAndScheduling() throws {
        let network = try Network()
        let host = try network.addHost("lb1", number: 133)
        try host.write(Self.configuration, to: "/run/lab/k.conf")
        let words = [
            Program.baton.path, "-n", "-l", "-D", "-f", "/run/lab/k.conf", "--spool", "/run/lab/spool",
        ]
        let process = try host.start(words, log: "/run/lab/daemon.log")
        func log() -> String { host.read("/run/lab/daemon.log") }
        try Wait.until(seconds: 10, log()) { host.hasAddress("192.168.50.88") }
        #expect(host.read("/run/lab/hooks") == "up\n")
        let engine = host.read("/run/keepalived/vrrp_east.pid").trimmingCharacters(in: .newlines)
        #expect(!host.read("/run/keepalived/keepalived_east.pid").isEmpty)
        #expect(try host.check("chrt -p \(engine)").contains("priority: 33"))
        #expect(try host.check("taskset -p \(engine)").hasSuffix(": 1\n"))
        #expect(try host.check("prlimit -p \(engine) -o RESOURCE,SOFT --rttime").contains("400000"))
        #expect(try host.check("grep VmLck /proc/\(engine)/status").contains { ("1"..."9").contains($0) })
        for (signal, path) in [
            (SIGUSR1, "/run/lab/keepalived_east.data"), (SIGUSR2, "/run/lab/numbers"),
            (Signals.json, "/run/lab/keepalived_east.json"),
        ] {
            process.signal(signal)
            try Wait.until(seconds: 5, "no \(path)\n\(log())") { !host.read(path).isEmpty }
        }
        let octets = Data(host.read("/run/lab/keepalived_east.json").utf8)
        let document = try #require(try JSONSerialization.jsonObject(with: octets) as? [String: Any])
        let instances = try #require(document["vrrp"] as? [[String: [String: Any]]])
        #expect(instances.first?["data"]?["iname"] as? String == "VI_1")
        #expect(instances.first?["data"]?["state"] as? Int == 2)
        #expect(instances.first?["data"]?["auth_data"] as? String == "********")
        #expect(instances.first?["stats"]?["become_master"] as? Int == 1)
        #expect((document["track_process"] as? [[String: Any]])?.count == 1)
        for name in ["keepalived_east.json", "keepalived_east.data"] {
            #expect(!host.read("/run/lab/\(name)").contains("secret"))
        }
        process.signal(SIGTERM)
        try Wait.until(seconds: 12, log()) { !process.isRunning }
        #expect(log().contains("shutdown_script: was killed by SIGTERM"))
    }

    @Test(.timeLimit(.minutes(1))) func anotherNetworkNamespace() throws {
        let network = try Network()
        let host = try network.addHost("lb1", number: 133)
        try host.check(
            "mkdir -p /run/netns && touch /run/netns/blue && unshare -n sh -c 'mount --bind /proc/$$/ns/net"
                + " /run/netns/blue && ip link set lo up && ip link add eth7 type bridge && ip addr add"
                + " 192.0.2.1/24 dev eth7 && ip link set eth7 up'")
        let text = """
            net_namespace blue
            vrrp_instance VI_1 {
                interface eth7
                dont_track_primary
                virtual_router_id 51
                priority 255
                virtual_ipaddress {
                    192.0.2.88/24
                }
            }
            """
        let daemon = try KeepalivedLike(
            Program.baton.path, on: host, configuration: text, flags: Program.baton.flags)
        try daemon.start()
        try Wait.until(seconds: 8, daemon.log) {
            try host.check("nsenter --net=/run/netns/blue ip addr").contains("192.0.2.88")
        }
        #expect(!host.hasAddress("192.0.2.88"))
        try daemon.stop()
    }

    @Test(.timeLimit(.minutes(1))) func anInterfaceMayComeLater() throws {
        let network = try Network()
        let host = try network.addHost("lb1", number: 133)
        let text = """
            global_defs {
                dynamic_interfaces
            }
            vrrp_instance VI_1 {
                interface late0
                virtual_router_id 51
                virtual_ipaddress {
                    192.0.2.88/24
                }
            }
            """
        let daemon = try KeepalivedLike(
            Program.baton.path, on: host, configuration: text, flags: Program.baton.flags)
        try daemon.start()
        try Wait.until(seconds: 5, daemon.log) { daemon.log.contains("Entering FAULT STATE") }
        try host.check(
            "ip link add late0 type veth peer name late1 && ip addr add 192.0.2.1/24 dev late0"
                + " && ip link set late1 up && ip link set late0 up")
        try Wait.until(seconds: 8, daemon.log) { host.hasAddress("192.0.2.88") }
        try daemon.stop()
    }
}
