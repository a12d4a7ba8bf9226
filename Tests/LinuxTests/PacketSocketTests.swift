// Whole frames out and in, with the kernel's time, and the namespace that a thread can enter.

import Glibc
import Linux
import Testing
import Wire

@Suite(.enabled(if: canMakeNamespaces)) struct PacketSocketTests {
    /// A broadcast frame of an experimental kind (IEEE 802 local experimental, 0x88b5).
    private static let frame: [UInt8] =
        [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2, 0, 0, 0, 0, 9, 0x88, 0xb5] + [UInt8](1...46)

    private func capture(_ network: TestNetwork, _ host: String) throws -> FrameCapture {
        let index = try network.interfaceIndex(host)
        return try network.inside(host) { () throws(SystemError) in try FrameCapture(interfaceIndex: index) }
    }

    private func next(_ capture: FrameCapture) throws -> CapturedFrame? {
        try eventually {
            while let frame = try capture.next() {
                if frame.octets.count > 13, frame.octets[12] == 0x88, frame.octets[13] == 0xb5 {
                    return frame
                }
            }
            return nil
        }
    }

    @Test func aFrameArrivesAsItWasSent() throws {
        let network = try TestNetwork()
        let index = try network.interfaceIndex(network.left)
        let sending = try capture(network, network.left)
        let receiving = try capture(network, network.right)
        let socket = try network.inside(network.left) { () throws(SystemError) in try PacketSocket() }
        let before = RealtimeClock.nanoseconds
        try socket.send(Self.frame, interfaceIndex: index)
        let arrived = try #require(try next(receiving))
        #expect(arrived.octets == Self.frame && !arrived.isOutgoing)
        #expect(arrived.timestamp >= before && arrived.timestamp <= RealtimeClock.nanoseconds)
        let left = try #require(try next(sending))
        #expect(left.octets == Self.frame && left.isOutgoing)
    }

    @Test func aCaptureBeginsWithItsOwnInterface() throws {
        let network = try TestNetwork()
        let index = try network.interfaceIndex(network.left)
        let loopback = try network.loopbackIndex(network.left)
        let foreign = try network.inside(network.left) { () throws(SystemError) in
            let noise = try Noise {
                guard let socket = try? PacketSocket() else { return nil }
                return { try? socket.send(Self.frame, interfaceIndex: loopback) }
            }
            defer { noise.stop() }
            var foreign = 0
            for _ in 0..<300 {
                let capture = try FrameCapture(interfaceIndex: index)
                while let frame = try capture.next() {
                    if frame.octets.count > 13, frame.octets[12] == 0x88 { foreign += 1 }
                }
            }
            return foreign
        }
        #expect(foreign == 0)
    }

    @Test func aMissingInterfaceIsAnError() throws {
        let network = try TestNetwork()
        let index = try network.interfaceIndex(network.left)
        let socket = try network.inside(network.left) { () throws(SystemError) in try PacketSocket() }
        let error = #expect(throws: SystemError.self) { try socket.send(Self.frame, interfaceIndex: 4711) }
        #expect(error?.description == "sendto(interface 4711): No such device or address (6)")
        try network.ip(network.left, "link set eth0 down")
        let down = #expect(throws: SystemError.self) { try socket.send(Self.frame, interfaceIndex: index) }
        #expect(down?.errno == ENETDOWN)
    }

    @Test func aThreadEntersANamespaceAndTheCallerDoesNot() throws {
        let network = try TestNetwork()
        let before = try RouteSocket().links().map(\.name)
        let inside = try network.inside(network.left) { () throws(SystemError) in try RouteSocket().links() }
        #expect(inside.map(\.name) == ["lo", "eth0"])
        #expect(try RouteSocket().links().map(\.name) == before)
        let error = #expect(throws: SystemError.self) {
            try NetworkNamespace.run(in: "/run/netns/no-such-host") {}
        }
        #expect(error?.errno == ENOENT)
        let noNamespace = #expect(throws: SystemError.self) { try NetworkNamespace.run(in: "/etc/passwd") {} }
        #expect(noNamespace?.call == "setns" && noNamespace?.errno == EINVAL)
    }

    @Test func parametersAreThoseOfTheNamespace() throws {
        let network = try TestNetwork()
        let name = "net/ipv4/conf/eth0/arp_ignore"
        let (before, after) = try network.inside(network.left) { () throws(SystemError) in
            let before = Sysctl.read(name)
            try Sysctl.write(name, "1")
            return (before, Sysctl.read(name))
        }
        #expect(before == "0" && after == "1")
    }
}
