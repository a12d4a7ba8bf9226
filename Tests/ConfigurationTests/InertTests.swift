// What is known but does not act: each value is checked like one that acts, nothing of it stops the daemon, each
// feature is said once, and a printed configuration still says all of it.

import Configuration
import Testing

@Suite struct InertTests {
    static let instance = DiagnosticTests.instance("")

    static func server(_ lines: String) -> String { "virtual_server 192.0.2.1 80 {\n\(lines)\n}" }
    static func realServer(_ lines: String) -> String {
        server("real_server 192.0.2.2 80 {\n\(lines)\n}")
    }
    static func checker(_ name: String, _ lines: String) -> String { realServer("\(name) {\n\(lines)\n}") }
    static func url(_ lines: String) -> String { checker("HTTP_GET", "url {\n\(lines)\n}") }
    static func global(_ lines: String) -> String { "global_defs {\n\(lines)\n}" }

    /// What is said of features, not of values.
    static let ofFeatures: Set<String> = [
        "not-served", "no-bfd", "no-snmp", "no-dbus", "no-lvs-sync", "without-effect",
    ]

    /// Codes about values.
    static func codes(_ text: String) -> [String] {
        ConfigurationParser.parse(text: text + "\n" + instance).diagnostics
            .map(\.code).filter { !ofFeatures.contains($0) }
    }

