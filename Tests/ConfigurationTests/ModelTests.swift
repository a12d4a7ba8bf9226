// What a configuration means: defaults, inheritance, every option of a line; and that the printer says the
// same again.

import Configuration
import Election
import Testing
import Wire

@Suite struct ModelTests {
    static let full = """
        ! a comment
        global_defs {
            router_id LB_1 # another
            notification_email { ops@example.org
                "Night Shift <night@example.org>" }
            notification_email_from Alexandre.xxx(邮箱)
            smtp_server mail.example.org 2525
            smtp_connect_timeout 7
            smtp_helo_name lb1.example.org
            smtp_alert
            vrrp_garp_master_repeat 3
            vrrp_garp_master_refresh 60
            script_user nobody : nogroup
            enable_script_security
            vrrp_rt_priority 40
        }
        vrrp_instance "VI 1"
        {
            state BACKUP
            interface eth0
            virtual_router_id 51
            priority 150
            advert_int 2
            garp_master_delay 1
            preempt_delay 2.5
            authentication { auth_type PASS
                auth_pass se\\#cret }
            virtual_ipaddress {
                192.0.2.88/24 brd + dev eth1 scope link label eth1:vip
                192.0.2.89 no_track }
            virtual_ipaddress_excluded { 2001:db8::88 preferred_lft forever
                fe80::9/64 -nodad home }
            track_interface { eth1 weight -20
                eth2 }
            notify_master "/etc/m.sh 'a b' cd" nobody
            notify /etc/any.sh
            smtp_alert off
        }
        vrrp_instance six { version 3
            interface eth0
            virtual_router_id 51
            advert_int 0.25
            unicast_src_ip 2001:db8::1
            unicast_peer { 2001:db8::1
                2001:db8::2 min_ttl 250 max_ttl 255 }
            virtual_ipaddress { fe80::88 }
        }
        """

    private var parsed: ParsedConfiguration { ConfigurationParser.parse(text: Self.full) }

    @Test func globalDefinitions() {
        let global = parsed.configuration.global
        #expect(global.routerID == "LB_1")
        #expect(global.mail.recipients == ["ops@example.org", "Night Shift <night@example.org>"])
        #expect(global.mail.from == "Alexandre.xxx(邮箱)")
        #expect(global.mail.server == "mail.example.org")
        #expect(global.mail.port == 2525)
        #expect(global.mail.connectTimeout == .seconds(7))
        #expect(global.script.user == ScriptUser(user: "nobody", group: "nogroup"))
        #expect(global.script.isSecurityEnabled)
        #expect(global.scheduling.realtimePriority == 40)
    }

    @Test func instance() throws {
        let instance = try #require(parsed.configuration.instances.first)
        let router = instance.router
        #expect(instance.name == "VI 1")
        #expect(!router.wantsMaster && router.basePriority == 150 && router.version == .v2)
        #expect(router.advertisementInterval == .seconds(2))
        #expect(router.preemptDelay == .milliseconds(2500))
        #expect(router.announcement.masterDelay == .seconds(1))
        #expect(router.announcement.masterRepeat == 3)
        #expect(router.announcement.lowerPriorityRepeat == 3)
        #expect(router.announcement.refresh == .seconds(60))
        #expect(instance.authentication == Authentication(password: "se#cret"))
        #expect(router.trackers.map(\.name) == ["eth0", "eth1", "eth2"])
        #expect(router.trackers.map(\.weight) == [0, -20, 0])
        #expect(!instance.sendsMail)
        #expect(instance.notify.master?.words == ["/etc/m.sh", "a b", "cd"])
        #expect(instance.notify.master?.user == ScriptUser(user: "nobody"))
    }

    @Test func addresses() throws {
        let instance = try #require(parsed.configuration.instances.first)
        let first = instance.addresses[0]
        #expect(first.prefixLength == 24 && first.interface == "eth1" && first.scope == 253)
        #expect(first.broadcast == IPAddress("192.0.2.255"))
        #expect(first.label == "eth1:vip")
        #expect(instance.addresses[1].prefixLength == 32)
        #expect(!instance.addresses[1].isTracked)
        #expect(instance.excludedAddresses[0].preferredLifetimeSeconds == nil)
        #expect(instance.excludedAddresses[1].detectsDuplicates)
        #expect(instance.excludedAddresses[1].flags == 0x10)
    }

