// The keywords about notification and addresses, for EffectTests.

import Configuration
import Control
import Election
import Engine
import Testing
import Wire

extension EffectTests {
    static let notificationEffects: [Effect] = [
        Effect(keyword: "notify_master", instance: "notify_master /bin/a") {
            $0.runToDeadline()
            return $0.scripts == ["notify_master"]
        },
        Effect(keyword: "notify_backup", instance: "notify_backup /bin/a") {
            $0.scripts == ["notify_backup"]
        },
        Effect(keyword: "notify_fault", instance: "notify_fault /bin/a") {
            $0.engine.interfaceChanged(Interface(index: 2, name: "eth0", isUp: false, mac: .zero))
            return $0.scripts == ["notify_fault"]
        },
        Effect(keyword: "notify_stop", instance: "notify_stop /bin/a") {
            $0.engine.stop()
            return $0.scripts == ["notify_stop"]
        },
        Effect(keyword: "notify", instance: "notify /bin/a") { $0.scripts == ["notify"] },
        Effect(keyword: "notify_deleted", instance: "notify_deleted /bin/a") {
            $0.engine.reload(Configuration())
            return $0.scripts == ["notify_deleted"]
        },
        Effect(keyword: "notify_master_rx_lower_pri", instance: "notify_master_rx_lower_pri /bin/a") {
            $0.becomeMaster()
            $0.hear(priority: 1)
            return $0.scripts == ["notify_master_rx_lower_pri"]
        },
        Effect(keyword: "script_user", global: "script_user joe users", instance: "notify /bin/a") {
            $0.host.requests.contains {
                if case .run(let request) = $0 {
                    request.user == "joe" && request.group == "users"
                } else {
                    false
                }
            }
        },
        Effect(keyword: "enable_script_security", global: "enable_script_security", instance: "notify /bin/a")
        {
            $0.host.requests.contains {
                if case .run(let request) = $0 { request.requiresSecurity } else { false }
            }
        },
        Effect(keyword: "notify_fifo", global: "notify_fifo /run/x") {
            $0.events == ["INSTANCE \"VI_1\" BACKUP 100\n"]
        },
        Effect(keyword: "vrrp_notify_fifo", global: "vrrp_notify_fifo /run/x joe") {
            $0.host.requests.contains {
                if case .pipes(let pipes) = $0 {
                    pipes.first?.path == "/run/x" && pipes.first?.user == "joe"
                } else {
                    false
                }
            }
        },
        Effect(
            keyword: "vrrp_notify_fifo_script",
            global: "vrrp_notify_fifo /run/x\nvrrp_notify_fifo_script \"/bin/read it\""
        ) {
            $0.host.requests.contains {
                if case .pipes(let pipes) = $0 {
                    pipes.first?.readerWords == ["/bin/read", "it"]
                } else {
                    false
                }
            }
        },
        Effect(
            keyword: "fifo_write_vrrp_states_on_reload",
            global: "notify_fifo /run/x\nfifo_write_vrrp_states_on_reload"
        ) {
            $0.host.forget()
            $0.engine.reload($0.engine.currentConfiguration)
            return $0.events == ["INSTANCE \"VI_1\" BACKUP 100\n"]
        },
        Effect(
            keyword: "vrrp_notify_priority_changes",
            global: "notify_fifo /run/x\nvrrp_notify_priority_changes on",
            instance: "track_interface {\neth1 weight 20\n}"
        ) {
            $0.engine.interfaceChanged(Interface(index: 3, name: "eth1", isUp: false, mac: .zero))
            return $0.events.last == "INSTANCE \"VI_1\" BACKUP_PRIORITY 100\n"
        },
        mail("smtp_alert", "smtp_alert") {
            $0.first?.subject == "[lb1] VRRP Instance VI_1 - Entering BACKUP state"
        },
        mail("smtp_alert_vrrp", "smtp_alert_vrrp") { $0.count == 1 },
        mail("smtp_server", "smtp_alert") { $0.first?.server == "192.0.2.25" && $0.first?.port == 26 },
        mail("smtp_connect_timeout", "smtp_alert\nsmtp_connect_timeout 7") { $0.first?.timeoutSeconds == 7 },
        mail("smtp_helo_name", "smtp_alert\nsmtp_helo_name me") { $0.first?.heloName == "me" },
        mail("notification_email_from", "smtp_alert\nnotification_email_from a@b") {
            $0.first?.from == "a@b"
        },
        mail("notification_email", "smtp_alert") { $0.first?.recipients == ["ops@example.org"] },
        mail("router_id", "smtp_alert") { $0.first?.subject.hasPrefix("[lb1]") == true },
        Effect(
            keyword: "no_email_faults",
            global:
                "notification_email {\nops@example.org\n}\nsmtp_server 192.0.2.25\nsmtp_alert\nno_email_faults"
        ) {
            $0.host.forget()
            $0.engine.interfaceChanged(Interface(index: 2, name: "eth0", isUp: false, mac: .zero))
            return $0.mails.isEmpty
        },
    ]

    private static func mail(
        _ keyword: String, _ lines: String, _ isSeen: @escaping @Sendable ([MailRequest]) -> Bool
    ) -> Effect {
        Effect(
            keyword: keyword,
            global: "notification_email {\nops@example.org\n}\nsmtp_server 192.0.2.25 26\n\(lines)"
        ) { isSeen($0.mails) }
    }

