// Each rule of the comparison with a cluster that has the fault, and each cluster without: what agrees is not
// complained of.

import Configuration
import Election
import Testing

/// A cluster in a few words.
enum Cluster {
    /// An instance with what most of the rules look at; `lines` stand behind it and win.
    static func node(
        _ lines: String = "", priority: Int = 100, addresses: String = "192.0.2.88/24", name: String = "VI_1",
        before: String = ""
    ) -> String {
        """
        \(before)
        vrrp_instance \(name) {
            interface eth0
            virtual_router_id 51
            priority \(priority)
            virtual_ipaddress { \(addresses) }
            \(lines)
        }
        """
    }

    static func compare(_ texts: [String]) -> [Diagnostic] {
        PeerComparison.diagnostics(nodes(texts))
    }

    static func nodes(_ texts: [String]) -> [ClusterNode] {
        texts.enumerated().map { index, text in
            let name = "lb\(index + 1)"
            return ClusterNode(
                name: name, parsed: ConfigurationParser.parse(text: text, name: "\(name).conf"))
        }
    }
}

@Suite struct PeerComparisonTests {
    struct Fault: Sendable, CustomTestStringConvertible {
        let code: String
        var severity: Diagnostic.Severity = .error
        /// The nodes' files, lb1 first.
        let files: [String]
        /// A part of what is said.
        let says: String
        var testDescription: String { "\(code): \(says)" }

        init(_ code: String, _ severity: Diagnostic.Severity, _ files: String..., says: String) {
            (self.code, self.severity, self.files, self.says) = (code, severity, files, says)
        }

        /// An error.
        init(_ code: String, _ files: String..., says: String) {
            (self.code, self.files, self.says) = (code, files, says)
        }
    }

    private static let better = Cluster.node(priority: 150)
    private static let chk = "vrrp_script chk { script \"/bin/true\" }"
    private static func weighted(_ weight: Int, _ lines: String = "", priority: Int = 150) -> String {
        Cluster.node(
            "track_script { chk weight \(weight) }\n\(lines)", priority: priority, before: chk)
    }
    private static func unicast(_ source: String, _ peers: String, priority: Int = 100) -> String {
        Cluster.node("unicast_src_ip \(source)\nunicast_peer { \(peers) }", priority: priority)
    }
    private static func hmac(_ keys: String, active: Int = 1, mode: String = "enforce") -> String {
        "auth_hmac { \(keys)\n active_key \(active)\n mode \(mode) }"
    }
    private static let key1 = "key 1 \"0123456789abcdef0123456789abcdef\""
    private static let key2 = "key 2 \"fedcba9876543210fedcba9876543210\""
    private static let wrongKey1 = "key 1 \"ffffffff89abcdef0123456789abcdef\""

