// What is guessed of a cluster's network, and what the operator may say instead.

import Configuration
import Simulation
import Testing
import Wire

@Suite struct ConfiguredClusterTests {
    /// `eth0@1 192.168.50.11/24 invented`
    private static func words(_ cluster: ConfiguredCluster) -> [[String]] {
        cluster.interfaces.map { own in
            own.map { interface in
                let addresses = interface.addresses.map {
                    "\($0.address)/\($0.prefixLength) \($0.origin.rawValue)"
                }
                return (["\(interface.name)@\(interface.segment)"] + addresses).joined(separator: " ")
            }
        }
    }

    struct Guess: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let files: [String]
        let words: [[String]]
    }

    static let guesses: [Guess] = [
        Guess(
            testDescription: "nothing is known", files: [Pairs.file(150), Pairs.file(100)],
            words: [["eth0@0 192.168.50.11/24 invented"], ["eth0@0 192.168.50.12/24 invented"]]),
        Guess(
            testDescription: "a virtual address without a length, and one that is in the way",
            files: [150, 100].map { Pairs.file($0, addresses: "192.168.50.88\n192.168.50.11") },
            words: [["eth0@0 192.168.50.12/24 invented"], ["eth0@0 192.168.50.13/24 invented"]]),
        Guess(
            testDescription: "a subnet that is too small",
            files: [150, 100].map { Pairs.file($0, addresses: "192.168.50.89/30") },
            words: [["eth0@0 192.168.50.90/30 invented"], ["eth0@0 192.168.50.91/29 invented"]]),
        Guess(
            testDescription: "sources",
            files: [Pairs.file(150, "mcast_src_ip 192.168.50.1"), Pairs.file(100, "mcast_src_ip 10.0.0.2")],
            words: [["eth0@0 192.168.50.1/24 source"], ["eth0@0 10.0.0.2/24 source"]]),
        Guess(
            testDescription: "the other host's list of peers",
            files: [
                Pairs.file(150, "unicast_peer {\n192.168.50.2\n}"),
                Pairs.file(100, "unicast_peer {\n192.168.50.1\n}"),
            ], words: [["eth0@0 192.168.50.1/24 peers"], ["eth0@0 192.168.50.2/24 peers"]]),
        Guess(
            testDescription: "lists that name their own host as well",
            files: [150, 100].map { Pairs.file($0, "unicast_peer {\n192.168.50.5\n192.168.50.4\n}") },
            words: [["eth0@0 192.168.50.5/24 peers"], ["eth0@0 192.168.50.4/24 peers"]]),
        Guess(
            testDescription: "a source that is a virtual address",
            files: [Pairs.file(150, "mcast_src_ip 192.168.50.88")],
            words: [["eth0@0 192.168.50.11/24 invented"]]),
        Guess(
            testDescription: "IPv6", files: [Pairs.file(150, "version 3", addresses: "2001:db8:1::88/64")],
            words: [["eth0@0 fe80::1:1/64 invented 2001:db8:1::b/64 invented"]]),
        Guess(
            testDescription: "one router on interfaces of two names, and another interface",
            files: [
                Pairs.file(150, "track_interface {\n eth1\n}"),
                Pairs.file(100).replacing("eth0", with: "ens3"),
            ],
            words: [["eth0@0 192.168.50.11/24 invented", "eth1@1"], ["ens3@0 192.168.50.12/24 invented"]]),
        Guess(
            testDescription: "names that are the other way round",
            files: [
                "vrrp_instance A { interface eth0\n virtual_router_id 1\n virtual_ipaddress { 10.0.1.1/24 } }\n"
                    + "vrrp_instance B { interface eth1\n virtual_router_id 2\n virtual_ipaddress { 10.0.2.1/24 } }",
                "vrrp_instance A { interface eth1\n virtual_router_id 1\n virtual_ipaddress { 10.0.1.1/24 } }\n"
                    + "vrrp_instance B { interface eth0\n virtual_router_id 2\n virtual_ipaddress { 10.0.2.1/24 } }",
            ],
            words: [
                ["eth0@0 10.0.1.11/24 invented", "eth1@1 10.0.2.11/24 invented"],
                ["eth1@0 10.0.1.12/24 invented", "eth0@1 10.0.2.12/24 invented"],
            ]),
    ]

    @Test(arguments: guesses) func theNetworkIsGuessed(_ guess: Guess) throws {
        #expect(Self.words(try ConfiguredCluster(Pairs.nodes(guess.files))) == guess.words)
    }

    @Test func whatIsGivenCounts() throws {
        let address = try #require(IPAddress("192.168.50.7"))
        let cluster = try Pairs.cluster(
            Pairs.file(150), Pairs.file(100),
            given: [.init(host: "lb2", interface: "eth0", address: address, prefixLength: 25)])
        #expect(Self.words(cluster)[1] == ["eth0@0 192.168.50.7/25 given"])
    }

    /// Without it nothing could be sent.
    @Test func anAddressOfIPv6DoesNotReplaceTheLinkLocalOne() throws {
        let address = try #require(IPAddress("2001:db8:1::7"))
        let cluster = try Pairs.cluster(
            Pairs.file(150, "version 3", addresses: "2001:db8:1::88/64"),
            given: [.init(host: "lb1", interface: "eth0", address: address, prefixLength: nil)])
        #expect(Self.words(cluster) == [["eth0@0 2001:db8:1::7/64 given fe80::1:1/64 invented"]])
        #expect(Pairs.play(cluster).first("start")?.courses[0].after == [0])
    }

    @Test(arguments: [
        ("lb3", "eth0", "there is no host 'lb3': lb1, lb2"),
        ("lb1", "eth7", "lb1 names no interface 'eth7': eth0"),
    ])
    func whatIsGivenForNothingIsRefused(_ host: String, _ interface: String, _ words: String) throws {
        let address = try #require(IPAddress("192.168.50.7"))
        #expect(throws: ClusterError.misplacedAddress(words)) {
            try Pairs.cluster(
                Pairs.file(150), Pairs.file(100),
                given: [.init(host: host, interface: interface, address: address, prefixLength: nil)])
        }
    }

    @Test func filesWithoutInstancesAreRefused() {
        #expect(throws: ClusterError.nothingToSimulate) { try Pairs.cluster("global_defs { }", "") }
    }

    @Test func tooManyHostsAreRefused() {
        let files = (1...65).map { Pairs.file($0) }
        #expect(throws: ClusterError.tooManyHosts) { try ConfiguredCluster(Pairs.nodes(files)) }
    }

    /// Addresses that move together are one service, in whatever order the files have them.
    @Test func servicesAreWhatIsOnTheSameHosts() throws {
        let cluster = try Pairs.cluster(
            Pairs.file(150, addresses: "192.168.50.88/24\n192.168.50.89/24\n192.168.50.90/24"),
            Pairs.file(100, addresses: "192.168.50.90/24\n192.168.50.88/24"))
        #expect(cluster.services.map(\.title) == ["VI_1 192.168.50.88 and 1 more", "VI_1 192.168.50.89"])
        #expect(cluster.services.map { $0.members.map(\.host) } == [[0, 1], [0]])
    }

    @Test func theOrderOfTheInstancesDoesNotMatter() throws {
        func instance(_ name: String, _ vrid: Int, _ priority: Int) -> String {
            "vrrp_instance \(name) { interface eth0\n virtual_router_id \(vrid)\n priority \(priority)\n"
                + " virtual_ipaddress { 192.168.50.\(vrid)/24 } }\n"
        }
        let cluster = try Pairs.cluster(
            instance("A", 61, 150) + instance("B", 62, 100), instance("B", 62, 150) + instance("A", 61, 100))
        #expect(cluster.isRegular)
        let outcomes = Pairs.play(cluster)
        #expect(outcomes.complaints(cluster) == [])
        #expect(outcomes.first("start")?.courses.map(\.after) == [[0], [1]])
    }
}
