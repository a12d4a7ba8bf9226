// `global_defs`: its keywords and what they set.

import Election
import Wire

/// What `global_defs` says, for the configuration itself and as defaults of the instances.
struct GlobalReader {
    var definitions = GlobalDefinitions()
    var defaults = InstanceDefaults()

    /// Defaults that instances inherit.
    struct InstanceDefaults {
        var version: VRRPVersion?
        var announcement = AnnouncementReader()
        var downTimerAdvertisements = 3
        var lowerPriorityNoAdvertisement = false
        var higherPrioritySendsAdvertisement = false
        var handover = Handover.makeBeforeBreak
        var lease = AddressLease.automatic
        var ownerIgnoresAdvertisements = false
        var checksUnicastSource = false
        var sendsStandardChecksum = false
        var isStrict = false
        var ignoresAddressList = false
        var reportsPriorityChanges = false
        var extraAnnouncement: ExtraAnnouncement?
        var virtualMACPrefix = "vrrp"
        var smtpAlert: Bool?
        var smtpAlertVRRP: Bool?
    }

    static let keywords: KeywordTable<GlobalReader> = mail.merging(vrrp) { $1 }.merging(process) { $1 }
        .merging(files) { $1 }

    private static let mail: KeywordTable<GlobalReader> = [
        "router_id": { reader, statement, findings in
            guard let word = statement.argument(0, ifMissing: .error, findings) else { return }
            reader.definitions.routerID = word.text
            statement.expectArguments(atMost: 1, findings)
        },
        "notification_email": { reader, statement, findings in
            let lines = statement.block ?? []
            let inline = statement.arguments.map(\.text)
            reader.definitions.mail.recipients += inline + lines.flatMap(\.words).map(\.text)
            if inline.isEmpty, lines.isEmpty {
                findings.report(
                    .warning, "no-recipient", at: statement.keyword, "notification_email names nobody")
            }
        },
        "notification_email_from": { reader, statement, findings in
            guard statement.argument(0, ifMissing: .error, findings) != nil else { return }
            reader.definitions.mail.from = statement.arguments.map(\.text).joined(separator: " ")
        },
        "smtp_server": { reader, statement, findings in
            guard let word = statement.argument(0, findings) else { return }
            // No host's name has such signs: an address with a port, or in brackets.
            if word.text.contains(where: { ":[]".contains($0) }), IPAddress(word.text) == nil {
                return findings.report(
                    .error, "bad-address", at: word, "'\(word.text)' is neither an address nor a host's name",
                    hint: "the port stands behind a blank: smtp_server ADDRESS PORT")
            }
            reader.definitions.mail.server = word.text
            guard statement.arguments.count > 1,
                let port = statement.number(1...65535, otherwise: "25 is used", findings, index: 1)
            else { return }
            reader.definitions.mail.port = UInt16(port)
        },
        "smtp_connect_timeout": { reader, statement, findings in
            guard let seconds = statement.number(0...86400, otherwise: "30 is used", findings) else { return }
            reader.definitions.mail.connectTimeout = .seconds(max(seconds, 1))
        },
        "smtp_helo_name": { reader, statement, findings in
            guard let word = statement.argument(0, ifMissing: .warning, findings) else { return }
            reader.definitions.mail.heloName = word.text
        },
        "no_email_faults": { $0.definitions.mail.omitsFaults = $1.isThere($2) },
        "smtp_alert": { $0.defaults.smtpAlert = $1.flag($2) ?? $0.defaults.smtpAlert },
        "smtp_alert_vrrp": { $0.defaults.smtpAlertVRRP = $1.flag($2) ?? $0.defaults.smtpAlertVRRP },
    ]

