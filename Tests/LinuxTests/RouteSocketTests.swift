// Addresses as iproute2 sees them after our requests, and the kernel's refusals as errors of the right request.

import CLinux
import Glibc
import Linux
import Testing
import Wire

@Suite(.enabled(if: canMakeNamespaces)) struct RouteSocketTests {
    private func address(_ text: String) throws -> IPAddress { try #require(IPAddress(text)) }

    private func change(
        _ operation: AddressChange.Operation, _ text: String, _ prefixLength: UInt8, on index: Int32
    ) throws -> AddressChange {
        AddressChange(
            operation: operation, interfaceIndex: index, address: try address(text),
            prefixLength: prefixLength)
    }

    @Test func linksAreReadWithTheirProperties() throws {
        let network = try TestNetwork()
        try network.ip(network.left, "link set eth0 address 02:00:00:00:00:07 mtu 1400")
        let links = try network.inside(network.left) { () throws(SystemError) in try RouteSocket().links() }
        #expect(links.map(\.name) == ["lo", "eth0"])
        let (loopback, cable) = (links[0], links[1])
        #expect(loopback.isLoopback && !loopback.supportsMulticast && loopback.index == 1)
        #expect(!cable.isLoopback && cable.supportsMulticast && cable.isUp)
        #expect(cable.mac == MACAddress(0x02_0000_0000_07) && cable.mtu == 1400)

        try network.ip(network.right, "link set eth0 down")
        let without = try eventually {
            let links = try network.inside(network.left) { () throws(SystemError) in
                try RouteSocket().links()
            }
            return links.first { $0.name == "eth0" && !$0.isUp }
        }
        #expect(without != nil, "no carrier is not up")
    }

    @Test func addressesGetTheAttributesThatWereAskedFor() throws {
        let network = try TestNetwork()
        let index = try network.interfaceIndex(network.left)
        var four = try change(.add, "192.0.2.88", 24, on: index)
        four.broadcast = try address("192.0.2.255")
        four.label = "eth0:vip"
        four.validLifetime = 30
        four.preferredLifetime = 20
        four.protocolMark = 112
        var peer = try change(.add, "198.51.100.1", 32, on: index)
        peer.peer = try address("198.51.100.2")
        peer.scope = UInt8(RT_SCOPE_LINK.rawValue)
        var six = try change(.add, "2001:db8::88", 64, on: index)
        six.flags = UInt32(IFA_F_NODAD | IFA_F_NOPREFIXROUTE)
        six.preferredLifetime = 0
        let changes = [four, peer, six]
        let results = try network.inside(network.left) { () throws(SystemError) in
            try RouteSocket().perform(changes)
        }
        #expect(results == [nil, nil, nil])

        let shown = try network.ip(network.left, "-d -o addr show dev eth0")
        let lines = shown.split(separator: "\n").map(String.init)
        let fourLine = try #require(lines.first { $0.contains("192.0.2.88/24") })
        #expect(fourLine.contains("brd 192.0.2.255") && fourLine.contains("scope global"))
        #expect(fourLine.contains("eth0:vip"))
        #expect(fourLine.contains(/valid_lft (29|30)sec preferred_lft (19|20)sec/))
        let peerLine = try #require(lines.first { $0.contains("198.51.100.1") })
        #expect(peerLine.contains("198.51.100.1 peer 198.51.100.2/32 scope link"))
        let sixLine = try #require(lines.first { $0.contains("2001:db8::88/64") })
        #expect(sixLine.contains("nodad") && sixLine.contains("noprefixroute"))
        #expect(sixLine.contains("deprecated") && sixLine.contains("valid_lft forever"))
        #expect(!sixLine.contains("tentative"))

        let read = try network.inside(network.left) { () throws(SystemError) in try RouteSocket().addresses()
        }
        let readFour = try #require(read.first { $0.address == four.address })
        #expect(readFour.label == "eth0:vip" && readFour.prefixLength == 24 && readFour.protocolMark == 112)
        #expect(readFour.interfaceIndex == index && readFour.peer == nil)
        #expect(read.first { $0.address == peer.address }?.peer == peer.peer)
        #expect(read.first { $0.address == six.address }?.isDeprecated == true)

        var removals = changes
        for index in removals.indices { removals[index].operation = .remove }
        let removed = removals
        let gone = try network.inside(network.left) { () throws(SystemError) in
            try RouteSocket().perform(removed)
        }
        #expect(gone == [nil, nil, nil])
        let after = try network.ip(network.left, "-o addr show dev eth0")
        #expect(
            !after.contains("192.0.2.88") && !after.contains("198.51.100.1") && !after.contains("db8::88"))
    }

    @Test func repeatingAChangeIsNoErrorAndRenewsTheLease() throws {
        let network = try TestNetwork()
        let index = try network.interfaceIndex(network.left)
        for (text, length) in [("192.0.2.88", UInt8(24)), ("2001:db8::88", 64)] {
            var add = try change(.add, text, length, on: index)
            add.flags = UInt32(IFA_F_NODAD)
            add.validLifetime = 2
            let short = add
            add.validLifetime = 100
            let long = add
            let remove = try change(.remove, text, length, on: index)
            let results = try network.inside(network.left) { () throws(SystemError) in
                let socket = try RouteSocket()
                return socket.perform([short, long])
            }
            #expect(results == [nil, nil])
            #expect(
                try network.ip(network.left, "-o addr show to \(text)").contains(/valid_lft (99|100)sec/))
            let removed = try network.inside(network.left) { () throws(SystemError) in
                try RouteSocket().perform([remove, remove])
            }
            #expect(removed == [nil, nil])
        }
    }

    /// However the two threads meet: what was removed after a renewal was asked for stays removed.
    @Test func aRenewalDoesNotBringARemovedAddressBack() throws {
        let network = try TestNetwork()
        let index = try network.interfaceIndex(network.left)
        var add = try change(.add, "192.0.2.88", 32, on: index)
        add.validLifetime = 100
        let (addition, removal) = (add, try change(.remove, "192.0.2.88", 32, on: index))
        let back = try network.inside(network.left) { () throws(SystemError) in
            let (routes, renewer) = (try RouteSocket(), try LeaseRenewer())
            defer { renewer.stop() }
            var back = 0
            for round in 0..<300 {
                _ = routes.perform([addition])
                for _ in 0...(round % 3) { renewer.renew([addition]) }
                if round % 5 == 0 { usleep(UInt32(round)) }
                renewer.settle()
                _ = routes.perform([removal])
                usleep(300)
                if try routes.addresses().contains(where: { $0.address == addition.address }) { back += 1 }
            }
            return back
        }
        #expect(back == 0)
    }

    @Test func aRenewalLengthensTheLease() throws {
        let network = try TestNetwork()
        var add = try change(.add, "192.0.2.88", 32, on: try network.interfaceIndex(network.left))
        add.validLifetime = 1
        let addition = add
        let isThere = try network.inside(network.left) { () throws(SystemError) in
            let (routes, renewer) = (try RouteSocket(), try LeaseRenewer())
            defer { renewer.stop() }
            _ = routes.perform([addition])
            for _ in 0..<12 {
                usleep(200_000)
                renewer.renew([addition])
            }
            return try routes.addresses().contains { $0.address == addition.address }
        }
        #expect(isThere)
    }

    @Test func anAddressGoesEvenIfItsPeerIsForgotten() throws {
        let network = try TestNetwork()
        let index = try network.interfaceIndex(network.left)
        try network.ip(network.left, "addr add 198.51.100.1 peer 198.51.100.2/32 dev eth0")
        try network.ip(network.left, "addr add 198.51.100.1/24 dev eth0")
        let remove = try change(.remove, "198.51.100.1", 32, on: index)
        let absent = try change(.remove, "198.51.100.9", 32, on: index)
        let results = try network.inside(network.left) { () throws(SystemError) in
            try RouteSocket().perform([absent, remove])
        }
        #expect(results == [nil, nil])
        let shown = try network.ip(network.left, "-o addr show dev eth0")
        #expect(!shown.contains("peer"))
        #expect(shown.contains("198.51.100.1/24"), "another prefix is another address")
    }

    @Test func theKernelEndsALeaseThatIsNotRenewed() throws {
        let network = try TestNetwork()
        let index = try network.interfaceIndex(network.left)
        var add = try change(.add, "192.0.2.88", 24, on: index)
        add.validLifetime = 1
        let lease = add
        let start = MonotonicClock.now
        _ = try network.inside(network.left) { () throws(SystemError) in try RouteSocket().perform([lease]) }
        #expect(try network.ip(network.left, "addr show dev eth0").contains("192.0.2.88"))
        var isThere = true
        while isThere, MonotonicClock.now - start < 4_000_000_000 {
            isThere = try network.ip(network.left, "addr show dev eth0").contains("192.0.2.88")
        }
        #expect(!isThere)
        #expect(MonotonicClock.now - start > 900_000_000)
    }

    @Test func hundredsOfAddressesGoInFewSystemCalls() throws {
        let network = try TestNetwork()
        let index = try network.interfaceIndex(network.left)
        let adds = try (0..<300).map { try change(.add, "10.9.\($0 / 200).\($0 % 200 + 1)", 32, on: index) }
        let removes = try (0..<300).map {
            try change(.remove, "10.9.\($0 / 200).\($0 % 200 + 1)", 32, on: index)
        }
        let results = try network.inside(network.left) { () throws(SystemError) in
            try RouteSocket().perform(adds)
        }
        #expect(results.count == 300 && results.allSatisfy { $0 == nil })
        let read = try network.inside(network.left) { () throws(SystemError) in try RouteSocket().addresses()
        }
        #expect(read.filter { $0.address.octets.starts(with: [10, 9]) }.count == 300)
        let gone = try network.inside(network.left) { () throws(SystemError) in
            try RouteSocket().perform(removes)
        }
        #expect(gone.allSatisfy { $0 == nil })
        #expect(!(try network.ip(network.left, "addr show dev eth0").contains("10.9.")))
    }

    @Test func eachRefusalBelongsToItsRequest() throws {
        let network = try TestNetwork()
        let index = try network.interfaceIndex(network.left)
        let changes = [
            try change(.add, "192.0.2.1", 24, on: index),
            try change(.add, "192.0.2.2", 24, on: 4711),
            try change(.add, "192.0.2.3", 24, on: index),
            try change(.add, "192.0.2.4", 40, on: index),
            try change(.remove, "192.0.2.5", 24, on: 4711),
            try change(.add, "2001:db8::5", 129, on: index),
            try change(.add, "192.0.2.6", 24, on: index),
        ]
        let results = try network.inside(network.left) { () throws(SystemError) in
            try RouteSocket().perform(changes)
        }
        #expect(results.map { $0?.errno } == [nil, ENODEV, nil, EINVAL, nil, EINVAL, nil])
        #expect(results[1]?.description == "RTM_NEWADDR(192.0.2.2): No such device (19)")
        let shown = try network.ip(network.left, "addr show dev eth0")
        for text in ["192.0.2.1/24", "192.0.2.3/24", "192.0.2.6/24"] { #expect(shown.contains(text)) }
    }

    @Test func withoutTheRightEveryChangeIsRefused() async {
        await #expect(processExitsWith: .exitCode(61)) {
            guard setgid(65534) == 0, setuid(65534) == 0, let address = IPAddress("192.0.2.1") else {
                exit(1)
            }
            let change = AddressChange(
                operation: .add, interfaceIndex: 1, address: address, prefixLength: 32)
            let results = try RouteSocket().perform([change, change])
            exit(results.map { $0?.errno } == [EPERM, EPERM] ? 61 : 2)
        }
    }
}