    static let faults: [Fault] = [
        Fault(
            "peers-version", better, Cluster.node("version 3"), says: "version 2 on lb1, version 3 on lb2"),
        Fault("peers-interval", better, Cluster.node("advert_int 2"), says: "1 s on lb1, 2 s on lb2"),
        Fault(
            "peers-interval", .warning, Cluster.node("version 3", priority: 150),
            Cluster.node("version 3\nadvert_int 0.5"), says: "0.5 s on lb2"),
        Fault(
            "peers-checksum-form", .note, Cluster.node("version 3", priority: 150),
            Cluster.node("version 3\nv3_checksum_as_v2"), says: "not set on lb1, set on lb2"),
        Fault(
            "peers-addresses", better, Cluster.node(addresses: "192.0.2.88/24\n192.0.2.89/24"),
            says: "lb1 lacks 192.0.2.89"),
        Fault(
            "peers-address-order", .note,
            Cluster.node(priority: 150, addresses: "192.0.2.1/24\n192.0.2.2/24"),
            Cluster.node(addresses: "192.0.2.2/24\n192.0.2.1/24"), says: "another order on lb2"),
        Fault(
            "peers-prefix-length", .warning, better, Cluster.node(addresses: "192.0.2.88"),
            says: "/24 on lb1 and /32 on lb2"),
        Fault(
            "peers-excluded-addresses", .warning,
            Cluster.node("virtual_ipaddress_excluded { 2001:db8::1/64 }", priority: 150), Cluster.node(),
            says: "lb2 lacks 2001:db8::1"),
        Fault(
            "peers-vrid-shared", better, Cluster.node(addresses: "192.0.2.99/24", name: "VI_OTHER"),
            says: "VRID 51 on lb1 and lb2 has no address in common (192.0.2.88; 192.0.2.99)"),
        Fault(
            "peers-vrid-differs", better, Cluster.node("virtual_router_id 52"),
            says: "192.0.2.88 belongs to VRID 51 on lb1 and VRID 52 on lb2"),
        Fault(
            "peers-alone", .warning,
            better + "\n"
                + Cluster.node(
                    "virtual_router_id 52", addresses: "192.0.2.90/24", name: "VI_2"), Cluster.node(),
            says: "lb1's, VRID 52"),
        Fault(
            "peers-authentication",
            Cluster.node("authentication { auth_type PASS\nauth_pass 1111 }", priority: 150), Cluster.node(),
            says: "PASS on lb1, none on lb2"),
        Fault(
            "peers-authentication",
            Cluster.node("authentication { auth_type PASS\nauth_pass 1111 }", priority: 150),
            Cluster.node("authentication { auth_type AH\nauth_pass 1111 }"), says: "PASS on lb1, AH on lb2"),
        Fault(
            "peers-authentication",
            Cluster.node("authentication { auth_type PASS\nauth_pass 1111 }", priority: 150),
            Cluster.node("authentication { auth_type PASS\nauth_pass 2222 }"),
            says: "passwords of lb1 and lb2"),
        Fault(
            "peers-hmac", Cluster.node(hmac(key1), priority: 150), Cluster.node(hmac(wrongKey1)),
            says: "key 1 is another one"),
        Fault(
            "peers-hmac", Cluster.node(hmac(key1), priority: 150),
            Cluster.node(hmac(key1 + "\n" + key2, active: 2)),
            says: "lb1 discards what lb2 sends: key 2 is not known"),
        Fault("peers-hmac", Cluster.node(hmac(key1), priority: 150), Cluster.node(), says: "too long"),
        Fault("peers-hmac", Cluster.node(hmac(key1), priority: 150), Cluster.node(), says: "no code"),
        Fault("peers-several-owners", Cluster.node(priority: 255), Cluster.node(priority: 255), says: "255"),
        Fault(
            "peers-several-owners",
            Cluster.node("state MASTER").replacing("priority 100", with: ""),
            Cluster.node("owner_ignore_adverts", priority: 255), says: "both stay it"),
        Fault(
            "peers-equal-priority", .warning, Cluster.node(), Cluster.node(),
            says: "the same priority 100"),
        Fault(
            "peers-equal-priority", .warning, unicast("192.0.2.1", "192.0.2.2"),
            unicast("192.0.2.2", "192.0.2.1"), says: "lb2 with the higher address 192.0.2.2 wins"),
        Fault(
            "peers-equal-priority", .note, Cluster.node("nopreempt"), Cluster.node("nopreempt"),
            says: "who is master first stays it"),
        Fault(
            "peers-equal-priority", .note, better, Cluster.node(), Cluster.node(),
            says: "lb2 and lb3 have the same"),
        Fault(
            "peers-equal-priority", .warning, weighted(50, priority: 50), Cluster.node(), says: "priority 100"
        ),
        Fault(
            "peers-state-master", .note, Cluster.node("state MASTER", priority: 150),
            Cluster.node("state MASTER"), says: "lb1 and lb2"),
        Fault(
            "peers-transport", Cluster.node("unicast_peer { 192.0.2.2 }", priority: 150), Cluster.node(),
            says: "unicast on lb1, multicast on lb2"),
        Fault(
            "peers-multicast-group", Cluster.node("mcast_dst_ip 224.0.0.19", priority: 150), Cluster.node(),
            says: "224.0.0.19 on lb1"),
        Fault(
            "peers-same-source", unicast("192.0.2.1", "192.0.2.2", priority: 150),
            unicast("192.0.2.1", "192.0.2.2"), says: "lb1 and lb2 all send from 192.0.2.1"),
        Fault(
            "peers-not-listed", unicast("192.0.2.1", "192.0.2.9", priority: 150),
            unicast("192.0.2.2", "192.0.2.1"), says: "lb1 does not list lb2 (192.0.2.2)"),
        Fault(
            "peers-weight-too-small", .warning, weighted(-20), Cluster.node(), says: "150 - 20 = 130 > 100"),
        Fault(
            "peers-weight-too-small", .warning, weighted(100, priority: 200),
            weighted(100, priority: 100),
            says: "254 falls to 200 = 200"),
        Fault(
            "peers-weight-too-small", .warning, weighted(-50), Cluster.node(), says: "150 - 50 = 100 = 100"),
        Fault(
            "peers-weight-too-small", .warning, weighted(20, priority: 130), Cluster.node(),
            says: "150 - 20 = 130 > 100"),
        Fault(
            "peers-weight-nopreempt", .warning, weighted(-60), Cluster.node("nopreempt"),
            says: "lb2 with nopreempt will not take over from lb1"),
        Fault(
            "peers-weight-nopreempt", .warning, Cluster.node("nopreempt", priority: 150),
            weighted(-60, priority: 100), says: "lb1 with nopreempt will not take over from lb2"),
        Fault(
            "peers-preempt-delay", .warning, weighted(-60), Cluster.node("preempt_delay 300"),
            says: "lb2 takes over only when its preempt_delay of 300 s has passed"),
        Fault(
            "peers-virtual-mac", .warning, Cluster.node("use_vmac", priority: 150), Cluster.node(),
            says: "a virtual MAC address on lb1"),
        Fault(
            "peers-accept", .warning, Cluster.node("no_accept", priority: 150), Cluster.node(),
            says: "no_accept on lb1, accept on lb2"),
        Fault(
            "peers-sync-group", pair(100, 100, "vrrp_sync_group G { group { A\nB } }"), pair(150, 150, ""),
            says: "keeps A and B together; lb2 does not group them"),
        // Whoever groups them is better in each: it never waits for the other.
        Fault(
            "peers-sync-group", .warning, pair(150, 150, "vrrp_sync_group G { group { A\nB } }"),
            pair(100, 100, ""), says: "do not move together"),
        Fault(
            "peers-sync-group",
            pair(150, 150, "vrrp_sync_group G { group { A\nB } }").replacing(
                "priority 150", with: "priority 150\nnopreempt"), pair(100, 100, ""),
            says: "lb2 does not group them: if one of them moves alone"),
        Fault(
            "peers-sync-group", trio("A\nB"), trio("A\nB\nC"),
            says: "lb2 has other members in 'G'"),
        Fault(
            "peers-crossed-priorities", pair(150, 100, "vrrp_sync_group G { group { A\nB } }"),
            pair(100, 150, "vrrp_sync_group G { group { A\nB } }"),
            says: "in A lb1 has 150 and lb2 100, but in B lb1 has 100 and lb2 150"),
    ]