    static let addressEffects: [Effect] = [
        Effect(keyword: "virtual_ipaddress") {
            $0.runToDeadline()
            return $0.host.programmed.first?.address == Stage.address("192.168.50.88")
        },
        Effect(keyword: "virtual_ipaddress_excluded", instance: "virtual_ipaddress_excluded {\nfe80::9/64\n}")
        {
            $0.runToDeadline()
            return $0.host.programmed.count == 2 && $0.packet[3] == 1
        },
        Effect(keyword: "no_virtual_ipaddress", instance: "no_virtual_ipaddress", addresses: "") {
            $0.runToDeadline()
            return $0.packet.count > 3 && $0.packet[3] == 0 && $0.host.programmed.isEmpty
        },
        Effect(keyword: "interface") { $0.host.listenPoints.first?.interfaceName == "eth0" },
        Effect(keyword: "virtual_routes", instance: "virtual_routes {\n10.0.0.0/8 via 192.168.50.1\n}") {
            $0.runToDeadline()
            return $0.host.routed.filter { $0.operation == .add }.count == 1
        },
        Effect(keyword: "virtual_rules", instance: "virtual_rules {\nfrom 10.0.0.0/8 table 9 preference 5\n}")
        {
            $0.runToDeadline()
            return $0.host.routed.filter { $0.operation == .add }.count == 1
        },
        Effect(keyword: "static_routes", global: "}\nstatic_routes {\nblackhole 10.0.0.0/8\n}\nglobal_defs {")
        {
            $0.host.routed.count == 1
        },
        Effect(
            keyword: "static_rules",
            global: "}\nstatic_rules {\nfrom 10.0.0.0/8 table 9 preference 5\n}\nglobal_defs {"
        ) { $0.host.routed.count == 1 },
        Effect(
            keyword: "static_ipaddress",
            global: "}\nstatic_ipaddress {\n10.0.0.1/8 dev eth1\n}\nglobal_defs {"
        ) {
            $0.host.programmed.map(\.interfaceIndex) == [3]
        },
        Effect(
            keyword: "default_interface",
            global: "default_interface eth1\n}\nstatic_ipaddress {\n10.0.0.1/8\n}\nglobal_defs {"
        ) { $0.host.programmed.map(\.interfaceIndex) == [3] },
        Effect(keyword: "no_accept", instance: "no_accept") {
            $0.runToDeadline()
            return $0.host.firewalls.last??.addresses == [Stage.address("192.168.50.88")]
        },
        Effect(keyword: "accept", instance: "no_accept\naccept") {
            $0.runToDeadline()
            return $0.host.firewalls.isEmpty
        },
        Effect(
            keyword: "nftables", global: "nftables tab\nnftables_priority 7\nnftables_counters",
            instance: "no_accept"
        ) {
            $0.runToDeadline()
            let request = $0.host.firewalls.last ?? nil
            return request?.table == "tab" && request?.priority == 7 && request?.countsPackets == true
        },
        Effect(keyword: "promote_secondaries", instance: "promote_secondaries") {
            $0.runToDeadline()
            return $0.host.parameters == ["net/ipv4/conf/eth0/promote_secondaries=1"]
        },
        Effect(keyword: "use_vmac", instance: "use_vmac") {
            $0.host.made.first?.name == "vrrp.51"
                && $0.host.made.first?.kind == .macvlan(MACAddress(vrid: 51, family: .ipv4))
        },
        Effect(keyword: "vmac_prefix", global: "vmac_prefix vip", instance: "use_vmac") {
            $0.host.made.first?.name == "vip.51"
        },
        Effect(keyword: "vmac_xmit_base", instance: "use_vmac\nvmac_xmit_base") {
            $0.runToDeadline()
            return $0.host.sent.last?.interfaceIndex == 2 && $0.host.programmed.last?.interfaceIndex == 101
        },
        Effect(
            keyword: "use_vmac_addr", instance: "use_vmac_addr",
            addresses: "192.168.50.88/24\n192.168.60.88/24 dev eth1"
        ) {
            $0.runToDeadline()
            return $0.host.made.map(\.name) == ["vrrp.51.3"] && $0.host.made.first?.parentIndex == 3
                && $0.host.programmed.map(\.interfaceIndex) == [2, 101]
        },
        Effect(
            keyword: "vmac_addr_prefix", global: "vmac_addr_prefix vip", instance: "use_vmac\nuse_vmac_addr",
            addresses: "192.168.50.88/24\n192.168.60.88/24 dev eth1"
        ) {
            $0.runToDeadline()
            return $0.host.made.map(\.name) == ["vrrp.51", "vip.51.3"]
                && $0.host.programmed.map(\.interfaceIndex) == [101, 102]
        },
        Effect(
            keyword: "track_group",
            global: """
                }
                track_group static {
                group VI_1
                }
                static_ipaddress {
                10.0.0.1/8 dev eth9 track_group static
                }
                global_defs {
                """
        ) { $0.engine.dataText().contains("State = FAULT") },
        Effect(keyword: "use_ipvlan", instance: "use_ipvlan ipv1 private") {
            $0.host.made.first?.kind == .ipvlan(mode: "private")
                && $0.engine.dataText().contains("State = FAULT")
        },
    ]
}
