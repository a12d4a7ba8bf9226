// What the monitor tells of changes that iproute2 makes.

import Glibc
import Linux
import Testing
import Wire

@Suite(.enabled(if: canMakeNamespaces)) struct RouteMonitorTests {
    /// All events until one satisfies `condition`; nil if none does within two seconds.
    private func events(
        from monitor: RouteMonitor, until condition: (RouteEvent) -> Bool
    ) throws -> [RouteEvent]? {
        var seen: [RouteEvent] = []
        return try eventually {
            while let events = try monitor.next() { seen += events }
            return seen.contains(where: condition) ? seen : nil
        }
    }

    private func isLink(_ event: RouteEvent, _ name: String, up: Bool) -> Bool {
        if case .linkChanged(let link) = event { return link.name == name && link.isUp == up }
        return false
    }

    @Test func aCableThatIsPulledAndPluggedIsHeard() throws {
        let network = try TestNetwork()
        let monitor = try network.inside(network.left) { () throws(SystemError) in try RouteMonitor() }
        #expect(try monitor.next() == nil)
        try network.ip(network.right, "link set eth0 down")
        #expect(try events(from: monitor) { isLink($0, "eth0", up: false) } != nil)
        try network.ip(network.right, "link set eth0 up")
        #expect(try events(from: monitor) { isLink($0, "eth0", up: true) } != nil)
        try network.ip(network.left, "link set eth0 down")
        #expect(try events(from: monitor) { isLink($0, "eth0", up: false) } != nil)
    }

    @Test(arguments: [("192.0.2.1", 24), ("2001:db8::1", 64)])
    func addressesThatComeAndGoAreHeard(text: String, length: Int) throws {
        let network = try TestNetwork()
        let index = try network.interfaceIndex(network.left)
        let monitor = try network.inside(network.left) { () throws(SystemError) in try RouteMonitor() }
        let address = try #require(IPAddress(text))
        try network.ip(network.left, "addr add \(text)/\(length) dev eth0")
        let added = try events(from: monitor) {
            guard case .addressAdded(let new) = $0 else { return false }
            return new.address == address && new.interfaceIndex == index && Int(new.prefixLength) == length
        }
        #expect(added != nil)
        try network.ip(network.left, "addr del \(text)/\(length) dev eth0")
        let removed = try events(from: monitor) {
            guard case .addressRemoved(let old) = $0 else { return false }
            return old.address == address && old.interfaceIndex == index
        }
        #expect(removed != nil)
    }

    @Test func aRemovedLinkIsHeardAndABridgePortIsNotOne() throws {
        let network = try TestNetwork()
        let index = try network.interfaceIndex(network.left)
        try network.ip(network.left, "link add br0 type bridge")
        let monitor = try network.inside(network.left) { () throws(SystemError) in try RouteMonitor() }
        try network.ip(network.left, "link set eth0 master br0")
        try network.ip(network.left, "link set eth0 nomaster")
        try network.ip(network.left, "link set eth0 mtu 1300")
        let bridged = try events(from: monitor) {
            if case .linkChanged(let link) = $0 { return link.mtu == 1300 }
            return false
        }
        #expect(bridged?.contains(.linkRemoved(index: index)) == false)
        try network.ip(network.left, "link del eth0")
        #expect(try events(from: monitor) { $0 == .linkRemoved(index: index) } != nil)
    }

    @Test func lostMessagesAreTold() throws {
        let network = try TestNetwork()
        let index = try network.interfaceIndex(network.left)
        let monitor = try network.inside(network.left) { () throws(SystemError) in try RouteMonitor() }
        let lengths: [UInt32] = Array(1...250)
        let adds = lengths.map {
            AddressChange(
                operation: .add, interfaceIndex: index, address: IPAddress(v4: 0x0a00_0000 + $0),
                prefixLength: 32)
        }
        let removes = adds.map {
            AddressChange(
                operation: .remove, interfaceIndex: index, address: $0.address, prefixLength: 32)
        }
        try network.inside(network.left) { () throws(SystemError) in
            let socket = try RouteSocket()
            for _ in 0..<40 {
                _ = socket.perform(adds)
                _ = socket.perform(removes)
            }
        }
        #expect(try events(from: monitor) { $0 == .overflow } != nil)
        // It goes on hearing.
        try network.ip(network.left, "link set eth0 mtu 1300")
        let heard = try events(from: monitor) {
            if case .linkChanged(let link) = $0 { return link.mtu == 1300 }
            return false
        }
        #expect(heard != nil)
    }
}
