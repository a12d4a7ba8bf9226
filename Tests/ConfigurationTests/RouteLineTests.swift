// Lines of routes and rules: what they mean, that the printed line means the same, and what is wrong.

import Configuration
import Testing
import Wire

@Suite struct RouteLineTests {
    private static func instance(_ block: String, _ lines: [String]) -> ParsedConfiguration {
        ConfigurationParser.parse(
            text: """
                vrrp_instance A {
                interface eth0
                virtual_router_id 1
                virtual_ipaddress { 192.0.2.1 }
                \(block) {
                \(lines.joined(separator: "\n"))
                }
                }
                """)
    }

    static let routes = [
        "192.0.2.0/24 via 10.0.0.1", "default via 10.0.0.1 dev eth1", "default via fe80::1 dev eth0 metric 5",
        "inet6 default dev eth0", "blackhole 198.51.100.0/24", "unreachable 2001:db8::/32 metric 9",
        "prohibit 10.9.0.0/16", "throw 10.8.0.0/16 table 100", "local 10.7.7.7/32 dev lo table local",
        "to 10.1.0.0/16 src 10.0.0.9 dev eth0 scope link", "10.1.0.0/16 via inet6 fe80::9 dev eth0",
        "10.2.0.0/16 via 10.0.0.1 onlink dev eth0 tos 16 realms 3/4",
        "10.3.0.0/16 dev eth0 mtu lock 1400 advmss 1300 rtt 100ms rttvar 20 rto_min 1s window 65535",
        "10.4.0.0/16 dev eth0 hoplimit 9 initcwnd 20 initrwnd 30 ssthresh 5 cwnd lock 4 quickack 1 congctl bbr",
        "10.5.0.0/16 dev eth0 features ecn reordering 4 fastopen_no_cookie 1 protocol static no_track",
        "2001:db8:1::/48 from 2001:db8::/32 via fe80::2 dev eth0 pref high",
        "10.6.0.0/16 nexthop via 10.0.0.1 weight 3 nexthop via 10.0.0.2 dev eth1 onlink realms 7",
        "10.7.0.0/16 via 10.0.0.1 no_track ttl-propagate disabled table 4294967295",
        "2001:db8:2::/48 dev eth0 expires 600", "default dev eth0 pref low",
    ]

    static let rules = [
        "from 10.0.0.0/8 table 100 preference 200",
        "not from 10.1.0.0/16 to 10.2.0.0/16 lookup main priority 9",
        "to 2001:db8::/32 table 7 order 4", "inet6 fwmark 0x10/0xff table 8 preference 10",
        "iif eth0 oif eth1 goto 300 preference 100", "fwmark 5 blackhole preference 7",
        "uidrange 1000-2000 ipproto tcp sport 80 dport 1000-2000 unreachable preference 8",
        "suppress_prefixlength 0 table main preference 3", "sup_group 4 table 5 preference 6",
        "l3mdev preference 1000", "tos 8 realms 1/2 nop preference 11 protocol static",
        "tunnel-id 77 prohibit preference 12 no_track", "from all type blackhole preference 13",
    ]

    @Test(arguments: routes) func aRouteSurvivesPrinting(_ line: String) throws {
        let parsed = Self.instance("virtual_routes", [line])
        #expect(parsed.diagnostics.isEmpty, "\(parsed.diagnostics)")
        let route = try #require(parsed.configuration.instances.first?.routes.first)
        let again = Self.instance("virtual_routes", [route.line]).configuration.instances.first?.routes
        #expect(again == [route], "\(route.line)")
    }

    @Test(arguments: rules) func aRuleSurvivesPrinting(_ line: String) throws {
        let parsed = Self.instance("virtual_rules", [line])
        #expect(parsed.diagnostics.isEmpty, "\(parsed.diagnostics)")
        let rule = try #require(parsed.configuration.instances.first?.rules.first)
        let again = Self.instance("virtual_rules", [rule.line]).configuration.instances.first?.rules
        #expect(again == [rule], "\(rule.line)")
    }