    @Test func unicastLeavesTheOwnAddressOut() throws {
        let six = try #require(parsed.configuration.instances.last)
        #expect(six.router.version == .v3 && six.router.family == .ipv6)
        #expect(six.router.advertisementInterval == .milliseconds(250))
        guard case .unicast(let peers, let source, _, let checksSource) = six.transport else {
            Issue.record("not unicast")
            return
        }
        #expect(peers == [UnicastPeer(address: Self.address("2001:db8::2"), ttlRange: 250...255)])
        #expect(source == Self.address("2001:db8::1"))
        #expect(checksSource)
        #expect(six.addresses[0].preferredLifetimeSeconds == 0)
    }

    private static func address(_ text: String) -> IPAddress { IPAddress(text) ?? .unspecified(.ipv6) }

    @Test("RFC9568-5.2.4-03, RFC9568-6.1-02, RFC9568-6.1-05: what is used without a word")
    func defaults() throws {
        let text = DiagnosticTests.instance("version 3")
        let router = try #require(ConfigurationParser.parse(text: text).configuration.instances.first).router
        #expect(router.basePriority == 100 && router.preempts)
        #expect(router.advertisementInterval == .seconds(1))
    }

    @Test(
        "RFC9568-6.1-05: no interval beyond the range of the field",
        arguments: [("0.01", 10), ("40.95", 40_950), ("40.96", 40_950), ("0.001", 1000), ("0", 1000)])
    func intervals(_ seconds: String, _ milliseconds: Int) {
        let text = DiagnosticTests.instance("version 3\nadvert_int \(seconds)")
        let interval = ConfigurationParser.parse(text: text).configuration.instances.first?.router
            .advertisementInterval
        #expect(interval == .milliseconds(milliseconds))
    }

    @Test func printedConfigurationMeansTheSame() {
        let once = ConfigurationPrinter.print(parsed.configuration, showsSecrets: true)
        let again = ConfigurationParser.parse(text: once)
        #expect(again.diagnostics.filter { $0.severity >= .warning }.isEmpty, "\(again.diagnostics)")
        #expect(ConfigurationPrinter.print(again.configuration, showsSecrets: true) == once)
        #expect(again.configuration.global == parsed.configuration.global)
        #expect(again.configuration.instances.map(\.router) == parsed.configuration.instances.map(\.router))
        #expect(
            again.configuration.instances.map(\.addresses) == parsed.configuration.instances.map(\.addresses))
        #expect(!ConfigurationPrinter.print(parsed.configuration).contains("se#cret"))
    }

    /// Words that are only words in quotes, wherever they stand.
    @Test(arguments: [
        "global_defs {\nvrrp_notify_fifo /run/x nobody \"'b!' c\"\n}",
        "global_defs {\nrouter_id \"a \u{301}b\"\n}", "global_defs {\nscript_user \"a b\" \"c#d\"\n}",
        "global_defs {\nnotification_email {\n\"@lb1\"\n}\nsmtp_server \"a b\"\n}",
        "global_defs {\ndefault_interface \"e#0\"\n}", "vrrp_track_process p {\nprocess 'a' \"b #c\"\n}",
        "vrrp_script s {\nscript \"/bin/true\"\nuser \"a!b\" \"c d\"\n}",
        DiagnosticTests.instance("notify /x \"a b\" 'c#\"'"),
        DiagnosticTests.instance("virtual_routes {\n10.0.0.0/8 dev \"e 1\"\n}"),
    ]) func wordsAreReadAsTheyWerePrinted(_ text: String) {
        let first = ConfigurationParser.parse(text: text).configuration
        let once = ConfigurationPrinter.print(first, showsSecrets: true)
        let second = ConfigurationParser.parse(text: once).configuration
        #expect(ConfigurationPrinter.print(second, showsSecrets: true) == once)
        #expect(second.global == first.global)
        #expect(second.processes.map(\.words) == first.processes.map(\.words))
        #expect(second.scripts.map(\.command) == first.scripts.map(\.command))
        #expect(second.instances.map(\.notify) == first.instances.map(\.notify))
        #expect(second.instances.map(\.routes) == first.instances.map(\.routes))
    }

    @Test func stateMasterWithoutPriorityIsTheOwner() {
        let text = DiagnosticTests.instance("state MASTER")
        #expect(
            ConfigurationParser.parse(text: text).configuration.instances.first?.router.basePriority == 255)
    }

    @Test(arguments: ["\r\n", "\n"]) func lineEnds(_ end: String) {
        let text = DiagnosticTests.instance("priority 77").replacing("\n", with: end)
        #expect(
            ConfigurationParser.parse(text: text).configuration.instances.first?.router.basePriority == 77)
        let marked = "\u{feff}" + text
        let parsed = ConfigurationParser.parse(text: marked)
        #expect(parsed.configuration.instances.count == 1)
        #expect(parsed.diagnostics.map(\.code) == ["byte-order-mark"])
    }
}
