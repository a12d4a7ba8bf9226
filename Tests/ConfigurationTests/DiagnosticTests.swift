// What a user reads when something is wrong: the place, the word, the suggestion.

import Configuration
import Testing

@Suite struct DiagnosticTests {
    /// A whole configuration around lines of an instance.
    static func instance(_ lines: String, vrid: String = "virtual_router_id 51") -> String {
        """
        vrrp_instance VI_1 {
            interface eth0
            \(vrid)
            \(lines)
            virtual_ipaddress { 192.0.2.88 }
        }
        """
    }

    struct Case: Sendable, CustomTestStringConvertible {
        let text: String
        let code: String
        let severity: Diagnostic.Severity
        var testDescription: String { code + ": " + text.prefix(60).replacing("\n", with: " ") }
    }

    private static let script = "vrrp_script chk { script \"/bin/true\" }\n"

    static let cases: [Case] = [
        Case(text: instance("priority 300"), code: "out-of-range", severity: .error),
        Case(text: instance("priority 10x"), code: "not-a-number", severity: .error),
        Case(text: instance("priority"), code: "missing-argument", severity: .fatal),
        Case(text: instance("state EQUAL"), code: "unknown-state", severity: .error),
        Case(text: instance("", vrid: ""), code: "no-vrid", severity: .fatal),
        Case(text: instance("", vrid: "virtual_router_id 0"), code: "no-vrid", severity: .fatal),
        Case(text: instance("", vrid: "virtual_router_id 256"), code: "no-vrid", severity: .fatal),
        Case(
            text: "vrrp_instance A {\ninterface eth0\nvirtual_router_id 1\nversion 3\n}", code: "no-address",
            severity: .fatal),
        Case(
            text: instance("version 3\nauthentication { auth_type PASS\nauth_pass 1 }"),
            code: "authentication-in-v3", severity: .error),
        Case(text: instance("advert_int 1.5"), code: "interval-rounded", severity: .warning),
        Case(
            text: instance("virtual_ipaddress { 192.0.2.300 }"), code: "bad-address", severity: .fatal),
        Case(text: instance("virtual_ipaddress { 192.0.2.1/33 }"), code: "bad-address", severity: .fatal),
        Case(text: instance("virtual_ipaddress { fe80::1 }"), code: "mixed-families", severity: .fatal),
        Case(text: instance("unicast_peer { }"), code: "no-unicast-peer", severity: .warning),
        Case(text: instance("nopreempt\nstate MASTER"), code: "nopreempt-with-master", severity: .warning),
        Case(
            text: instance("authentication { auth_type PASS\nauth_pass 123456789 }"),
            code: "password-too-long", severity: .warning),
        Case(text: instance("vrf red"), code: "not-yet-supported", severity: .error),
        Case(text: instance("notify_master \"/x"), code: "unmatched-quote", severity: .error),
        Case(text: instance("notify_master \"/x 'a\""), code: "unmatched-quote", severity: .error),
        Case(
            text: "vrrp_script c { script \"/bin/sh -c 'exit 0\" }", code: "unmatched-quote", severity: .error
        ),
        Case(text: "vrrp_instance A\ninterface eth0\n}", code: "missing-brace", severity: .fatal),
        Case(text: "vrrp_instance VI_1 {\n interface eth0\n", code: "unbalanced-brace", severity: .fatal),
        Case(text: instance("") + "\n}", code: "unbalanced-brace", severity: .fatal),
        Case(text: instance("") + "\n" + instance(""), code: "duplicate-name", severity: .fatal),
        Case(
            text: instance("") + "\n" + instance("").replacing("VI_1", with: "VI_2"), code: "duplicate-vrid",
            severity: .fatal),
        Case(
            text: "vrrp_instance A { virtual_router_id 1\nvirtual_ipaddress { 192.0.2.1 } }",
            code: "no-interface", severity: .fatal),
        Case(text: instance("\u{1}\u{2} x"), code: "unknown-keyword", severity: .warning),
        Case(text: "", code: "no-instance", severity: .warning),
        Case(text: "include /etc/x.conf\n" + instance(""), code: "include-not-found", severity: .warning),
        Case(text: instance("track_script { chk }"), code: "not-defined", severity: .error),
        Case(text: instance("track_file { chk }"), code: "not-defined", severity: .error),
        Case(text: "vrrp_script a { interval 1 }", code: "no-script", severity: .error),
        Case(text: script + script, code: "duplicate-name", severity: .warning),
        Case(text: instance("track_interface {\neth0\n}"), code: "own-interface", severity: .warning),
        Case(text: "global_defs { notification_email { } }", code: "no-recipient", severity: .warning),
        Case(
            text: instance("") + "\nvrrp_sync_group G { group { VI_1 } }", code: "single-member",
            severity: .note),
        Case(
            text: script + instance("track_script {\nchk weight 300\n}"), code: "out-of-range",
            severity: .error),
        Case(
            text: script + instance("track_script {\nchk\nchk\n}"), code: "duplicate-tracker",
            severity: .warning),
        Case(
            text: script + instance("priority 255\ntrack_script {\nchk weight 3\n}"),
            code: "weight-of-owner", severity: .warning),
        Case(
            text: script + instance("nopreempt\ntrack_script {\nchk weight 3\n}"),
            code: "weight-with-nopreempt", severity: .note),
        Case(text: instance("") + "\nvrrp_sync_group G { }", code: "no-member", severity: .error),
        Case(
            text: instance("") + "\nvrrp_sync_group G { group { VI_2 } }", code: "not-defined",
            severity: .error),
        Case(
            text: instance("")
                + "\nvrrp_sync_group G { group { VI_1 } }\nvrrp_sync_group H { group { VI_1 } }",
            code: "several-groups", severity: .error),
        Case(
            text: script + instance("track_script {\nchk weight 3\n}")
                + "\nvrrp_sync_group G { group { VI_1 } }",
            code: "weight-in-group", severity: .warning),
        Case(
            text: instance("strict_mode on\nauthentication { auth_type PASS\nauth_pass 1 }"),
            code: "strict-mode", severity: .warning),
        Case(text: instance("strict_mode on"), code: "strict-no-accept", severity: .warning),
        Case(
            text: instance("unicast_fault_no_peer\nunicast_peer { }"), code: "no-unicast-peer",
            severity: .warning),
        Case(text: "track_file f { file rel/x }", code: "relative-path", severity: .error),
        Case(text: "vrrp_track_process p { quorum 1 }", code: "no-process", severity: .error),
        Case(text: "garp_group { garp_interval 1 }", code: "no-interface", severity: .error),
        Case(text: "interface_up_down_delays { eth0 300 }", code: "out-of-range", severity: .error),
        Case(text: instance("global_defs"), code: "unknown-keyword", severity: .warning),
    ]