    @Test func whatALineMeans() throws {
        let lines = [Self.routes[12], Self.routes[16]]
        let routes = try #require(
            Self.instance("virtual_routes", lines).configuration.instances.first?.routes)
        let metrics = routes[0].route.metrics
        #expect(metrics.map(\.kind) == [2, 8, 4, 5, 13, 3])
        #expect(metrics[0] == RouteMetric(kind: 2, value: .number(1400), isLocked: true))
        #expect(metrics[2].value == .number(800))
        #expect(metrics[4].value == .number(1000))
        #expect(routes[1].route.nextHops.map(\.weight) == [3, 1])
        #expect(routes[1].route.effectiveScope == 0)
    }

    @Test(arguments: [
        ("virtual_routes", "via 10.0.0.1", "bad-route"),
        ("virtual_routes", "10.0.0.0/33 via 10.0.0.1", "bad-route"),
        ("virtual_routes", "10.0.0.0/8 via", "bad-route"),
        ("virtual_routes", "10.0.0.0/8 vai 10.0.0.1", "bad-route"),
        ("virtual_routes", "10.0.0.0/8 table nosuch", "bad-route"),
        ("virtual_routes", "10.0.0.0/8 src fe80::1", "bad-route"),
        ("virtual_routes", "10.0.0.0/8 encap ip id 1", "not-yet-supported"),
        ("virtual_routes", "10.0.0.0/8 dev eth0 hoplimit 256", "bad-route"),
        ("virtual_routes", "10.0.0.0/8 dev eth0 quickack 2", "bad-route"),
        ("virtual_routes", "10.0.0.0/8 dev eth0 fastopen_no_cookie 2", "bad-route"),
        ("virtual_routes", "10.0.0.0/8 via fe80::1", "bad-route"),
        ("virtual_routes", "10.0.0.0/8 nexthop via fe80::1", "bad-route"),
        ("virtual_routes", "10.0.0.0/8 dev eth0 pref high", "bad-route"),
        ("virtual_routes", "10.0.0.0/8 dev eth0 expires 5", "bad-route"),
        ("virtual_routes", "default dev eth0 from 10.0.0.0/8", "bad-route"),
        ("virtual_routes", "10.0.0.0/8 dev eth0 track_group G", "bad-route"),
        ("virtual_routes", "10.0.0.0/8 dev eth0 protocol static", "protocol-of-tracked"),
        ("virtual_routes", "10.0.0.0/8 gw 10.0.0.1", "deprecated"),
        ("virtual_rules", "from 10.0.0.0/8", "bad-rule"),
        ("virtual_rules", "from 10.0.0.0/8 table x", "bad-rule"),
        ("virtual_rules", "from 10.0.0.0/8 to fe80::/64 table 1", "bad-rule"),
        ("virtual_rules", "from 10.0.0.0/8 table 1", "rule-preference"),
        ("virtual_rules", "uidrange 9-1 table 1 preference 1", "bad-rule"),
        ("virtual_rules", "from 10.0.0.0/8 goto 5 preference 100", "bad-rule"),
        ("virtual_rules", "from 10.0.0.0/8 goto 100 preference 100", "bad-rule"),
        ("virtual_rules", "from 10.0.0.0/8 goto 200", "bad-rule"),
        ("virtual_rules", "from 10.0.0.0/8 table 0 preference 1", "bad-rule"),
        ("virtual_rules", "from 10.0.0.0/8 table 5 table 6 preference 1", "bad-rule"),
        ("virtual_rules", "from 10.0.0.0/8 table 5 nop preference 1", "bad-rule"),
        ("virtual_rules", "l3mdev table 5 preference 1", "bad-rule"),
        ("virtual_rules", "from 10.0.0.0/8 table 5 preference 1 track_group G", "bad-rule"),
        ("virtual_rules", "form 10.0.0.0/8 table 1", "bad-rule"),
    ]) func whatIsWrongIsSaid(_ block: String, _ line: String, _ code: String) {
        let found = Self.instance(block, [line]).diagnostics
        #expect(found.contains { $0.code == code && $0.location?.line == 6 }, "\(found)")
    }

    /// What can be read and cannot be meant costs its line only, as in keepalived.
    @Test(arguments: [
        ("virtual_routes", "10.0.0.0/8 dev eth0 hoplimit 256"),
        ("virtual_routes", "10.0.0.0/8 dev eth0 tos 300"),
        ("virtual_routes", "10.0.0.0/8 via fe80::1"), ("virtual_rules", "goto 5 preference 100"),
    ]) func aLineIsLeftOut(_ block: String, _ line: String) throws {
        let parsed = Self.instance(block, [line])
        #expect(!parsed.isFatal)
        let instance = try #require(parsed.configuration.instances.first)
        #expect(instance.routes.isEmpty && instance.rules.isEmpty)
    }

    @Test func aTrackedRouteCarriesTheDaemonsProtocol() {
        let lines = ["10.0.0.0/8 dev eth0 protocol static", "10.1.0.0/16 dev eth0 protocol static no_track"]
        let routes = Self.instance("virtual_routes", lines).configuration.instances.first?.routes
        #expect(routes?.map(\.route.protocolNumber) == [18, 4])
    }

    @Test func staticEntries() {
        let parsed = ConfigurationParser.parse(
            text: """
                global_defs {
                default_interface lo
                }
                static_ipaddress {
                192.0.2.9/24 dev eth1
                192.0.2.10
                }
                static_routes {
                10.0.0.0/8 via 192.0.2.1
                }
                static_rules {
                from 10.0.0.0/8 table 5 preference 9
                }
                """)
        let entries = parsed.configuration.permanent
        #expect(entries.addresses.map(\.interface) == ["eth1", "lo"])
        #expect(entries.routes.count == 1 && entries.rules.count == 1)
        let text = ConfigurationPrinter.print(parsed.configuration)
        #expect(ConfigurationParser.parse(text: text).configuration.permanent == entries)
    }
}
