// Each keyword's effect, seen from outside: the packets, addresses, announcements and requests that follow from it.
// docs/keyword-tests.md says which test shows which keyword.

import Configuration
import Control
import Election
import Engine
import Testing
import Wire

/// A keyword on a stage, and what must be seen.
struct Effect: Sendable, CustomTestStringConvertible {
    let keyword: String
    var global = ""
    var instance = ""
    var addresses = "192.168.50.88/24"
    /// What the instance says where the keyword is missing.
    var baseline = ""
    let isSeen: @Sendable (Stage) -> Bool
    var testDescription: String { keyword }

    var text: String {
        """
        global_defs {
        router_id lb1
        \(global)
        }
        vrrp_instance VI_1 {
        interface eth0
        virtual_router_id 51
        virtual_ipaddress {
        \(addresses)
        }
        \(instance)
        }
        """
    }
}

extension Stage {
    /// Octets of the last advertisement.
    var packet: [UInt8] { host.sent.last?.message ?? [] }
    /// What the runner was asked to run, by label.
    var scripts: [String] {
        host.requests.compactMap { if case .run(let request) = $0 { request.label } else { nil } }
    }
    var mails: [MailRequest] {
        host.requests.compactMap { if case .mail(let request) = $0 { request } else { nil } }
    }
    var events: [String] {
        host.requests.compactMap { if case .event(_, let line) = $0 { line } else { nil } }
    }
    /// Time until the engine wants to act, in milliseconds.
    var wait: Int64 { ((engine.nextDeadline ?? host.now) - host.now).nanoseconds / 1_000_000 }
}

@Suite struct EffectTests {
    static let effects: [Effect] =
        protocolEffects + announcementEffects + notificationEffects + addressEffects