    @Test(arguments: [
        server(
            """
            ip_family inet
            retry 1
            delay_before_retry 0
            warmup 0.5
            connect_timeout 0.2
            delay_loop 6
            inhibit_on_failure
            lb_algo wrr
            lvs_sched mh
            hashed
            ops
            flag-1
            sh-fallback
            mh-port
            lb_kind NAT
            lvs_method TUN type gue port 6080 remcsum
            persistence_engine sip
            persistence_timeout
            persistence_granularity 255.255.255.0
            protocol tcp
            ha_suspend
            smtp_alert off
            virtualhost www.example.org
            snmp_name web
            alpha 1
            omega
            quorum 2
            hysteresis 0
            quorum_up "/etc/up.sh 'a b'" nobody
            quorum_down /etc/down.sh
            weight 20
            sorry_server 192.0.2.9
            sorry_server_inhibit
            sorry_server_lvs_method DR
            """),
        realServer(
            """
            weight 0
            lvs_method TUN type gre csum
            uthreshold 0
            lthreshold 10
            inhibit_on_failure on
            notify_up "/etc/up.sh a"
            notify_down /etc/down.sh
            alpha off
            retry 3
            smtp_alert
            """),
        checker(
            "TCP_CHECK",
            "connect_ip 192.0.2.3\nconnect_port 8080\nbindto 192.0.2.4\nbind_port 1024\nbind_if eth0\n"
                + "connect_timeout 3\nfwmark 0\nretry 0\ndelay_before_retry 3\nwarmup 0\ndelay_loop 2\nalpha\n"
                + "log_all_failures yes"),
        checker(
            "SSL_GET",
            "http_protocol 1.0c\nenable_sni\nsni_name a\nfast_recovery on\nvirtualhost b\nurl {\npath /\n"
                + "digest 640205b7b0fc66c1ea91c463fac6334d\nstatus_code 200-299 503\nregex \"a b\"\n"
                + "regex_no_match\nregex_options icase dotall\nregex_stack 10 20\n}"),
        checker("SMTP_CHECK", "helo_name a\nhost {\nconnect_ip 192.0.2.3\n}"),
        checker("DNS_CHECK", "type aaaa\nname example.org"),
        checker(
            "MISC_CHECK", "misc_path \"/bin/check 'a'\"\nmisc_timeout 5\nmisc_dynamic\nuser nobody nogroup"),
        checker("UDP_CHECK", "payload 0a0b\nrequire_reply\nmin_reply_length 0\nmax_reply_length 65535"),
        checker("FILE_CHECK", "track_file f\nweight -2147483647 reverse"),
        checker("BFD_CHECK", "name b\nalpha"), checker("PING_CHECK", "retry 1"),
        "virtual_server fwmark 0 {\n}", "virtual_server group g {\n}", "virtual_server 2001:db8::1 0 {\n}",
        "virtual_server_group g {\n192.0.2.1\n192.0.2.1-5 80\n192.0.2.0/24 0\n192.0.2.1-192.0.2.9 80\n"
            + "2001:db8::1-f\n2001:db8::/64 443\nfwmark 5\nfwmark 6 inet6\n}",
        "SSL {\npassword x\nca /a\ncertificate /b\nkey /c\n}",
        "bfd_instance b {\nneighbor_ip 192.0.2.2\nsource_ip 192.0.2.1\nmin_rx 10.5\nmin_tx 1\nidle_tx 1000\n"
            + "multiplier 5\npassive\nttl 255\nmax_hops -1\nweight -253 reverse\nvrrp\nchecker\n}",
        global(
            "lvs_timeouts tcp 3600 udp 0\nlvs_sync_daemon eth0 VI_1 id 5 maxlen 1400 group 224.0.0.81\n"
                + "lvs_flush\nlvs_flush_on_stop VS\nchecker_rt_priority 50\nbfd_cpu_affinity 0 1\n"
                + "checker_log_all_failures on\nsnmp_socket udp:localhost:705\nenable_traps\n"
                + "dbus_service_name org.example\nprocess_monitor_rcv_bufs 65536\n"
                + "min_auto_priority_delay 10000000\nmax_auto_priority -1"),
        DiagnosticTests.instance("track_bfd {\nb weight -20 reverse\nc\n}\ndebug 4\nnative_ipv6")
            .replacing("VI_1", with: "VI_2").replacing("51", with: "52"),
    ])
    func right(_ text: String) { #expect(Self.codes(text) == []) }

    struct Wrong: Sendable, CustomTestStringConvertible {
        let text: String
        let codes: [String]
        init(_ text: String, _ codes: String...) {
            self.text = text
            self.codes = codes
        }
        var testDescription: String { text.replacing("\n", with: " ") }
    }

    static let wrong: [Wrong] = [
        Wrong(server("retry 0"), "out-of-range"), Wrong(server("retry"), "missing-argument"),
        Wrong(server("retry x"), "not-a-number"), Wrong(server("retry 1 2"), "extra-argument"),
        Wrong(server("delay_loop 0"), "out-of-range"), Wrong(server("connect_timeout 5000"), "out-of-range"),
        Wrong(server("lb_algo rrr"), "unknown-value"), Wrong(server("lb_kind nat"), "unknown-value"),
        Wrong(server("lb_kind TUN type x"), "unknown-value"),
        Wrong(server("lb_kind TUN y"), "unknown-option"),
        Wrong(server("lb_kind TUN type gue port"), "missing-argument"),
        Wrong(server("lb_kind TUN type gue port 0"), "out-of-range"),
        Wrong(server("protocol ICMP"), "unknown-value"),
        Wrong(server("persistence_timeout 0"), "out-of-range"),
        Wrong(server("persistence_granularity x"), "bad-address"),
        Wrong(server("weight 0"), "out-of-range"), Wrong(server("smtp_alert maybe"), "not-a-boolean"),
        Wrong(server("sorry_server 192.0.2.x"), "bad-address"),
        Wrong(server("sorry_server 192.0.2.1 99999"), "out-of-range"),
        Wrong(server("quorum_up"), "missing-argument"), Wrong(server("ip_family 4"), "unknown-value"),
        Wrong(server("nat_mask 255.255.255.0"), "unknown-keyword"),
        Wrong(server("lthreshold 1"), "unknown-keyword"),
        Wrong(server("real_server 192.0.2 80 {\n}"), "bad-address"),
        Wrong(realServer("weight -1"), "out-of-range"), Wrong(realServer("alpha 1"), "not-a-boolean"),
        Wrong(realServer("quorum 1"), "unknown-keyword"),
        Wrong(checker("TCP_CHECK", "connect_port 0"), "out-of-range"),
        Wrong(checker("TCP_CHECK", "nb_get_retry 3"), "unknown-keyword"),
        Wrong(checker("HTTP_GET", "nb_get_retry 3"), "deprecated"),
        Wrong(checker("HTTP_GET", "http_protocol 2"), "unknown-value"),
        Wrong(checker("DNS_CHECK", "type PTR"), "unknown-value"),
        Wrong(checker("MISC_CHECK", "misc_timeout 5000"), "out-of-range"),
        Wrong(checker("MISC_CHECK", "connect_ip 192.0.2.1"), "unknown-keyword"),
        Wrong(checker("UDP_CHECK", "max_reply_length 65536"), "out-of-range"),
        Wrong(checker("FILE_CHECK", "weight 20 back"), "unknown-option"),
        Wrong(checker("FILE_CHECK", "dynamic"), "unknown-keyword"),
        Wrong(url("status_code 99"), "out-of-range"), Wrong(url("status_code 300-200"), "out-of-range"),
        Wrong(url("digest abc"), "bad-digest"), Wrong(url("retry 1"), "unknown-keyword"),
        Wrong("virtual_server {\n}", "missing-argument"),
        Wrong("virtual_server 1.2.3.x 80 {\n}", "bad-address"),
        Wrong("virtual_server fwmark x {\n}", "not-a-number"),
        Wrong("virtual_server group {\n}", "missing-argument"),
        Wrong("virtual_server_group {\n}", "missing-argument"),
        Wrong("virtual_server_group g {\nhost 80\n}", "bad-address"),
        Wrong("virtual_server_group g {\n192.0.2.9-3 80\n}", "bad-address"),
        Wrong("virtual_server_group g {\n192.0.2.0/33\n}", "bad-address"),
        Wrong("virtual_server_group g {\nfwmark 1 ip\n}", "unknown-value"),
        Wrong("SSL {\ncert /x\n}", "unknown-keyword"),
        Wrong("bfd_instance \(String(repeating: "b", count: 32)) {\n}", "name-too-long"),
        Wrong("bfd_instance b {\nidle_tx 999.9\n}", "out-of-range"),
        Wrong("bfd_instance b {\nmin_rx soon\n}", "not-a-number"),
        Wrong("bfd_instance b {\nmultiplier 256\n}", "out-of-range"),
        Wrong("bfd_instance b {\nneighbor_ip x\n}", "bad-address"),
        Wrong("bfd_instance b {\nmin_xr 10\n}", "unknown-keyword"),
        Wrong(global("lvs_timeouts sctp 5"), "unknown-option", "unknown-option"),
        Wrong(global("lvs_timeouts"), "missing-argument"),
        Wrong(global("lvs_sync_daemon eth0 VI_1 id 256"), "out-of-range"),
        Wrong(global("lvs_flush_onstop x"), "deprecated", "unknown-value"),
        Wrong(global("enable_snmp_keepalived"), "deprecated"),
        Wrong(global("checker_priority 20"), "out-of-range"),
        Wrong(global("checker_cpu_affinity 0 x"), "not-a-number"),
        Wrong(global("lvs_netlink_cmd_rcv_bufs_force 1"), "not-a-boolean"),
        Wrong(
            DiagnosticTests.instance("debug 5").replacing("VI_1", with: "V").replacing("51", with: "52"),
            "out-of-range"),
        Wrong(
            DiagnosticTests.instance("track_bfd {\nb weight 300\n}").replacing("VI_1", with: "V")
                .replacing("51", with: "52"), "out-of-range"),
    ]

    @Test(arguments: wrong) func reported(_ one: Wrong) {
        #expect(Self.codes(one.text) == one.codes)
        let parsed = ConfigurationParser.parse(text: one.text + "\n" + Self.instance)
        #expect(!parsed.isFatal)
        #expect(parsed.configuration.instances.contains { $0.name == "VI_1" })
    }

    @Test func aTypoInACheckerGetsASuggestionFromThatBlock() {
        let found = ConfigurationParser.parse(text: Self.checker("TCP_CHECK", "connetc_port 80")).diagnostics
        #expect(found.first { $0.code == "unknown-keyword" }?.hint == "did you mean 'connect_port'?")
        let old = ConfigurationParser.parse(text: Self.checker("TCP_CHECK", "nb_get_retry 3")).diagnostics
        #expect(old.first { $0.code == "unknown-keyword" }?.hint == "write 'retry'")
    }

    @Test(arguments: [
        ("virtual_server 192.0.2.1 80 {\n}\n\(server("weight 1"))", "not-served", Diagnostic.Severity.error),
        (global("enable_snmp_vrrp\nenable_traps\nsnmp_socket x"), "no-snmp", .warning),
        (global("enable_dbus\ndbus_service_name a.b"), "no-dbus", .warning),
        ("bfd_instance a {\n}\nbfd_instance b {\n}", "no-bfd", .warning),
        (
            "bfd_instance a {\n}\n"
                + DiagnosticTests.instance("track_bfd {\na\n}").replacing("VI_1", with: "V")
                .replacing("51", with: "52"), "no-bfd", .error
        ),
        (global("checker_rt_priority 5\nlvs_flush\nbfd_no_swap"), "without-effect", .note),
    ])
    func oncePerFeature(_ text: String, _ code: String, _ severity: Diagnostic.Severity) {
        let found = ConfigurationParser.parse(text: text + "\n" + Self.instance).diagnostics
        #expect(found.map(\.code) == [code])
        #expect(found.map(\.severity) == [severity])
    }

    @Test func virtualServersAreCountedAtTheFirst() {
        let text = Self.instance + "\n" + Self.server("") + "\n" + Self.server("")
        let found = ConfigurationParser.parse(text: text, name: "k").diagnostics
        #expect(found.map(\.location?.line) == [7])
        #expect(
            found.first?.message
                == "virtual_server: this release has no load balancing (LVS): 2 virtual servers of this file are not"
                + " served")
    }

    @Test(arguments: ["virtual_server_group g {\n192.0.2.1 80\n}", "SSL {\nca /x\n}"])
    func alone(_ text: String) {
        #expect(ConfigurationParser.parse(text: text + "\n" + Self.instance).diagnostics == [])
    }
}
