// Interfaces with a virtual router's MAC address on a real kernel: what they are called on the wire, and what
// addresses they do not get.

import Glibc
import Linux
import Testing
import Wire

@Suite(.enabled(if: canMakeNamespaces)) struct VirtualLinkTests {
    private static let mac = MACAddress(vrid: 51, family: .ipv6)
    private static let address = IPAddress(family: .ipv6, high: 0x2001_0db8 << 32, low: 0x88)

    /// An interface over the left host's `eth0`, switched on.
    private func make(
        _ network: TestNetwork, _ name: String, isSuppressed: Bool
    ) throws -> Int32 {
        let parent = try network.interfaceIndex(network.left)
        return try network.inside(network.left) { () throws(SystemError) in
            let routes = try RouteSocket()
            try routes.create(VirtualLink(name: name, parent: parent, kind: .macvlan(Self.mac)))
            guard let link = try routes.links().first(where: { $0.name == name }) else { return 0 }
            if isSuppressed { try routes.suppressGeneratedAddress(link.index) }
            try routes.setUp(link.index)
            return link.index
        }
    }

    @Test(
        "RFC9568-7.4-01, RFC5798-7.4-02: no IPv6 address is made of the virtual MAC",
        arguments: [true, false])
    func noGeneratedAddress(_ isSuppressed: Bool) throws {
        let network = try TestNetwork()
        _ = try make(network, "vrrp6.51", isSuppressed: isSuppressed)
        let address = "fe80::200:5eff:fe00:233"
        let found = try eventually {
            try network.ip(network.left, "-6 addr show dev vrrp6.51").contains(address) ? true : nil
        }
        // Without the precaution it is there: the test can fail.
        #expect(found == (isSuppressed ? nil : true))
    }

    // RFC9568-6.4.3-02, RFC9568-6.4.3-03, RFC9568-8.2.2-01, RFC9568-8.2.2-02, RFC9568-8.2.2-03, RFC9568-8.2.2-04
    @Test("neighbour discovery of a router with its address there: the virtual MAC and nothing else")
    func neighbourDiscovery() throws {
        let network = try TestNetwork()
        let (left, right) = (network.left, network.right)
        _ = try make(network, "vrrp6.51", isSuppressed: true)
        try shell("ip netns exec \(left) sysctl -qw net.ipv6.conf.all.forwarding=1")
        try network.ip(left, "addr add 2001:db8::88/64 dev vrrp6.51 nodad")
        try network.ip(right, "addr add 2001:db8::2/64 dev eth0 nodad")
        let far = try network.interfaceIndex(right)
        let capture = try network.inside(right) { () throws(SystemError) in
            try FrameCapture(interfaceIndex: far)
        }
        // Nobody listens there: each asks for the other's MAC address all the same.
        for (host, target) in [(right, "2001:db8::88"), (left, "2001:db8::2")] {
            _ = try? shell(
                "ip -n \(host) neigh flush all; ip netns exec \(host) bash -c ': >/dev/tcp/\(target)/9'")
        }
        // Options: of a solicitation (135) the source's MAC, of an advertisement (136) the target's.
        var seen: [UInt8: Set<[UInt8]>] = [:]
        var flags: Set<UInt8> = []
        _ = try eventually {
            while let frame = try capture.next() {
                let octets = frame.octets
                guard octets.count >= 86, octets[20] == 58, [135, 136].contains(octets[54]) else { continue }
                let isOfRouter = octets[22..<38].elementsEqual(Self.address.octets)
                guard isOfRouter else { continue }
                seen[octets[54], default: []].insert(Array(octets[80..<86]))
                #expect(Array(octets[6..<12]) == Self.mac.octets)
                if octets[54] == 136 { flags.insert(octets[58] & 0xc0) }
            }
            return seen.count == 2 ? true : nil
        }
        #expect(seen == [135: [Self.mac.octets], 136: [Self.mac.octets]])
        #expect(flags == [0xc0], "R and S")
        #expect(
            try network.ip(right, "-6 neigh show 2001:db8::88").contains("\(Self.mac.description) router"))
    }

    @Test("RFC9568-7.2-03: what leaves by it has the virtual MAC as its source")
    func source() throws {
        let network = try TestNetwork()
        try network.ip(network.left, "addr add 192.0.2.1/24 dev eth0")
        let index = try make(network, "vrrp.51", isSuppressed: true)
        let far = try network.interfaceIndex(network.right)
        let capture = try network.inside(network.right) { () throws(SystemError) in
            try FrameCapture(interfaceIndex: far)
        }
        let sender = try network.inside(network.left) { () throws(SystemError) in
            try VRRPSocket(
                family: .ipv4, interfaceIndex: index, interfaceName: "vrrp.51", group: .vrrpGroup4)
        }
        try sender.send(
            [0x31, 51, 150, 1, 0, 100, 0, 0, 192, 0, 2, 88], to: .vrrpGroup4,
            from: try #require(IPAddress("192.0.2.1")), ttl: 255)
        let frame = try #require(
            try eventually {
                try capture.next().flatMap { $0.octets.count > 33 && $0.octets[23] == 112 ? $0 : nil }
            })
        #expect(Array(frame.octets[6..<12]) == Self.mac.octets)
    }
}