    private static let vrrp: KeywordTable<GlobalReader> = [
        "vrrp_version": { reader, statement, findings in
            guard let number = statement.number(2...3, otherwise: "2 is used", findings) else { return }
            reader.defaults.version = number == 2 ? .v2 : .v3
        },
        "vrrp_garp_master_delay": { $0.defaults.announcement.delay($1, $2) },
        "vrrp_garp_master_repeat": { $0.defaults.announcement.repeats($1, $2) },
        "vrrp_garp_master_refresh": { $0.defaults.announcement.refresh($1, $2) },
        "vrrp_garp_master_refresh_repeat": { $0.defaults.announcement.refreshRepeats($1, $2) },
        "vrrp_garp_lower_prio_delay": { $0.defaults.announcement.lowerDelay($1, $2) },
        "vrrp_garp_lower_prio_repeat": { $0.defaults.announcement.lowerRepeats($1, $2) },
        "vrrp_min_garp": { reader, statement, findings in
            if statement.flag(findings) == true { reader.defaults.announcement.minimise() }
        },
        "vrrp_mcast_group4": { reader, statement, findings in
            if let group = group(statement, .ipv4, findings) { reader.definitions.multicastGroup4 = group }
        },
        "vrrp_mcast_group6": { reader, statement, findings in
            if let group = group(statement, .ipv6, findings) { reader.definitions.multicastGroup6 = group }
        },
        "vrrp_down_timer_adverts": { reader, statement, findings in
            reader.defaults.downTimerAdvertisements =
                statement.number(1...100, otherwise: "3 is used", findings) ?? 3
        },
        "vrrp_lower_prio_no_advert": { reader, statement, findings in
            reader.defaults.lowerPriorityNoAdvertisement = statement.flag(findings) ?? false
        },
        "vrrp_higher_prio_send_advert": { reader, statement, findings in
            reader.defaults.higherPrioritySendsAdvertisement = statement.flag(findings) ?? false
        },
        "handover": { $0.defaults.handover = Handover.read($1, $2) ?? $0.defaults.handover },
        "vip_lease": { $0.defaults.lease = AddressLease.read($1, $2) ?? $0.defaults.lease },
        "vrrp_owner_ignore_adverts": { reader, statement, findings in
            reader.defaults.ownerIgnoresAdvertisements = statement.flag(findings) ?? false
        },
        "vrrp_delay_after_boot": { reader, statement, findings in
            reader.definitions.bootDelay =
                statement.seconds(0.001...86400, otherwise: "there is none", findings) ?? .zero
        },
        "vrrp_strict": { $0.defaults.isStrict = $1.flag($2) ?? false },
        "vrrp_skip_check_adv_addr": { $0.defaults.ignoresAddressList = $1.flag($2) ?? false },
        "vrrp_notify_priority_changes": { $0.defaults.reportsPriorityChanges = $1.flag($2) ?? false },
        "vrrp_garp_extra_if": { $0.announceExtra($1, $2) },
        "vrrp_vmac_garp_intvl": { $0.announceExtra($1, $2) },
        "vrrp_garp_interval": { $0.definitions.pace.garpInterval = pace($1, $2) },
        "vrrp_gna_interval": { $0.definitions.pace.gnaInterval = pace($1, $2) },
        "vmac_prefix": { reader, statement, findings in
            reader.defaults.virtualMACPrefix = statement.argument(0, findings)?.text ?? "vrrp"
        },
        "vmac_addr_prefix": { reader, statement, findings in
            guard let word = statement.argument(0, findings) else { return }
            guard word.text.utf8.count <= 5, !word.text.contains("/"), !word.text.isEmpty else {
                return findings.report(
                    .error, "bad-name", at: word,
                    "'\(word.text)' begins no interface's name: at most 5 octets, without a slash; 'vrrp' is used"
                )
            }
            reader.definitions.addressLinkPrefix = word.text
        },
        "log_unknown_vrids": { $0.definitions.logsUnknownVRIDs = $1.isThere($2) },
        "disable_local_igmp": { $0.definitions.disablesLocalIGMP = $1.isThere($2) },
        "default_interface": { reader, statement, findings in
            guard let word = statement.argument(0, ifMissing: .error, findings) else { return }
            reader.definitions.defaultInterface = word.text
        },
        "dynamic_interfaces": { reader, statement, findings in
            reader.definitions.allowsMissingInterfaces = true
            guard let word = statement.arguments.first, word.text != "allow_if_changes" else { return }
            findings.report(
                .warning, "unknown-option", at: word,
                "dynamic_interfaces is followed by nothing or allow_if_changes")
        },
        "vrrp_check_unicast_src": { $0.defaults.checksUnicastSource = $1.isThere($2) },
        "v3_checksum_as_v2": { $0.defaults.sendsStandardChecksum = $1.isThere($2) },
        "vrrp_startup_delay": { reader, statement, findings in
            reader.definitions.startupDelay =
                statement.seconds(0.001...86400, otherwise: "there is none", findings) ?? .zero
        },
    ]

    private static let process: KeywordTable<GlobalReader> = [
        "script_user": { reader, statement, findings in
            guard let user = statement.argument(0, ifMissing: .error, findings) else { return }
            let group = statement.arguments.dropFirst().first { $0.text != ":" }
            reader.definitions.script.user = ScriptUser(user: user.text, group: group?.text)
        },
        "enable_script_security": { $0.definitions.script.isSecurityEnabled = $1.isThere($2) },
        "vrrp_priority": { reader, statement, findings in
            reader.definitions.scheduling.niceness =
                statement.number(-20...19, otherwise: "unchanged", findings, ifMissing: .error)
        },
        "vrrp_no_swap": { $0.definitions.scheduling.locksMemory = $1.isThere($2) },
        "vrrp_rt_priority": { reader, statement, findings in
            reader.definitions.scheduling.realtimePriority =
                statement.number(1...99, otherwise: "the default is used", findings, ifMissing: .error)
        },
        "vrrp_rlimit_rttime": { $0.limitRealtime($1, $2) },
        "vrrp_rlimit_rtime": { $0.limitRealtime($1, $2) },
        "vrrp_cpu_affinity": { reader, statement, findings in
            let numbers = statement.arguments.compactMap(\.integer)
            if numbers.count != statement.arguments.count || numbers.isEmpty {
                findings.report(
                    .error, "not-a-number", at: statement.keyword,
                    "vrrp_cpu_affinity needs processor numbers; it is ignored")
            } else {
                reader.definitions.scheduling.cpuAffinity = numbers
            }
        },
    ]

    private mutating func announceExtra(_ statement: Statement, _ findings: Findings) {
        guard let written = ExtraAnnouncement.read(statement, from: 1, findings) else { return }
        defaults.extraAnnouncement = written
    }

    private mutating func limitRealtime(_ statement: Statement, _ findings: Findings) {
        definitions.scheduling.realtimeLimitMicroseconds =
            statement.number(2...Int(Int32.max), otherwise: "the default is used", findings)
    }

    /// keepalived calls a written 0 out of range, though many files have it: it is what it looks like, no limit.
    private static func pace(_ statement: Statement, _ findings: Findings) -> Duration {
        statement.seconds(0...4294.967295, otherwise: "there is no limit", findings) ?? .zero
    }

    private static func group(
        _ statement: Statement, _ family: AddressFamily, _ findings: Findings
    ) -> IPAddress? {
        guard let address = statement.address(findings) else { return nil }
        guard address.family == family, address.isMulticast else {
            findings.report(
                .error, "not-multicast", at: statement.arguments[0],
                "\(address) is no multicast address of this family; the default group is used")
            return nil
        }
        return address
    }
}
