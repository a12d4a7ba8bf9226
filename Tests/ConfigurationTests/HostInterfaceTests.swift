// Interfaces that a host lacks are found wherever a configuration names them, at the word that names them.

import Configuration
import Testing

@Suite struct HostInterfaceTests {
    private static let instance =
        "vrrp_instance A {\nvirtual_router_id 5\nvirtual_ipaddress { 10.0.0.5 }\ninterface eth0\n"

    struct Case: Sendable, CustomTestStringConvertible {
        let text: String
        let line: Int
        let column: Int
        var severity = Diagnostic.Severity.fatal
        var testDescription: String { text.replacing("\n", with: "; ") }
    }

    static let cases = [
        Case(text: instance.replacing("eth0", with: "no1") + "}", line: 4, column: 11),
        Case(text: instance + "virtual_ipaddress { 10.0.0.6 dev no1 }\n}", line: 5, column: 34),
        Case(text: instance + "track_interface {\nno1\n}\n}", line: 6, column: 1),
        Case(text: instance + "virtual_routes { 10.1.0.0/16 dev no1 }\n}", line: 5, column: 34),
        Case(
            text: instance + "virtual_rules { from 10.1.0.0/16 oif no1 table 5 preference 6 }\n}", line: 5,
            column: 38),
        Case(
            text: instance + "}\nvrrp_sync_group G {\ngroup { A }\ntrack_interface {\nno1\n}\n}", line: 9,
            column: 1),
        Case(text: "static_ipaddress {\n10.0.0.6/24 dev no1\n}", line: 2, column: 17),
        Case(
            text: "global_defs {\ndefault_interface no1\n}\nstatic_ipaddress {\n10.0.0.6/24\n}", line: 5,
            column: 1),
        Case(text: "static_routes {\n10.1.0.0/16 nexthop via 10.0.0.1 dev no1\n}", line: 2, column: 38),
        Case(text: "static_rules {\niif no1 table 5 preference 6\n}", line: 2, column: 5),
        Case(text: "garp_group {\ngarp_interval 1\ninterfaces { no1 }\n}", line: 3, column: 14),
        Case(text: "interface_up_down_delays {\nno1 3\n}", line: 2, column: 1, severity: .error),
    ]

    @Test(arguments: cases) func isMissing(_ one: Case) {
        let configuration = ConfigurationParser.parse(text: one.text, name: "k").configuration
        let found = configuration.diagnostics(onHostWith: ["lo", "eth0"])
        #expect(found.map(\.code) == ["no-such-interface"])
        #expect(found.map(\.severity) == [one.severity])
        #expect(found.first?.location == SourceLocation(file: "k", line: one.line, column: one.column))
        #expect(CheckVerdict(found) == .missingInterface)
        #expect(configuration.diagnostics(onHostWith: ["eth0", "no1"]).isEmpty)
    }

    @Test func isSaidOnceOfAnInstanceAndNotOfInterfacesThatItMakes() {
        let lines =
            "use_vmac v0\nvirtual_ipaddress_excluded {\n10.0.0.7 dev v0\n10.0.0.8 dev no1\n10.0.0.9 dev no1\n}\n}"
        let configuration = ConfigurationParser.parse(text: Self.instance + lines).configuration
        #expect(configuration.diagnostics(onHostWith: ["eth0"]).count == 1)
    }
}