    static func pair(_ first: Int, _ second: Int, _ group: String) -> String {
        Cluster.node(priority: first, name: "A") + "\n"
            + Cluster.node(
                "virtual_router_id 52", priority: second, addresses: "198.51.100.1/24", name: "B") + "\n"
            + group
    }

    static func trio(_ members: String) -> String {
        let third = Cluster.node(
            "virtual_router_id 53", addresses: "203.0.113.1/24", name: "C")
        return pair(100, 100, "vrrp_sync_group G { group { \(members) } }") + "\n" + third
    }

    @Test(arguments: faults) func aFaultIsFound(_ fault: Fault) throws {
        for text in fault.files {
            let own = ConfigurationParser.parse(text: text).diagnostics
            #expect(own.allSatisfy { $0.severity < .fatal }, "\(own.map { DiagnosticText.line($0) })")
        }
        let found = Cluster.compare(fault.files).filter { $0.code == fault.code }
        let messages = found.map(\.message)
        let match = try #require(found.first { $0.message.contains(fault.says) }, "\(messages)")
        #expect(match.severity == fault.severity)
        #expect(match.location != nil)
        #expect(Explanations.of(fault.code) != nil)
    }

    /// Every rule has a cluster that breaks it.
    @Test func everyRuleIsTried() {
        let codes = Set(Explanations.all.map(\.code).filter { $0.hasPrefix("peers-") })
        #expect(codes == Set(Self.faults.map(\.code)))
    }

    struct Sound: Sendable, CustomTestStringConvertible {
        let title: String
        let files: [String]
        var testDescription: String { title }

        init(_ title: String, _ files: String...) { (self.title, self.files) = (title, files) }
    }