    static let protocolEffects: [Effect] = [
        Effect(keyword: "priority", instance: "priority 77") {
            $0.becomeMaster()
            $0.runToDeadline()
            return $0.packet[2] == 77
        },
        Effect(keyword: "state", instance: "state MASTER\npriority 150") { $0.wait < 2000 },
        Effect(keyword: "virtual_router_id") {
            $0.runToDeadline()
            return $0.packet[1] == 51
        },
        Effect(keyword: "version", instance: "version 3") {
            $0.runToDeadline()
            return $0.packet[0] == 0x31
        },
        Effect(keyword: "vrrp_version", global: "vrrp_version 3") {
            $0.runToDeadline()
            return $0.packet[0] == 0x31
        },
        Effect(keyword: "log_unknown_vrids", global: "log_unknown_vrids") {
            $0.hear(priority: 100, vrid: 77)
            return $0.host.lines.contains { $0.contains("advertises VRID 77 on eth0") }
        },
        Effect(keyword: "advert_int", instance: "advert_int 3") {
            $0.becomeMaster()
            return $0.wait == 3000
        },
        Effect(keyword: "down_timer_adverts", instance: "down_timer_adverts 7") { $0.wait > 7000 },
        Effect(keyword: "vrrp_down_timer_adverts", global: "vrrp_down_timer_adverts 7") { $0.wait > 7000 },
        Effect(keyword: "vrrp_startup_delay", global: "vrrp_startup_delay 9") { $0.wait == 9000 },
        Effect(keyword: "nopreempt", instance: "nopreempt") {
            for _ in 0..<5 {
                $0.hear(priority: 1)
                $0.run(.seconds(2))
            }
            return !$0.isMaster
        },
        Effect(keyword: "preempt", instance: "nopreempt\npreempt") {
            $0.hear(priority: 1)
            $0.runToDeadline()
            return $0.isMaster
        },
        Effect(keyword: "preempt_delay", instance: "preempt_delay 30") {
            $0.host.now = $0.host.now + .seconds(1)
            $0.hear(priority: 1)
            return $0.wait > 3500
        },
        Effect(keyword: "lower_prio_no_advert", instance: "lower_prio_no_advert") {
            $0.becomeMaster()
            $0.hear(priority: 1)
            return $0.host.sent.isEmpty
        },
        Effect(keyword: "vrrp_lower_prio_no_advert", global: "vrrp_lower_prio_no_advert") {
            $0.becomeMaster()
            $0.hear(priority: 1)
            return $0.host.sent.isEmpty
        },
        Effect(
            keyword: "higher_prio_send_advert",
            instance: "handover break_before_make\nhigher_prio_send_advert",
            baseline: "handover break_before_make"
        ) {
            $0.becomeMaster()
            $0.hear(priority: 200)
            return $0.host.sent.count == 1
        },
        Effect(
            keyword: "vrrp_higher_prio_send_advert", global: "vrrp_higher_prio_send_advert",
            instance: "handover break_before_make", baseline: "handover break_before_make"
        ) {
            $0.becomeMaster()
            $0.hear(priority: 200)
            return $0.host.sent.count == 1
        },
        Effect(keyword: "handover", instance: "handover break_before_make") {
            $0.becomeMaster()
            $0.engine.stop()
            return $0.engine.isReleased
        },
        Effect(keyword: "vip_lease", instance: "vip_lease 7") {
            $0.runToDeadline()
            return $0.host.programmed.map(\.validLifetimeSeconds) == [7]
        },
        Effect(keyword: "owner_ignore_adverts", instance: "priority 255\nowner_ignore_adverts") {
            $0.hear(priority: 255, from: Stage.address("192.168.50.200"))
            return $0.isMaster
        },
        Effect(
            keyword: "vrrp_owner_ignore_adverts", global: "vrrp_owner_ignore_adverts",
            instance: "priority 255"
        ) {
            $0.hear(priority: 255, from: Stage.address("192.168.50.200"))
            return $0.isMaster
        },
        Effect(keyword: "vrrp_mcast_group4", global: "vrrp_mcast_group4 224.0.0.99") {
            $0.runToDeadline()
            return $0.host.sent.last?.destination == Stage.address("224.0.0.99")
        },
        Effect(keyword: "vrrp_mcast_group6", global: "vrrp_mcast_group6 ff02::99", addresses: "fe80::88/64") {
            $0.runToDeadline()
            return $0.host.sent.last?.destination == Stage.address("ff02::99")
        },
        Effect(keyword: "mcast_dst_ip", instance: "mcast_dst_ip 224.0.0.98") {
            $0.runToDeadline()
            return $0.host.listenPoints.first?.group == Stage.address("224.0.0.98")
        },
        Effect(keyword: "mcast_src_ip", instance: "mcast_src_ip 192.168.50.133") {
            $0.runToDeadline()
            return $0.host.sent.last?.source == Stage.own
        },
        Effect(keyword: "track_src_ip", instance: "mcast_src_ip 192.168.50.7\ntrack_src_ip") {
            $0.engine.dataText().contains("State = FAULT")
        },
        Effect(keyword: "unicast_peer", instance: "unicast_peer {\n192.168.50.134\n}") {
            $0.runToDeadline()
            return $0.host.sent.last?.destination == Stage.peer
        },
        Effect(
            keyword: "unicast_src_ip",
            instance: "unicast_src_ip 192.168.50.133\nunicast_peer {\n192.168.50.134\n}"
        ) {
            $0.runToDeadline()
            return $0.host.sent.last?.source == Stage.own
        },
        Effect(keyword: "unicast_ttl", instance: "unicast_ttl 9\nunicast_peer {\n192.168.50.134\n}") {
            $0.runToDeadline()
            return $0.host.sent.last?.ttl == 9
        },
        Effect(
            keyword: "check_unicast_src", instance: "check_unicast_src\nunicast_peer {\n192.168.50.134\n}",
            baseline: "unicast_peer {\n192.168.50.134\n}"
        ) {
            $0.becomeMaster()
            for _ in 1...2 { $0.hear(priority: 200, from: Stage.address("192.168.50.99"), to: Stage.own) }
            $0.run(.milliseconds(30))
            return $0.isMaster
        },
        Effect(
            keyword: "vrrp_check_unicast_src", global: "vrrp_check_unicast_src",
            instance: "unicast_peer {\n192.168.50.134\n}", baseline: "unicast_peer {\n192.168.50.134\n}"
        ) {
            $0.becomeMaster()
            for _ in 1...2 { $0.hear(priority: 200, from: Stage.address("192.168.50.99"), to: Stage.own) }
            $0.run(.milliseconds(30))
            return $0.isMaster
        },
        Effect(keyword: "unicast_fault_no_peer", instance: "unicast_fault_no_peer\nunicast_peer {\n}") {
            $0.engine.dataText().contains("State = FAULT")
        },
        Effect(keyword: "v3_checksum_as_v2", instance: "version 3\nv3_checksum_as_v2", baseline: "version 3")
        {
            $0.runToDeadline()
            var sum = 0
            for index in stride(from: 0, to: $0.packet.count, by: 2) {
                sum += Int($0.packet[index]) << 8 + Int($0.packet[index + 1])
            }
            return (sum & 0xffff + sum >> 16) == 0xffff
        },
        Effect(keyword: "authentication", instance: "authentication {\nauth_type PASS\nauth_pass abc\n}") {
            $0.runToDeadline()
            return Array($0.packet.suffix(8)) == Array("abc".utf8) + [0, 0, 0, 0, 0]
        },
        Effect(keyword: "dont_track_primary", instance: "dont_track_primary") {
            $0.engine.interfaceChanged(Interface(index: 2, name: "eth0", isUp: false, mac: .zero))
            return !$0.engine.dataText().contains("State = FAULT")
        },
        Effect(keyword: "track_interface", instance: "track_interface {\neth1\n}") {
            $0.engine.interfaceChanged(Interface(index: 3, name: "eth1", isUp: false, mac: .zero))
            return $0.engine.dataText().contains("State = FAULT")
        },
        Effect(keyword: "strict_mode", instance: "strict_mode on\npreempt_delay 9") {
            $0.becomeMaster()
            $0.hear(priority: 1)
            return $0.host.sent.isEmpty && $0.host.frames.isEmpty
        },
        Effect(keyword: "vrrp_strict", global: "vrrp_strict") {
            $0.runToDeadline()
            return $0.host.frames.count == 1 && $0.host.firewalls.last??.addresses.count == 1
        },
        Effect(keyword: "kernel_rx_buf_size", instance: "kernel_rx_buf_size 123456") {
            $0.host.listenPoints.first?.receiveBufferSize == 123_456
        },
        Effect(keyword: "skip_check_adv_addr", instance: "skip_check_adv_addr on") {
            $0.hear(priority: 200, addresses: [Stage.address("10.0.0.1")])
            return !$0.host.lines.contains { $0.contains("are not the ones configured") }
        },
        Effect(keyword: "vrrp_skip_check_adv_addr", global: "vrrp_skip_check_adv_addr on") {
            $0.hear(priority: 200, addresses: [Stage.address("10.0.0.1")])
            return !$0.host.lines.contains { $0.contains("are not the ones configured") }
        },
        Effect(keyword: "disable_local_igmp", global: "disable_local_igmp") {
            $0.host.parameters == ["net/ipv4/igmp_link_local_mcast_reports=0"]
        },
    ]

