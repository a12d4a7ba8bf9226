// Who claims an address, over a real cable: what is reported, what does not even wake the process.

import CLinux
import Glibc
import Linux
import Testing
import Wire

@Suite(.enabled(if: canMakeNamespaces)) struct ClaimSocketTests {
    /// A host that listens, left, and one that speaks, right.
    private struct Stage {
        static let marker = IPAddress(v4: 0xc000_02fe)
        let network: TestNetwork
        let index: Int32
        let peerIndex: Int32
        let speaker: PacketSocket

        init() throws {
            network = try TestNetwork()
            index = try network.interfaceIndex(network.left)
            peerIndex = try network.interfaceIndex(network.right)
            speaker = try network.inside(network.right) { () throws(SystemError) in try PacketSocket() }
        }

        /// The marker's address is among those listened for.
        func listen(
            _ addresses: [IPAddress] = [ClaimFrame.address4, ClaimFrame.address6], everywhere: Bool = false
        ) throws -> ClaimSocket {
            let index = everywhere ? nil : self.index
            return try network.inside(network.left) { () throws(SystemError) in
                try ClaimSocket(interfaceIndex: index, addresses: addresses + [Self.marker])
            }
        }

        func say(_ octets: [UInt8]) throws { try speaker.send(octets, interfaceIndex: peerIndex) }

        /// What is reported of the frames, which are said now, and of any before.
        func claims(_ socket: ClaimSocket, _ frames: [[UInt8]]) throws -> [Claim]? {
            for frame in frames { try say(frame) }
            try say(ARPPacket.gratuitousFrame(for: Self.marker, mac: ClaimFrame.claimant))
            var claims: [Claim] = []
            return try eventually {
                while let claim = try socket.next() {
                    if claim.address == Self.marker { return claims }
                    claims.append(claim)
                }
                return nil
            }
        }

        /// The frames that woke the process, past the parser.
        func frames(_ socket: ClaimSocket, _ frames: [[UInt8]]) throws -> [[UInt8]]? {
            for frame in frames { try say(frame) }
            let last = ARPPacket.gratuitousFrame(for: Self.marker, mac: ClaimFrame.claimant)
            try say(last)
            var buffer = [UInt8](repeating: 0, count: 2048)
            var heard: [[UInt8]] = []
            return eventually {
                while case let count = recv(socket.raw, &buffer, buffer.count, 0), count >= 0 {
                    let frame = Array(buffer.prefix(count))
                    if frame == last { return heard }
                    heard.append(frame)
                }
                return nil
            }
        }
    }

    private func gratuitous(_ address: IPAddress) -> [UInt8] {
        ARPPacket.gratuitousFrame(for: address, mac: ClaimFrame.claimant)
    }

    private func advertisement(_ address: IPAddress) -> [UInt8] {
        NeighborAdvertisement.unsolicitedFrame(for: address, mac: ClaimFrame.claimant, isRouter: true)
    }

    private func addresses(_ family: AddressFamily, _ count: Int) -> [IPAddress] {
        (1...UInt64(count)).map { IPAddress(family: family, high: 0xfd00 << 48, low: 0x0a00_0000 | $0) }
    }

    // MARK: What is a claim

    @Test(arguments: [false, true]) func claimsAreReportedAndNothingElse(everywhere: Bool) throws {
        let stage = try Stage()
        let socket = try stage.listen(everywhere: everywhere)
        for frame in ClaimFrame.claims + ClaimFrame.others {
            let claims = try #require(try stage.claims(socket, [frame.octets]), "\(frame.name)")
            #expect(claims.map(\.address) == (frame.claim.map { [$0.address] } ?? []), "\(frame.name)")
            #expect(claims.map(\.mac) == (frame.claim.map { [$0.mac] } ?? []), "\(frame.name)")
            #expect(claims.allSatisfy { $0.interfaceIndex == stage.index }, "\(frame.name)")
        }
    }

    @Test func whatIsNoClaimDoesNotWake() throws {
        let stage = try Stage()
        let socket = try stage.listen()
        for frame in ClaimFrame.claims + ClaimFrame.others {
            let frames = try stage.frames(socket, [frame.octets])
            #expect(frames?.isEmpty == !frame.wakes, "\(frame.name)")
        }
    }

    @Test func aFrameCutShortIsNoClaim() throws {
        let stage = try Stage()
        let socket = try stage.listen()
        for frame in [gratuitous(ClaimFrame.address4), advertisement(ClaimFrame.address6)] {
            let short = (EthernetHeader.length..<frame.count).map { Array(frame.prefix($0)) }
            #expect(try stage.claims(socket, short) == [])
            #expect(try stage.claims(socket, [frame])?.count == 1)
        }
    }

    @Test func whatTheHostItselfSendsIsNoClaim() throws {
        let stage = try Stage()
        let socket = try stage.listen()
        let own = try stage.network.inside(stage.network.left) { () throws(SystemError) in try PacketSocket()
        }
        let frames = [gratuitous(ClaimFrame.address4), advertisement(ClaimFrame.address6)]
        for ignored in [1, 0] as [Int32] {
            // Without the option the filter is alone with them.
            var value = ignored
            #expect(setsockopt(socket.raw, SOL_PACKET, PACKET_IGNORE_OUTGOING, &value, 4) == 0)
            for frame in frames { try own.send(frame, interfaceIndex: stage.index) }
            #expect(try stage.frames(socket, []) == [])
        }
        #expect(try stage.frames(socket, frames) == frames)
    }

    /// Frames of the kernel's own making: an address request, and the answer to a solicitation.
    @Test func aHostThatUsesTheAddressClaimsIt() throws {
        let stage = try Stage()
        let network = stage.network
        try network.ip(network.left, "addr add 192.0.2.1/24 dev eth0")
        try network.ip(network.left, "addr add 2001:db8::1/64 dev eth0 nodad")
        let socket = try stage.listen()
        try network.ip(network.right, "addr add 192.0.2.88/24 dev eth0")
        try network.ip(network.right, "addr add 2001:db8::88/64 dev eth0 nodad")
        let links = try network.inside(network.right) { () throws(SystemError) in try RouteSocket().links() }
        let mac = try #require(links.first { $0.name == "eth0" }).mac
        for (host, target, address) in [
            (network.right, IPAddress(v4: 0xc000_0201), ClaimFrame.address4),
            (network.left, ClaimFrame.address6, ClaimFrame.address6),
        ] {
            let echo = try network.inside(host) { () throws(SystemError) in try EchoSocket(target: target) }
            _ = echo.send(sequence: 1)
            let claim = try eventually { try socket.next() }
            #expect(claim?.address == address && claim?.mac == mac && claim?.interfaceIndex == stage.index)
        }
    }

    // MARK: Which addresses

    @Test func theSetChanges() throws {
        let stage = try Stage()
        let first = ClaimFrame.address4
        let second = IPAddress(v4: 0xc000_0259)
        let frames = [gratuitous(first), gratuitous(second), advertisement(ClaimFrame.address6)]
        let socket = try stage.listen([first])
        #expect(try stage.claims(socket, frames)?.map(\.address) == [first])
        try socket.setAddresses([second, Stage.marker])
        #expect(try stage.claims(socket, frames)?.map(\.address) == [second])
        try socket.setAddresses([ClaimFrame.address6, Stage.marker, .unspecified(.ipv4), first])
        #expect(try stage.claims(socket, frames)?.map(\.address) == [first, ClaimFrame.address6])
        // Heard before, asked for no more.
        try stage.say(gratuitous(first))
        usleep(20_000)
        try socket.setAddresses([Stage.marker])
        #expect(try stage.claims(socket, []) == [])
        try socket.setAddresses([])
        for frame in frames { try stage.say(frame) }
        try socket.setAddresses([Stage.marker])
        #expect(try stage.frames(socket, []) == [])
    }

    @Test func noClaimIsMissedWhileTheSetChanges() throws {
        let stage = try Stage()
        let socket = try stage.listen()
        let many = addresses(.ipv4, 1000)
        for round in 0..<50 {
            try stage.say(gratuitous(ClaimFrame.address4))
            try socket.setAddresses(
                [ClaimFrame.address4, Stage.marker] + (round.isMultiple(of: 2) ? many : []))
        }
        #expect(try stage.claims(socket, [])?.count == 50)
    }

    @Test(arguments: [(2900, 100, true, false), (50, 2950, false, true), (2100, 2100, true, true)])
    func longListsAreComparedOutsideTheKernel(
        count4: Int, count6: Int, wakes4: Bool, wakes6: Bool
    ) throws {
        let stage = try Stage()
        let own = (addresses(.ipv4, count4), addresses(.ipv6, count6))
        let socket = try stage.listen(own.0 + own.1)
        let strange = [gratuitous(ClaimFrame.address4), advertisement(ClaimFrame.address6)]
        let ends = [own.0[0], own.0[count4 - 1]]
        let ends6 = [own.1[0], own.1[count6 - 1]]
        let frames = ends.map { gratuitous($0) } + ends6.map { advertisement($0) }
        #expect(try stage.claims(socket, strange + frames)?.map(\.address) == ends + ends6)
        let woken = (wakes4 ? [strange[0]] : []) + (wakes6 ? [strange[1]] : [])
        #expect(try stage.frames(socket, strange) == woken)
        try socket.setAddresses([Stage.marker])
        #expect(try stage.claims(socket, frames) == [])
    }

    @Test func theLongestListsThatTheKernelTakesWakeForClaimsOnly() throws {
        let stage = try Stage()
        for family in AddressFamily.allCases {
            let longest = family == .ipv4 ? 2033 : 451
            #expect(fits(family, longest) && !fits(family, longest + 1))
            // The marker is one of IPv4's.
            let own = addresses(family, family == .ipv4 ? longest - 1 : longest - 2)
            let socket = try stage.listen(own)
            let last = try #require(own.last)
            let claim = family == .ipv4 ? gratuitous(last) : advertisement(last)
            let strange = [gratuitous(ClaimFrame.address4), advertisement(ClaimFrame.address6)]
            #expect(try stage.frames(socket, strange + [claim]) == [claim])
        }
    }

    private func fits(_ family: AddressFamily, _ count: Int) -> Bool {
        SocketFilter.claims(of: addresses(family, count), exactly: [.ipv4, .ipv6]) != nil
    }

    /// Linux before 6.9 has one limit for all namespaces, and the default was a sixth of today's.
    @Test func aLimitOfMemoryIsNoErrorAndTheListStillChanges() throws {
        let stage = try Stage()
        let limit = "net/core/optmem_max"
        let isOwn = try stage.network.inside(stage.network.left) { () throws(SystemError) in
            guard Sysctl.read(limit) != nil else { return false }
            try Sysctl.write(limit, "20480")
            return true
        }
        guard isOwn else { return }
        let many = addresses(.ipv4, 1500)
        let some = addresses(.ipv4, 500)
        let strange = gratuitous(ClaimFrame.address4)
        let socket = try stage.listen(many)
        #expect(try stage.claims(socket, [strange, gratuitous(many[1499])])?.map(\.address) == [many[1499]])
        for count in [500, 499, 500] {
            try socket.setAddresses(some.prefix(count) + [Stage.marker])
            #expect(try stage.frames(socket, [strange, gratuitous(some[0])]) == [gratuitous(some[0])])
        }
        try socket.setAddresses(many + [Stage.marker])
        #expect(try stage.frames(socket, [strange]) == [strange])
    }

    // MARK: Interfaces

    @Test func anInterfaceThatGoesDownAndUpIsHeardAgain() throws {
        let stage = try Stage()
        let socket = try stage.listen()
        let network = stage.network
        try network.ip(network.left, "link set eth0 down")
        #expect(try socket.next() == nil)
        let late = try stage.listen()
        try network.ip(network.left, "link set eth0 up")
        for _ in 0..<100 where !(try network.ip(network.right, "link show eth0").contains("LOWER_UP")) {
            usleep(10_000)
        }
        for socket in [socket, late] {
            #expect(try stage.claims(socket, [gratuitous(ClaimFrame.address4)])?.count == 1)
        }
    }

    @Test func anotherInterfaceIsNotHeardAndAMissingOneIsAnError() throws {
        let stage = try Stage()
        let loopback = try stage.network.loopbackIndex(stage.network.left)
        let elsewhere = try stage.network.inside(stage.network.left) { () throws(SystemError) in
            try ClaimSocket(interfaceIndex: loopback, addresses: [ClaimFrame.address4])
        }
        let socket = try stage.listen()
        #expect(try stage.claims(socket, [gratuitous(ClaimFrame.address4)])?.count == 1)
        #expect(try elsewhere.next() == nil)
        let error = #expect(throws: SystemError.self) {
            try ClaimSocket(interfaceIndex: 4711, addresses: [ClaimFrame.address4])
        }
        #expect(error?.description == "bind(claims on interface 4711): No such device (19)")
    }
}

