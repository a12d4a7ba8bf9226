// A LAN of hosts: a bridge in a namespace of its own, and a port for each host.

import Linux

/// A bridge, or several, and the hosts on it, each with `eth0`.
package final class Network {
    package let bridge: LabHost
    package private(set) var hosts: [LabHost] = []

    package init() throws {
        bridge = try LabHost("switch")
    }

    /// `number` is the last part of the host's addresses: 192.168.50.N and 2001:db8:50::N.
    package func addHost(_ name: String, number: Int) throws -> LabHost {
        let host = try addUnconnectedHost(name)
        try connect(
            host, "eth0", bridge: "br0", port: "port-\(name)",
            addresses: ["192.168.50.\(number)/24", "2001:db8:50::\(String(number, radix: 16))/64"])
        return host
    }

    func addUnconnectedHost(_ name: String) throws -> LabHost {
        let host = try LabHost(name)
        hosts.append(host)
        return host
    }

    /// Connects a host to a second LAN as `eth1`: 192.168.60.N and 2001:db8:60::N.
    package func addSecondInterface(to host: LabHost, number: Int) throws {
        try connect(
            host, "eth1", bridge: "br1", port: "two-\(host.name)",
            addresses: ["192.168.60.\(number)/24", "2001:db8:60::\(String(number, radix: 16))/64"])
    }

    /// Gives a host an interface on one of the bridges, which is made if there is none of that name.
    /// An IPv6 address of its own choice an interface gets unless it `hasOwnAddressesOnly`.
    func connect(
        _ host: LabHost, _ interface: String, bridge name: String, port: String, addresses: [String],
        hasOwnAddressesOnly: Bool = false
    ) throws {
        try bridge.check(
            "ip link show \(name) 2> /dev/null || ip link add \(name) type bridge mcast_snooping 0 forward_delay 0"
                + " && ip link set \(name) up")
        try bridge.checkInNetwork(
            "ip link add \(port) type veth peer name \(interface) netns \(host.pid)"
                + " && ip link set \(port) master \(name) up")
        // Nothing here may wait for duplicate address detection.
        let (last, first) = (addresses.filter { $0.contains(":") }, addresses.filter { !$0.contains(":") })
        let commands =
            ["echo 0 > /proc/sys/net/ipv6/conf/\(interface)/accept_dad"]
            + (hasOwnAddressesOnly ? ["ip link set \(interface) addrgenmode none"] : [])
            + first.map { "ip addr add \($0) dev \(interface)" } + ["ip link set \(interface) up"]
            + last.map { "ip addr add \($0) dev \(interface) nodad" }
        try host.check(commands.joined(separator: " && "))
    }

    /// Takes the port of a host's second interface down, or up.
    package func setSecond(_ host: LabHost, isUp: Bool) throws {
        try bridge.check("ip link set two-\(host.name) \(isUp ? "up" : "down")")
    }

    /// Takes a host's port down: nothing reaches it or leaves it, and its link goes down.
    package func cut(_ host: LabHost) throws { try bridge.check("ip link set port-\(host.name) down") }

    package func mend(_ host: LabHost) throws { try bridge.check("ip link set port-\(host.name) up") }

    /// Nothing passes between these hosts any more, or again; the others hear all of them all the time.
    package func separate(_ hosts: [LabHost], _ isSeparate: Bool) throws {
        let commands = hosts.map {
            "bridge link set dev port-\($0.name) isolated \(isSeparate ? "on" : "off")"
        }
        try bridge.check(commands.joined(separator: " && "))
    }
}