    static let announcementEffects: [Effect] = [
        Effect(keyword: "garp_master_repeat", instance: "garp_master_repeat 2") {
            $0.runToDeadline()
            return $0.host.frames.count == 2
        },
        Effect(keyword: "vrrp_garp_master_repeat", global: "vrrp_garp_master_repeat 3") {
            $0.runToDeadline()
            return $0.host.frames.count == 3
        },
        Effect(keyword: "vrrp_min_garp", global: "vrrp_min_garp") {
            $0.runToDeadline()
            return $0.host.frames.count == 1
        },
        Effect(keyword: "garp_master_delay", instance: "garp_lower_prio_repeat 0\ngarp_master_delay 2") {
            $0.becomeMaster()
            $0.run(.milliseconds(2100))
            return $0.host.frames.count == 5
        },
        Effect(
            keyword: "vrrp_garp_master_delay",
            global: "vrrp_garp_lower_prio_repeat 0\nvrrp_garp_master_delay 2"
        ) {
            $0.becomeMaster()
            $0.run(.milliseconds(2100))
            return $0.host.frames.count == 5
        },
        Effect(
            keyword: "garp_master_refresh",
            instance:
                "garp_lower_prio_repeat 0\ngarp_master_delay 0\ngarp_master_refresh 3\ngarp_master_refresh_repeat 2"
        ) {
            $0.becomeMaster()
            $0.run(.milliseconds(3100))
            return $0.host.frames.count == 2
        },
        Effect(
            keyword: "vrrp_garp_master_refresh",
            global:
                "vrrp_garp_lower_prio_repeat 0\nvrrp_garp_master_delay 0\nvrrp_garp_master_refresh 3\nvrrp_garp_master_refresh_repeat 2"
        ) {
            $0.becomeMaster()
            $0.run(.milliseconds(3100))
            return $0.host.frames.count == 2
        },
        Effect(keyword: "garp_lower_prio_repeat", instance: "garp_lower_prio_repeat 4") {
            $0.becomeMaster()
            $0.hear(priority: 1)
            return $0.host.frames.count == 4
        },
        Effect(keyword: "vrrp_garp_lower_prio_repeat", global: "vrrp_garp_lower_prio_repeat 4") {
            $0.becomeMaster()
            $0.hear(priority: 1)
            return $0.host.frames.count == 4
        },
        Effect(
            keyword: "garp_lower_prio_delay",
            instance: "garp_master_delay 0\ngarp_lower_prio_repeat 2\ngarp_lower_prio_delay 2",
            baseline: "garp_master_delay 0\ngarp_lower_prio_repeat 2"
        ) {
            $0.becomeMaster()
            $0.hear(priority: 1)
            $0.run(.milliseconds(2100))
            // One more goes with the advertisement between the bursts.
            return $0.host.frames.count == 5
        },
        Effect(
            keyword: "vrrp_garp_lower_prio_delay",
            global: "vrrp_garp_master_delay 0\nvrrp_garp_lower_prio_repeat 2\nvrrp_garp_lower_prio_delay 2"
        ) {
            $0.becomeMaster()
            $0.hear(priority: 1)
            $0.run(.milliseconds(2100))
            return $0.host.frames.count == 5
        },
        Effect(keyword: "vrrp_garp_interval", global: "vrrp_garp_interval 0.1") {
            $0.runToDeadline()
            let first = $0.host.frames.count
            $0.run(.milliseconds(250))
            return first == 1 && $0.host.frames.count == 3
        },
        Effect(keyword: "vrrp_gna_interval", global: "vrrp_gna_interval 0.1", addresses: "fe80::88/64") {
            $0.runToDeadline()
            return $0.host.frames.count == 1
        },
        Effect(
            keyword: "garp_group",
            global: "}\ngarp_group {\ngarp_interval 0.5\ninterface eth0\n}\nglobal_defs {"
        ) {
            $0.runToDeadline()
            return $0.host.frames.count == 1
        },
        Effect(
            keyword: "garp_extra_if",
            instance: "garp_lower_prio_repeat 0\ngarp_master_delay 0\ngarp_extra_if all 2",
            addresses: "192.168.50.88/24\n10.0.0.1/24 dev eth1"
        ) {
            $0.becomeMaster()
            $0.run(.milliseconds(4100))
            return $0.host.frames.map(\.interfaceIndex) == [3, 3]
        },
        Effect(
            keyword: "interface_up_down_delays",
            global: "}\ninterface_up_down_delays {\neth0 2 0\n}\nglobal_defs {"
        ) {
            $0.engine.interfaceChanged(Interface(index: 2, name: "eth0", isUp: false, mac: .zero))
            let before = $0.engine.dataText().contains("State = FAULT")
            $0.run(.milliseconds(2100))
            return !before && $0.engine.dataText().contains("State = FAULT")
        },
    ]

