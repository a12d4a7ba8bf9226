// A LAN of hosts: a bridge in a namespace of its own, and a port for each host.

import Linux

/// A bridge and the hosts on it, each with `eth0`.
package final class Network {
    package let bridge: LabHost
    package private(set) var hosts: [LabHost] = []

    package init() throws {
        bridge = try LabHost("switch")
        try bridge.check(
            "ip link add br0 type bridge mcast_snooping 0 forward_delay 0 && ip link set br0 up")
    }

    /// `number` is the last part of the host's addresses: 192.168.50.N and 2001:db8:50::N.
    package func addHost(_ name: String, number: Int) throws -> LabHost {
        let host = try LabHost(name)
        try bridge.checkInNetwork(
            "ip link add port-\(name) type veth peer name eth0 netns \(host.pid)"
                + " && ip link set port-\(name) master br0 up")
        // Nothing here may wait for duplicate address detection.
        try host.check(
            "echo 0 > /proc/sys/net/ipv6/conf/eth0/accept_dad;"
                + " ip addr add 192.168.50.\(number)/24 dev eth0"
                + " && ip link set eth0 up"
                + " && ip addr add 2001:db8:50::\(String(number, radix: 16))/64 dev eth0 nodad")
        hosts.append(host)
        return host
    }

    /// Connects a host to a second LAN as `eth1`: 192.168.60.N and 2001:db8:60::N.
    package func addSecondInterface(to host: LabHost, number: Int) throws {
        try bridge.check(
            "ip link show br1 2> /dev/null || ip link add br1 type bridge mcast_snooping 0 forward_delay 0"
                + " && ip link set br1 up")
        try bridge.checkInNetwork(
            "ip link add two-\(host.name) type veth peer name eth1 netns \(host.pid)"
                + " && ip link set two-\(host.name) master br1 up")
        try host.check(
            "echo 0 > /proc/sys/net/ipv6/conf/eth1/accept_dad;"
                + " ip addr add 192.168.60.\(number)/24 dev eth1 && ip link set eth1 up"
                + " && ip addr add 2001:db8:60::\(String(number, radix: 16))/64 dev eth1 nodad")
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
