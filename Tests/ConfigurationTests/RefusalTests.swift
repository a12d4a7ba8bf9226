// What keepalived 2.2.7 drops with an error is dropped here with an error at that word, and what it accepts is
// accepted.

import Configuration
import Election
import Testing
import Wire

@Suite struct RefusalTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let text: String
        let code: String
        let line: Int
        let column: Int
        let severity: Diagnostic.Severity

        init(
            _ text: String, _ code: String, at line: Int, _ column: Int,
            _ severity: Diagnostic.Severity = .error
        ) {
            self.text = text
            self.code = code
            self.line = line
            self.column = column
            self.severity = severity
        }

        var testDescription: String { text.replacing("\n", with: "; ") }
    }

    /// Lines of an instance with an IPv4 address; the first of them is line 5.
    private static func instance(_ lines: String) -> String {
        """
        vrrp_instance A {
        interface eth0
        virtual_router_id 5
        virtual_ipaddress { 10.0.0.5/24 }
        \(lines)
        }
        """
    }

    static let inInstances = [
        Case("unicast_src_ip ::1", "address-family", at: 5, 16),
        Case("mcast_src_ip fe80::1", "address-family", at: 5, 14),
        Case("mcast_dst_ip ff02::99", "address-family", at: 5, 14),
        Case("unicast_peer {\n10.0.0.2\nfd00::2\n}", "peer-family", at: 7, 1),
        Case("unicast_peer {\n10.0.0.2 min_ttl 200 max_ttl 100\n}", "out-of-range", at: 6, 1),
        Case("unicast_peer 10.0.0.2", "extra-argument", at: 5, 14),
        Case("unicast_ttl 200", "no-unicast-peer", at: 5, 1),
        Case("check_unicast_src", "no-unicast-peer", at: 5, 1, .warning),
        Case("mcast_dst_ip 224.0.0.99\nunicast_peer { 10.0.0.2 }", "group-with-unicast", at: 5, 14),
        Case("notify /a\nnotify /b", "already-specified", at: 6, 1),
        Case("notify_deleted\nnotify_deleted /b", "already-specified", at: 6, 1),
        Case("state MASTER\npreempt_delay 5", "preempt-delay-unused", at: 6, 1, .warning),
        Case("preempt_delay 5\npriority 255", "preempt-delay-unused", at: 5, 1, .warning),
        Case("nopreempt\npreempt_delay 5", "preempt-delay-unused", at: 6, 1, .warning),
        Case("authentication {\nauth_type PASS\nauth_pass \"\"\n}", "no-password", at: 7, 11),
        Case("use_vmac v0 foo", "already-specified", at: 5, 13),
        Case("use_vmac v0 01:00:5e:00:00:01", "bad-mac", at: 5, 13),
        Case("vmac_xmit_base", "no-vmac", at: 5, 1),
        Case("garp_master_repeat 0", "out-of-range", at: 5, 20),
        Case("garp_master_repeat 100000", "burst-too-large", at: 5, 20, .warning),
        Case("garp_master_refresh_repeat 0", "out-of-range", at: 5, 28),
        Case("garp_master_delay 4295", "out-of-range", at: 5, 19),
        Case("garp_extra_if", "missing-argument", at: 5, 1),
        Case("kernel_rx_buf_size", "missing-argument", at: 5, 1),
        Case("nopreempt false", "extra-argument", at: 5, 11, .warning),
        Case("accept no", "extra-argument", at: 5, 8, .warning),
        Case("dont_track_primary no", "extra-argument", at: 5, 20, .warning),
    ]

    static let inAddresses = [
        Case("10.0.0.9/24 brd fe80::1", "bad-broadcast", at: 5, 17),
        Case("10.0.0.9/24 brd foo", "bad-broadcast", at: 5, 17),
        Case("fd00::9/64 brd +", "bad-broadcast", at: 5, 16),
        Case("10.0.0.9/31 brd +", "bad-broadcast", at: 5, 17),
        Case("10.0.0.9/24 peer fe80::1", "bad-peer", at: 5, 18),
        Case("10.0.0.9 peer 10.0.0.10/24", "bad-peer", at: 5, 15),
        Case("10.0.0.9/24 peer 10.0.0.10", "length-with-peer", at: 5, 1),
        Case("10.0.0.9 peer 10.0.0.10 peer 10.0.0.11", "already-specified", at: 5, 30),
        Case("10.0.0.9/24 dev eth1 dev eth0", "already-specified", at: 5, 22),
        Case("10.0.0.9/24 label a234567890123456", "bad-label", at: 5, 19),
        Case("10.0.0.9/24 track_group G", "unknown-option", at: 5, 13),
    ]

    static let inRoot = [
        Case("global_defs {\nrouter_id\n}", "missing-argument", at: 2, 1),
        Case("global_defs {\ndefault_interface\n}", "missing-argument", at: 2, 1),
        Case("global_defs {\nvrrp_garp_extra_if all\n}", "missing-argument", at: 2, 1),
        Case("global_defs {\nnotify_fifo\n}", "missing-argument", at: 2, 1),
        Case("global_defs {\nstartup_script\n}", "missing-argument", at: 2, 1),
        Case("global_defs {\nsmtp_helo_name\n}", "missing-argument", at: 2, 1, .warning),
        Case("global_defs {\nvrrp_garp_extra_if 0\n}", "out-of-range", at: 2, 20),
        Case("global_defs {\nsmtp_server 192.0.2.1:25\n}", "bad-address", at: 2, 13),
        Case("global_defs {\nsmtp_server [::1]:25\n}", "bad-address", at: 2, 13),
        Case("global_defs {\nnotify_fifo /a\nnotify_fifo /b\n}", "already-specified", at: 3, 1),
        Case("global_defs {\nstartup_script /a\nstartup_script /b\n}", "already-specified", at: 3, 1),
        Case("global_defs {\nenable_script_security no\n}", "extra-argument", at: 2, 24, .warning),
        Case("vrrp_script s {\nscript\n}", "no-script", at: 1, 13),
        Case("static_ipaddress {\n10.0.0.1 track_group G\n}", "not-defined", at: 2, 22),
    ]

    private static func expect(_ one: Case, in text: String) {
        let found = ConfigurationParser.parse(text: text, name: "k").diagnostics
        let isThere = found.contains {
            $0.code == one.code && $0.severity == one.severity
                && $0.location == SourceLocation(file: "k", line: one.line, column: one.column)
        }
        #expect(isThere, "\(found.map(DiagnosticText.line))")
    }

    @Test(arguments: inInstances) func saidInAnInstance(_ one: Case) {
        Self.expect(one, in: Self.instance(one.text))
    }

    @Test(arguments: inAddresses) func saidOfAnAddress(_ one: Case) {
        let head = "vrrp_instance A {\ninterface eth0\nvirtual_router_id 5\nvirtual_ipaddress {\n"
        Self.expect(one, in: head + one.text + "\n}\n}")
    }

    @Test(arguments: inRoot) func saidOutsideOfInstances(_ one: Case) { Self.expect(one, in: one.text) }

    @Test(arguments: [
        ("virtual_router_id 0", ["no-vrid"]), ("interface lo\nvirtual_router_id 5", ["loopback-interface"]),
        ("interface eth0\nvirtual_router_id 5\nvirtual_ipaddress { 10.0.0.300 }", ["bad-address"]),
    ]) func oneCauseHasOneMessage(_ lines: String, _ codes: [String]) {
        let found = ConfigurationParser.parse(text: "vrrp_instance A {\n\(lines)\n}").diagnostics
        #expect(found.filter { $0.severity == .fatal }.map(\.code) == codes)
        #expect(!found.contains { $0.code == "no-address" })
    }

    @Test func anUnusableDefinitionIsReportedOnce() {
        let text = "track_file f {\nfile rel\n}\n" + Self.instance("track_file {\nf\n}")
        #expect(ConfigurationParser.parse(text: text).diagnostics.map(\.code) == ["relative-path"])
    }

    // MARK: What the model holds

    private static func parsed(_ lines: String) throws -> InstanceConfiguration {
        try #require(ConfigurationParser.parse(text: instance(lines)).configuration.instances.first)
    }

    @Test func theFirstScriptCounts() throws {
        let lines = ["notify", "notify_master", "notify_backup", "notify_fault", "notify_stop"]
        let notify = try Self.parsed(lines.map { "\($0) /a\n\($0) /b" }.joined(separator: "\n")).notify
        let all = [notify.generic, notify.master, notify.backup, notify.fault, notify.stop]
        #expect(all.allSatisfy { $0?.words == ["/a"] })
        let group =
            Self.instance("") + "\nvrrp_sync_group G {\ngroup { A }\nnotify_master /a\nnotify_master /b\n}"
        let read = ConfigurationParser.parse(text: group)
        #expect(read.configuration.groups.first?.notify.master?.words == ["/a"])
        #expect(read.diagnostics.contains { $0.code == "already-specified" })
    }

    @Test func addressesOfTheOtherFamilyAreNotUsed() throws {
        let unicast = try Self.parsed("unicast_src_ip ::1\nunicast_peer {\n10.0.0.2\nfd00::2\n}").transport
        #expect(unicast.source == nil)
        #expect(unicast.destinations == [IPAddress("10.0.0.2")])
        let multicast = try Self.parsed("mcast_src_ip fe80::1\nmcast_dst_ip ff02::99").transport
        #expect(multicast == .multicast(group: GlobalDefinitions().multicastGroup4, source: nil))
        let peer = try Self.parsed("unicast_peer {\n10.0.0.2 min_ttl 200 max_ttl 100\n}").transport
        #expect(peer.peer(try #require(IPAddress("10.0.0.2")))?.ttlRange == nil)
    }

    @Test(arguments: ["state MASTER", "nopreempt", "priority 255"])
    func aDelayThatCannotActIsNotHeld(_ line: String) throws {
        #expect(try Self.parsed("preempt_delay 5\n\(line)").router.preemptDelay == .zero)
        #expect(try Self.parsed("preempt_delay 5").router.preemptDelay == .seconds(5))
    }

    @Test(arguments: [
        ("10.0.0.9/24 brd fe80::1", []), ("10.0.0.9/24 dev eth1 dev eth0", []),
        ("10.0.0.9/24 label a234567890123456", []), ("10.0.0.9/31 brd +", ["10.0.0.9/31"]),
        ("10.0.0.9/24 peer fe80::1", ["10.0.0.9/24"]),
        ("10.0.0.9/24 peer 10.0.0.10", ["10.0.0.9/32 peer 10.0.0.10"]),
        ("10.0.0.9/24 track_group G", ["10.0.0.9/24"]),
    ]) func anAddressIsLeftOutOrItsOption(_ line: String, _ kept: [String]) throws {
        let addresses = try Self.parsed("virtual_ipaddress_excluded {\n\(line)\n}").excludedAddresses
        let texts = addresses.map { address in
            "\(address.address)/\(address.prefixLength)" + (address.peer.map { " peer \($0)" } ?? "")
        }
        #expect(texts == kept)
    }

    @Test func anEmptyPasswordIsNone() throws {
        let block = "authentication {\nauth_type PASS\nauth_pass \"\"\n}"
        #expect(try Self.parsed(block).authentication == .none)
    }

    @Test func aNameOfAnInterfaceIsUsedOnce() {
        let text = Self.instance("use_vmac v0")
        let second = text.replacing("instance A", with: "instance B").replacing("_id 5", with: "_id 6")
        let read = ConfigurationParser.parse(text: text + "\n" + second)
        #expect(read.diagnostics.map(\.code) == ["duplicate-name"])
        #expect(read.diagnostics.first?.location?.line == 11)
        #expect(read.configuration.instances.map(\.virtualInterface?.name) == ["v0", "vrrp.6"])
    }

    @Test func aUsualNameThatIsTakenGetsANumber() {
        func instance(_ name: String, _ interface: String, _ vmac: String) -> String {
            """
            vrrp_instance \(name) {
            interface \(interface)
            virtual_router_id \(name == "B" ? 2 : 1)
            use_vmac \(vmac)
            virtual_ipaddress { 10.0.0.5 }
            }

            """
        }
        let text = instance("A", "eth0", "") + instance("B", "eth0", "vrrp.1") + instance("C", "eth1", "")
        let read = ConfigurationParser.parse(text: text)
        #expect(read.diagnostics.isEmpty, "\(read.diagnostics)")
        let names = read.configuration.instances.map(\.virtualInterface?.name)
        #expect(names == ["vrrp1.1", "vrrp.1", "vrrp2.1"])
    }

    @Test func noAnnouncementsDespiteTheDefault() {
        let text = "global_defs {\nvrrp_garp_extra_if 5\n}\n"
        let read = ConfigurationParser.parse(text: text + Self.instance("garp_extra_if 0"))
        #expect(read.diagnostics.isEmpty)
        #expect(read.configuration.instances.first?.extraAnnouncement == nil)
    }

    @Test func aLineWithoutValueChangesNothing() {
        let text = "global_defs {\nrouter_id a\nrouter_id\ndefault_interface eth7\ndefault_interface\n}"
        let global = ConfigurationParser.parse(text: text).configuration.global
        #expect(global.routerID == "a" && global.defaultInterface == "eth7")
    }

    @Test(arguments: [
        ("\"my app\"", ["my app"]), ("my app", ["my", "app"]),
        ("\"my app\" -x 'a b'", ["my app", "-x", "a b"]),
    ]) func aProcessIsNamedByItsFirstWord(_ text: String, _ words: [String]) throws {
        let read = ConfigurationParser.parse(text: "vrrp_track_process p {\nprocess \(text)\n}").configuration
        #expect(read.processes.first?.words == words)
        let again = ConfigurationParser.parse(text: ConfigurationPrinter.print(read)).configuration
        #expect(again.processes.first?.words == words)
    }
}