    // RFC9568-5.2.8-02, RFC9568-7.2-01
    @Test(arguments: effects) func isSeen(_ effect: Effect) {
        let stage = Stage(effect.text)
        #expect(effect.isSeen(stage), "\(stage.host.lines)")
    }

    /// Without the keyword the same is not seen: the check can fail.
    // RFC9568-7.1-20
    @Test(arguments: effects.filter { !$0.global.isEmpty || !$0.instance.isEmpty })
    func isNotSeenWithout(_ effect: Effect) {
        // Defaults say the same, or the effect is that something is not there.
        let isDefault = [
            "preempt", "accept", "unicast_src_ip", "mcast_src_ip", "script_user", "smtp_server",
            "notification_email",
            "router_id",
            "owner_ignore_adverts", "vrrp_owner_ignore_adverts", "no_email_faults",
        ]
        guard !isDefault.contains(effect.keyword) else { return }
        var plain = effect
        plain.global = ""
        plain.instance = effect.baseline
        if effect.keyword == "no_virtual_ipaddress" { plain.addresses = "192.168.50.88" }
        #expect(!effect.isSeen(Stage(plain.text)))
    }
}

extension Stage {
    /// Lets the time pass, acting whenever the engine wants to.
    func run(_ span: Duration) {
        let end = host.now + span
        while let deadline = engine.nextDeadline, deadline <= end { runToDeadline() }
        host.now = end
    }
}