    static let sound: [Sound] = [
        Sound("two hosts", better, Cluster.node()),
        Sound("three hosts", better, Cluster.node(priority: 120), Cluster.node()),
        Sound("other names and interfaces", better, Cluster.node("interface ens3", name: "VI_X")),
        Sound(
            "the same password",
            Cluster.node("authentication { auth_type PASS\nauth_pass 1111 }", priority: 150),
            Cluster.node("authentication { auth_type PASS\nauth_pass 1111 }")),
        Sound(
            "keys that roll over", Cluster.node(hmac(key1 + "\n" + key2), priority: 150),
            Cluster.node(hmac(key1 + "\n" + key2, active: 2))),
        Sound(
            "keys being introduced", Cluster.node(hmac(key1, mode: "receive-only"), priority: 150),
            Cluster.node(hmac(key1, mode: "permissive"))),
        Sound(
            "unicast that fits", unicast("192.0.2.1", "192.0.2.2\n192.0.2.3", priority: 150),
            unicast("192.0.2.2", "192.0.2.1\n192.0.2.3", priority: 120),
            unicast("192.0.2.3", "192.0.2.1\n192.0.2.2")),
        Sound(
            "unicast without sources", Cluster.node("unicast_peer { 192.0.2.2 }", priority: 150),
            Cluster.node("unicast_peer { 192.0.2.1 }")),
        Sound("the wish of one", Cluster.node("state MASTER", priority: 150), Cluster.node("state BACKUP")),
        Sound("an owner", Cluster.node(priority: 255), Cluster.node()),
        Sound("a weight that suffices", weighted(-51), Cluster.node()),
        Sound("weights on both hosts", weighted(2, priority: 101), weighted(2, priority: 100)),
        Sound("a file may hold any number", fileTracker, Cluster.node()),
        Sound("a fault needs no weight", weighted(0), Cluster.node("nopreempt")),
        Sound("one of two takes over", weighted(-60), Cluster.node("nopreempt"), Cluster.node(priority: 110)),
        Sound(
            "a delay for the return of the better", Cluster.node("preempt_delay 300", priority: 150),
            weighted(-10, priority: 100)),
        Sound("virtual MAC on both", Cluster.node("use_vmac", priority: 150), Cluster.node("use_vmac")),
        Sound("an owner accepts", Cluster.node(priority: 255), Cluster.node("no_accept")),
        Sound("another VRID, other addresses", crossover(150, 100), crossover(100, 150)),
        Sound(
            "groups that fit", pair(150, 150, "vrrp_sync_group G { group { A\nB } }"),
            pair(100, 100, "vrrp_sync_group H { group { B\nA } }")),
        Sound("one VRID on several networks", several(150), several(100)),
        Sound(
            "IPv4 and IPv6 with one VRID", dual(150), dual(100)),
    ]

    private static let fileTracker = Cluster.node(
        "track_file { f weight 1 }", priority: 150, before: "track_file f { file /run/f }")

    /// Each host is master of one and backup of the other.
    private static func crossover(_ first: Int, _ second: Int) -> String { pair(first, second, "") }

    private static func dual(_ priority: Int) -> String {
        Cluster.node(priority: priority) + "\n"
            + Cluster.node(priority: priority, addresses: "fe80::51/64\n2001:db8::51/64", name: "VI_6")
    }

    private static func several(_ priority: Int) -> String {
        (0..<20).map { network($0, priority) }.joined(separator: "\n")
    }

    private static func network(_ number: Int, _ priority: Int, _ lines: String = "") -> String {
        Cluster.node(
            "interface eth0.\(number)\n\(lines)", priority: priority, addresses: "10.0.\(number).1/24",
            name: "V\(number)")
    }

    @Test(arguments: sound) func whatFitsIsNotComplainedOf(_ cluster: Sound) {
        let findings = Cluster.compare(cluster.files)
        #expect(findings.isEmpty, "\(findings.map { DiagnosticText.line($0) })")
    }

    /// One VRID on twenty networks, given in another order: names and addresses decide which belong together.
    @Test func theOrderInTheFileDoesNotMatter() {
        let first = (0..<20).map { Self.network($0, 150, $0 == 7 ? "advert_int 2" : "") }
        let second = (0..<20).reversed().map { Self.network($0, 100) }
        let findings = Cluster.compare([first, second].map { $0.joined(separator: "\n") })
        #expect(findings.map(\.code) == ["peers-interval"])
        #expect(findings.first?.message.hasPrefix("(V7) ") == true)
    }