@Suite struct ClaimTests {
    @Test func aClaimNamesTheAddressAndTheClaimant() {
        for frame in ClaimFrame.claims {
            let claim = Claim(frame: frame.octets.span.bytes, interfaceIndex: 7)
            #expect(claim?.address == frame.claim?.address, "\(frame.name)")
            #expect(claim?.mac == frame.claim?.mac && claim?.interfaceIndex == 7, "\(frame.name)")
        }
        for frame in ClaimFrame.others where frame.isLeftToTheParser {
            #expect(Claim(frame: frame.octets.span.bytes, interfaceIndex: 7) == nil, "\(frame.name)")
        }
    }

    @Test func tenThousandRandomFramesAreNeverACrash() throws {
        var state: UInt64 = 11
        func random(_ limit: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % limit
        }
        let known = (ClaimFrame.claims + ClaimFrame.others).map(\.octets)
        var claims: [AddressFamily: Int] = [:]
        for index in 0..<10_000 {
            var frame = known[random(known.count)]
            switch index % 3 {
            case 0: frame = (0..<random(120)).map { _ in UInt8(random(256)) }
            case 1: for _ in 0...random(3) { frame[random(frame.count)] = UInt8(random(256)) }
            default: frame.removeLast(random(frame.count + 1))
            }
            guard let claim = Claim(frame: frame.span.bytes, interfaceIndex: 1) else { continue }
            claims[claim.address.family, default: 0] += 1
            // The address stands where the protocol puts it.
            let place = claim.address.family == .ipv4 ? 28..<32 : 62..<78
            #expect(claim.address.octets == Array(frame[place]), "\(frame)")
        }
        #expect(AddressFamily.allCases.allSatisfy { claims[$0, default: 0] > 100 }, "\(claims)")
    }
}
