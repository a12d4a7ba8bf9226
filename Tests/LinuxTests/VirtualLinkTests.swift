// Interfaces with a virtual router's MAC address on a real kernel: what they are called on the wire, and what
// addresses they do not get.

import Glibc
import Linux
import Testing
import Wire

@Suite(.enabled(if: canMakeNamespaces)) struct VirtualLinkTests {
    private static let mac = MACAddress(vrid: 51, family: .ipv6)

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