    @Test func secretsAreNotShown() {
        let nodes = Cluster.nodes([
            Cluster.node("authentication { auth_type PASS\nauth_pass s3cret1 }", priority: 150),
            Cluster.node("authentication { auth_type PASS\nauth_pass s3cret2 }"),
        ])
        let text = DiagnosticText(sources: nodes.reduce(into: [:]) { $0.merge($1.parsed.sources) { $1 } })
        for finding in PeerComparison.diagnostics(nodes) {
            #expect(!finding.message.contains("s3cret"))
            #expect(finding.hint?.contains("s3cret") != true)
            #expect(text.render(finding).contains("authentication"))
        }
    }

    @Test func bothPlacesAreShown() throws {
        let nodes = Cluster.nodes([
            Cluster.node(priority: 150), "\n" + Cluster.node("advert_int 2"),
        ])
        let finding = try #require(PeerComparison.diagnostics(nodes).first)
        let sources = nodes.reduce(into: [:]) { $0.merge($1.parsed.sources) { first, _ in first } }
        let text = DiagnosticText(sources: sources).render(finding)
        #expect(
            text == """
                lb1.conf:2:15: error: (VI_1) advert_int is 1 s on lb1, 2 s on lb2: in VRRP version 2 each discards\
                 the other's advertisements, and all of them are master
                 2 | vrrp_instance VI_1 {
                   |               ^^^^
                  lb2.conf:8:5:
                 8 |     advert_int 2
                   |     ^^^^^^^^^^^^
                   = hint: the same 'advert_int' on all nodes
                """)
    }

    /// A file that could not be understood lacks what it lacks for another reason.
    @Test func whatABrokenFileLacksIsNotSaid() {
        let broken = Cluster.node().replacing("virtual_router_id 51", with: "")
        #expect(Cluster.compare([Self.better, broken]).isEmpty)
    }

    @Test(arguments: [
        (["site/lb1/keepalived.conf", "site/lb2/keepalived.conf"], ["lb1", "lb2"]),
        (["keepalived-master.conf", "keepalived-backup.conf"], ["master", "backup"]),
        (["a/keepalived.conf.master", "a/keepalived.conf.slave"], ["master", "slave"]),
        (["lb1.conf", "lb2.conf", "lb3.conf"], ["lb1", "lb2", "lb3"]),
        (["one.conf", "one.conf"], ["one.conf", "one.conf"]),
        (["keepalived.conf", "keepalived-2.conf"], ["keepalived.conf", "keepalived-2.conf"]),
        (["x/a/k.conf", "y/b/k.conf"], ["x/a", "y/b"]),
    ])
    func nodesHaveNames(_ files: [String], _ names: [String]) { #expect(NodeNames.guessed(files) == names) }

    @Test func aNameMayStandInFrontOfAFile() {
        #expect(NodeNames.split("lb1=one.conf") == ("lb1", "one.conf"))
        #expect(NodeNames.split("one.conf") == (nil, "one.conf"))
        #expect(NodeNames.split("./a=b.conf") == (nil, "./a=b.conf"))
        #expect(NodeNames.split("=b.conf") == (nil, "=b.conf"))
    }

    /// One file for all hosts, its lines chosen by who reads it.
    @Test func oneFileIsReadUnderTwoNames() {
        let text = """
            @lb1 $PRIORITY=150
            @lb2 $PRIORITY=100
            vrrp_instance VI_1 {
                interface eth0
                virtual_router_id 51
                priority $PRIORITY
                @lb2 nopreempt
                virtual_ipaddress { 192.0.2.88/24 }
            }
            """
        let nodes = ["lb1", "lb2"].map { name in
            var options = SourceOptions()
            options.configID = name
            return ClusterNode(
                name: name,
                parsed: ConfigurationParser.parse(
                    octets: Array(text.utf8), name: "one.conf", options: options)
            )
        }
        #expect(nodes.map { $0.parsed.configuration.instances.map(\.router.basePriority) } == [[150], [100]])
        #expect(PeerComparison.diagnostics(nodes).isEmpty)
    }
}