    // RFC9568-5.2.4-02, RFC9568-5.2.9-03, RFC9568-6.1-01, RFC9568-6.1-03, RFC9568-9-01
    @Test(arguments: cases) func reported(_ one: Case) {
        let found = ConfigurationParser.parse(text: one.text).diagnostics
        #expect(
            found.contains { $0.code == one.code && $0.severity == one.severity },
            "\(found.map { "\($0.code) \($0.severity)" })")
    }

    @Test func theTypoOfTheTutorialIsShownWithItsPlaceAndASuggestion() throws {
        let text = "vrrp_instance VI_1 {\n\tauthentication {\n\t\tauto_type PASS\n\t}\n}\n"
        let parsed = ConfigurationParser.parse(text: text, name: "k.conf")
        let typo = try #require(parsed.diagnostics.first { $0.code == "unknown-keyword" })
        #expect(typo.location == SourceLocation(file: "k.conf", line: 3, column: 3))
        #expect(typo.severity == .warning)
        #expect(
            DiagnosticText(sources: parsed.sources).render(typo) == """
                k.conf:3:3: warning: unknown keyword 'auto_type' in authentication
                 3 |   auto_type PASS
                   |   ^^^^^^^^^
                   = hint: did you mean 'auth_type'?
                """)
    }

    @Test func theCaretStandsRightUnderWideCharacters() throws {
        let text = "global_defs {\n 主备 x\n}\n"
        let parsed = ConfigurationParser.parse(text: text, name: "k")
        let found = try #require(parsed.diagnostics.first { $0.code == "unknown-keyword" })
        let lines = DiagnosticText(sources: parsed.sources).render(found).split(separator: "\n")
        #expect(lines[2] == "   |  ^^^^")
    }

    @Test(arguments: [
        ("virtual_router_di", "virtual_router_id"), ("pirority", "priority"), ("interace", "interface"),
        ("virtual_ipadress", "virtual_ipaddress"),
    ])
    func suggestions(_ typo: String, _ meant: String) {
        let found = ConfigurationParser.parse(text: Self.instance("\(typo) 1")).diagnostics
        #expect(found.first { $0.code == "unknown-keyword" }?.hint == "did you mean '\(meant)'?")
    }

    @Test func includeIsSuggestedInEveryBlock() {
        for text in ["Include /x", "global_defs {\ninlcude /x\n}", Self.instance("includ /x")] {
            let found = ConfigurationParser.parse(text: text).diagnostics
            #expect(found.first { $0.code == "unknown-keyword" }?.hint == "did you mean 'include'?")
        }
    }

    /// A script whose command cannot be known does not run.
    @Test(arguments: ["\"/bin/true", "'/bin/true", "\"/bin/true 'x\"", "\"/bin/true c\\\"d\""])
    func aScriptWithAnOpenQuote(_ command: String) {
        let parsed = ConfigurationParser.parse(text: Self.instance("notify_master \(command)"))
        #expect(parsed.configuration.instances.first?.notify.master == nil)
        #expect(
            parsed.diagnostics.filter { $0.code == "unmatched-quote" }.count == 1, "\(parsed.diagnostics)")
    }

    /// One message for the brace, and what follows is read as if it were there.
    @Test func aMissingBraceIsSaid() {
        let text =
            "vrrp_instance A\n interface eth0\n virtual_router_id 5\n virtual_ipaddress { 10.0.0.1 }\n}\n"
        let found = ConfigurationParser.parse(text: text).diagnostics
        #expect(found.map(\.code) == ["missing-brace"], "\(found)")
        #expect(found.first?.location?.line == 1)
    }

    /// Only a line feed ends a line, for the reader and for what is shown.
    @Test func theLineThatIsShownIsTheOneThatIsMeant() throws {
        let text = "! a\u{0c}b\u{0b}c\rd\u{2028}e\n" + Self.instance("priority 300")
        let parsed = ConfigurationParser.parse(text: text, name: "k")
        let found = try #require(parsed.diagnostics.first { $0.code == "out-of-range" })
        #expect(DiagnosticText(sources: parsed.sources).render(found).contains("5 |     priority 300"))
    }

    @Test func mailThatWouldNeverBeSentIsSaid() {
        let text =
            "global_defs {\n notification_email { a@example.org }\n smtp_server 192.0.2.1\n}\n"
            + Self.instance("")
        let note = ConfigurationParser.parse(text: text).diagnostics.first { $0.code == "mail-not-sent" }
        #expect(note?.severity == .note)
        #expect(note?.hint == "add 'smtp_alert' to global_defs")
    }

    @Test func anInterfaceThatThisHostLacks() throws {
        let configuration = ConfigurationParser.parse(text: Self.instance("")).configuration
        let found = configuration.diagnostics(onHostWith: ["lo", "ens3"])
        #expect(found.map(\.code) == ["no-such-interface"])
        #expect(found.first?.hint == "this host has ens3, lo")
        #expect(CheckVerdict(found) == .missingInterface)
        #expect(configuration.diagnostics(onHostWith: ["eth0"]).isEmpty)
    }

    @Test func aFileThatCannotBeRead() {
        let parsed = ConfigurationParser.parse(path: "/nowhere", files: .none)
        #expect(CheckVerdict(parsed.diagnostics).exitStatus == 6)
        #expect(parsed.isFatal)
    }
}
