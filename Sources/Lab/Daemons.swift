// The VRRP programs that the lab can run on a host: batond, and the peers that it must get on with.

import Glibc
import Linux
import Simulation

/// A VRRP program on a host.
package protocol VRRPDaemon: AnyObject {
    var host: LabHost { get }
    func start() throws
    /// SIGTERM, and wait for the end.
    func stop() throws
    var log: String { get }
}

/// batond or keepalived: the same flags and the same configuration.
package final class KeepalivedLike: VRRPDaemon {
    package let host: LabHost
    package let program: String
    package private(set) var process: HostProcess?
    private let flags: [String]
    package static let configurationPath = "/run/lab/keepalived.conf"
    static let logPath = "/run/lab/daemon.log"

    package init(_ program: String, on host: LabHost, configuration: String, flags: [String] = []) throws {
        self.program = program
        self.host = host
        self.flags = flags
        try host.write(configuration, to: Self.configurationPath)
    }

    package func start() throws {
        // An earlier one is waited for: keepalived does not start while its pid is there.
        process = nil
        process = try host.start(
            [
                program, "-n", "-l", "-D", "-f", Self.configurationPath, "-p", "/run/lab/main.pid",
                "-r", "/run/lab/vrrp.pid",
            ] + flags, log: Self.logPath)
    }

    package func stop() throws {
        process?.signal(SIGTERM)
        guard process?.wait(seconds: 15) != nil else { throw LabError("\(program) does not stop\n\(log)") }
        process = nil
    }

    /// Ends all its processes at once, without a farewell.
    package func kill() {
        guard let process else { return }
        ProcessTree.killAtOnce(process.tree)
        _ = process.wait(seconds: 5)
        self.process = nil
    }

    package var log: String { host.read(Self.logPath) }
}

/// FRR's vrrpd with zebra (Debian's frr 8.4): version 3 with a virtual MAC on a macvlan made beforehand.
package final class FRR: VRRPDaemon {
    package let host: LabHost
    private let vrid: Int
    private let isIPv6: Bool
    private var processes: [HostProcess] = []

    package init(on host: LabHost, vrid: Int, priority: Int, address: String, prefix: Int, isIPv6: Bool)
        throws
    {
        self.host = host
        self.vrid = vrid
        self.isIPv6 = isIPv6
        let octet = String(vrid, radix: 16)
        let mac = "00:00:5e:00:0\(isIPv6 ? 2 : 1):\(octet.count == 1 ? "0" : "")\(octet)"
        let family = isIPv6 ? "-6" : "-4"
        // Its files are its own user's.
        try host.check("chown frr:frr /run/frr && chmod 755 /run/frr && mount -t tmpfs tmpfs /var/tmp")
        try host.check(
            "ip link add vrrp\(family) link eth0 type macvlan mode bridge"
                + " && ip link set vrrp\(family) address \(mac)"
                + " && echo 0 > /proc/sys/net/ipv6/conf/vrrp\(family)/accept_dad;"
                + " ip addr add \(address)/\(prefix) dev vrrp\(family)\(isIPv6 ? " nodad" : "")"
                + " && ip link set vrrp\(family) up")
        let configuration = """
            hostname \(host.name)
            log stdout
            interface eth0
             vrrp \(vrid) version 3
             vrrp \(vrid) priority \(priority)
             vrrp \(vrid) advertisement-interval 1000
             vrrp \(vrid) \(isIPv6 ? "ipv6" : "ip") \(address)
            exit

            """
        try host.write(configuration, to: "/run/lab/frr.conf")
    }

    package func start() throws {
        processes = []
        // What an earlier life left: sockets, and the macvlan that vrrpd switched off.
        try host.check(
            "rm -f /run/frr/*; ip link set vrrp\(isIPv6 ? "-6" : "-4") protodown off; true")
        for name in ["zebra", "vrrpd"] {
            guard let program = Command.find(name) else { throw LabError("FRR's \(name) is not installed") }
            processes.append(
                try host.start(
                    [
                        program, "-f", "/run/lab/frr.conf", "-i", "/run/frr/\(name).pid",
                        "--vty_socket", "/run/frr", "--log", "stdout", "-z", "/run/frr/zserv.api",
                    ], log: KeepalivedLike.logPath))
            try Wait.until(seconds: 10, "FRR's \(name) does not start") {
                access(host.path("/run/frr/\(name).vty"), F_OK) == 0
            }
        }
    }

    package func stop() throws {
        for process in processes.reversed() {
            process.signal(SIGTERM)
            _ = process.wait(seconds: 10)
        }
        processes = []
    }

    package var log: String { host.read(KeepalivedLike.logPath) }

    /// zebra as the guard, vrrpd as the engine: those that run, stopped or not.
    var parts: [DaemonProcess] {
        zip([DaemonPart.guard, .engine], processes).filter { $0.1.isRunning }.map {
            DaemonProcess(part: $0.0, pid: $0.1.pid, isRunning: true)
        }
    }

    /// Whether vrrpd says that it is master.
    package var isMaster: Bool {
        let output = (try? host.run("vtysh --vty_socket /run/frr -d vrrpd -c 'show vrrp'"))?.output ?? ""
        let family = isIPv6 ? "(v6)" : "(v4)"
        return output.split(separator: "\n").contains {
            $0.contains("Status \(family)") && $0.contains("Master")
        }
    }
}
