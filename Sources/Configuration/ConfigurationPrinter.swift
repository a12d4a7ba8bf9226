// Prints a configuration as a keepalived.conf that means the same: what acts, with its defaults made
// visible where they decide something. Passwords are masked unless asked for.

import Election
import Wire

package enum ConfigurationPrinter {
    /// The text ends with a newline.
    package static func print(_ configuration: Configuration, showsSecrets: Bool = false) -> String {
        var writer = PrintWriter()
        root(configuration, &writer)
        global(configuration.global, showsSecrets, &writer)
        // keepalived looks for a BFD instance where it is tracked: it stands before the instances.
        let isBFD = { (statement: InertStatement) in statement.keyword == "bfd_instance" }
        writer.inert(configuration.inert.filter(isBFD), showsSecrets: showsSecrets)
        objects(configuration, &writer)
        for group in configuration.groups { self.group(group, &writer) }
        for instance in configuration.instances { self.instance(instance, showsSecrets, &writer) }
        writer.inert(configuration.inert.filter { !isBFD($0) }, showsSecrets: showsSecrets)
        return writer.text
    }

    private static func global(
        _ global: GlobalDefinitions, _ showsSecrets: Bool, _ writer: inout PrintWriter
    ) {
        writer.block("global_defs") { writer in
            if let routerID = global.routerID { writer.line("router_id \(routerID.asWord)") }
            mail(global.mail, &writer)
            if let user = global.script.user { writer.line("script_user \(text(user))") }
            if global.script.isSecurityEnabled { writer.line("enable_script_security") }
            if global.multicastGroup4 != .vrrpGroup4 {
                writer.line("vrrp_mcast_group4 \(global.multicastGroup4)")
            }
            if global.multicastGroup6 != .vrrpGroup6 {
                writer.line("vrrp_mcast_group6 \(global.multicastGroup6)")
            }
            scheduling(global.scheduling, &writer)
            behaviour(global, &writer)
            files(global, &writer)
            writer.inert(global.inert, showsSecrets: showsSecrets)
        }
    }

    private static func mail(_ mail: MailSettings, _ writer: inout PrintWriter) {
        if !mail.recipients.isEmpty {
            writer.block("notification_email") { writer in
                for recipient in mail.recipients { writer.line(recipient.asWord) }
            }
        }
        if let from = mail.from { writer.line("notification_email_from \(from.asWord)") }
        if let server = mail.server { writer.line("smtp_server \(server.asWord) \(mail.port)") }
        if mail.connectTimeout != .seconds(30) {
            writer.line("smtp_connect_timeout \(mail.connectTimeout.seconds)")
        }
        if let name = mail.heloName { writer.line("smtp_helo_name \(name.asWord)") }
        if mail.omitsFaults { writer.line("no_email_faults") }
    }

    private static func scheduling(_ settings: SchedulingSettings, _ writer: inout PrintWriter) {
        if let niceness = settings.niceness { writer.line("vrrp_priority \(niceness)") }
        if settings.locksMemory { writer.line("vrrp_no_swap") }
        if let priority = settings.realtimePriority { writer.line("vrrp_rt_priority \(priority)") }
        if let limit = settings.realtimeLimitMicroseconds { writer.line("vrrp_rlimit_rttime \(limit)") }
        if !settings.cpuAffinity.isEmpty {
            writer.line("vrrp_cpu_affinity \(settings.cpuAffinity.map(String.init).joined(separator: " "))")
        }
    }

    private static func instance(
        _ instance: InstanceConfiguration, _ showsSecrets: Bool, _ writer: inout PrintWriter
    ) {
        writer.block("vrrp_instance \(instance.name.asWord)") { writer in
            let router = instance.router
            writer.line("state \(router.wantsMaster ? "MASTER" : "BACKUP")")
            if let interface = instance.interface { writer.line("interface \(interface.asWord)") }
            writer.line("virtual_router_id \(router.vrid)")
            writer.line("priority \(router.basePriority)")
            writer.line("version \(router.version.rawValue)")
            writer.line("advert_int \(router.advertisementInterval.seconds)")
            election(router, &writer)
            announcement(router.announcement, &writer)
            transport(instance, &writer)
            authentication(instance, showsSecrets, &writer)
            addresses("virtual_ipaddress", instance.addresses, &writer)
            addresses("virtual_ipaddress_excluded", instance.excludedAddresses, &writer)
            if instance.isWithoutAddresses { writer.line("no_virtual_ipaddress") }
            writer.list("virtual_routes", instance.routes.map(\.line))
            writer.list("virtual_rules", instance.rules.map(\.line))
            trackers(instance, &writer)
            notify(instance.notify, &writer)
            writer.line("smtp_alert \(instance.sendsMail)")
            if !instance.accepts { writer.line("no_accept") }
            handover(instance, &writer)
            if instance.sendsStandardChecksum { writer.line("v3_checksum_as_v2") }
            rarities(instance, &writer)
            writer.inert(instance.inert, showsSecrets: showsSecrets)
        }
    }

    private static func election(_ router: VirtualRouterSettings, _ writer: inout PrintWriter) {
        if !router.preempts { writer.line("nopreempt") }
        if router.preemptDelay > .zero { writer.line("preempt_delay \(router.preemptDelay.seconds)") }
        if router.downTimerAdvertisements != 3 {
            writer.line("down_timer_adverts \(router.downTimerAdvertisements)")
        }
        if router.ownerIgnoresAdvertisements { writer.line("owner_ignore_adverts") }
        if router.lowerPriorityNoAdvertisement { writer.line("lower_prio_no_advert") }
        if router.higherPrioritySendsAdvertisement { writer.line("higher_prio_send_advert") }
    }

    private static func handover(_ instance: InstanceConfiguration, _ writer: inout PrintWriter) {
        if instance.router.handover != .makeBeforeBreak, !instance.sharesMAC {
            writer.line("handover \(instance.router.handover.rawValue)")
        }
        switch instance.lease {
        case .automatic: break
        case .off: writer.line("vip_lease off")
        case .seconds(let seconds): writer.line("vip_lease \(seconds)")
        }
    }

    private static func announcement(_ settings: AnnouncementSettings, _ writer: inout PrintWriter) {
        guard settings != AnnouncementSettings() else { return }
        writer.line("garp_master_delay \(settings.masterDelay.seconds)")
        writer.line("garp_master_repeat \(settings.masterRepeat)")
        writer.line("garp_master_refresh \(settings.refresh.seconds)")
        writer.line("garp_master_refresh_repeat \(settings.refreshRepeat)")
        writer.line("garp_lower_prio_delay \(settings.lowerPriorityDelay.seconds)")
        writer.line("garp_lower_prio_repeat \(settings.lowerPriorityRepeat)")
    }

    private static func transport(_ instance: InstanceConfiguration, _ writer: inout PrintWriter) {
        switch instance.transport {
        case .multicast(let group, let source):
            if group != .vrrpGroup4, group != .vrrpGroup6 { writer.line("mcast_dst_ip \(group)") }
            if let source { writer.line("mcast_src_ip \(source)") }
        case .unicast(let peers, let source, let ttl, let checksSource):
            if let source { writer.line("unicast_src_ip \(source)") }
            if let ttl { writer.line("unicast_ttl \(ttl)") }
            if checksSource { writer.line("check_unicast_src") }
            writer.block("unicast_peer") { writer in
                for peer in peers {
                    let range = peer.ttlRange.map { " min_ttl \($0.lowerBound) max_ttl \($0.upperBound)" }
                    writer.line("\(peer.address)\(range ?? "")")
                }
            }
        }
    }

    private static func addresses(_ head: String, _ list: [VirtualAddress], _ writer: inout PrintWriter) {
        guard !list.isEmpty else { return }
        writer.block(head) { writer in
            for address in list { writer.line(address.line) }
        }
    }

    private static func trackers(_ instance: InstanceConfiguration, _ writer: inout PrintWriter) {
        let trackers = instance.router.trackers.dropLast(instance.groupTrackerCount)
        if instance.interface != nil, trackers.first?.kind != .interface { writer.line("dont_track_primary") }
        tracked(Array(trackers), &writer)
    }

    static func notify(_ notify: NotifyScripts, _ writer: inout PrintWriter) {
        let scripts: [(String, ScriptCommand?)] = [
            ("notify_master", notify.master), ("notify_backup", notify.backup),
            ("notify_fault", notify.fault), ("notify_stop", notify.stop),
            ("notify_deleted", notify.deleted),
            ("notify_master_rx_lower_pri", notify.masterReceivedLowerPriority), ("notify", notify.generic),
        ]
        for (keyword, script) in scripts {
            guard let script else { continue }
            writer.line("\(keyword) \(command(script))")
        }
        if notify.reportsDeleted, notify.deleted == nil { writer.line("notify_deleted") }
    }

    static func text(_ user: ScriptUser) -> String {
        [user.user, user.group].compactMap { $0?.asWord }.joined(separator: " ")
    }
}

extension VirtualAddress {
    /// As a line of `virtual_ipaddress`.
    var line: String {
        var words = ["\(address)/\(prefixLength)"]
        if let broadcast { words += ["brd", "\(broadcast)"] }
        if let interface { words += ["dev", interface.asWord] }
        if scope != 0 { words += ["scope", "\(scope)"] }
        if let label { words += ["label", label.asWord] }
        if let peer { words += ["peer", "\(peer)"] }
        for (name, flag) in [
            ("home", 0x10), ("mngtmpaddr", 0x100), ("noprefixroute", 0x200), ("autojoin", 0x400),
        ]
        where flags & UInt32(flag) != 0 { words.append(name) }
        if detectsDuplicates { words.append("-nodad") }
        if !isTracked { words.append("no_track") }
        if usesVirtualMAC { words.append("use_vmac") }
        if let trackGroup { words += ["track_group", trackGroup.asWord] }
        if let preferredLifetimeSeconds { words += ["preferred_lft", "\(preferredLifetimeSeconds)"] }
        if preferredLifetimeSeconds == nil, address.family == .ipv6, prefixLength == 128 {
            words += ["preferred_lft", "forever"]
        }
        return words.joined(separator: " ")
    }
}
