// Printing what stands beside instances: the root's settings, tracked objects, sync groups, and the rarer
// settings of global_defs and instances.

import Election
import Wire

extension ConfigurationPrinter {
    static func root(_ configuration: Configuration, _ writer: inout PrintWriter) {
        let process = configuration.process
        if let name = process.networkNamespace { writer.line("net_namespace \(name.asWord)") }
        if let name = process.instance { writer.line("instance \(name.asWord)") }
        if process.usesPIDDirectory { writer.line("use_pid_dir") }
        writer.list(
            "interface_up_down_delays",
            configuration.interfaceDelays.map { "\($0.interface.asWord) \($0.down.seconds) \($0.up.seconds)" }
        )
        writer.list("static_ipaddress", configuration.permanent.addresses.map(\.line))
        writer.list("static_routes", configuration.permanent.routes.map(\.line))
        writer.list("static_rules", configuration.permanent.rules.map(\.line))
        for group in configuration.trackGroups {
            writer.block("track_group \(group.name.asWord)") { writer in
                writer.list("group", group.members.map(\.asWord))
            }
        }
        for group in configuration.announcementGroups {
            writer.block("garp_group") { writer in
                pace("", group.pace, &writer)
                writer.list("interfaces", group.interfaces.map(\.asWord))
            }
        }
    }

    private static func pace(_ prefix: String, _ pace: AnnouncementPace, _ writer: inout PrintWriter) {
        if pace.garpInterval > .zero { writer.line("\(prefix)garp_interval \(pace.garpInterval.seconds)") }
        if pace.gnaInterval > .zero { writer.line("\(prefix)gna_interval \(pace.gnaInterval.seconds)") }
    }

    // MARK: global_defs

    static func behaviour(_ global: GlobalDefinitions, _ writer: inout PrintWriter) {
        pace("vrrp_", global.pace, &writer)
        if global.startupDelay > .zero { writer.line("vrrp_startup_delay \(global.startupDelay.seconds)") }
        if global.bootDelay > .zero { writer.line("vrrp_delay_after_boot \(global.bootDelay.seconds)") }
        if global.allowsMissingInterfaces { writer.line("dynamic_interfaces") }
        if global.logsUnknownVRIDs { writer.line("log_unknown_vrids") }
        if global.disablesLocalIGMP { writer.line("disable_local_igmp") }
        if global.defaultInterface != "eth0" {
            writer.line("default_interface \(global.defaultInterface.asWord)")
        }
        if global.addressLinkPrefix != "vrrp" {
            writer.line("vmac_addr_prefix \(global.addressLinkPrefix.asWord)")
        }
        if let umask = global.umask { writer.line("umask 0\(String(umask, radix: 8))") }
    }

    static func files(_ global: GlobalDefinitions, _ writer: inout PrintWriter) {
        pipe("notify_fifo", global.fifo.all, &writer)
        pipe("vrrp_notify_fifo", global.fifo.vrrp, &writer)
        if global.fifo.repeatsStatesOnReload { writer.line("fifo_write_vrrp_states_on_reload") }
        let dumps = global.dumps
        if let path = dumps.state { writer.line("state_dump_file \(path.asWord)") }
        if let path = dumps.statistics { writer.line("stats_dump_file \(path.asWord)") }
        if let path = dumps.json { writer.line("json_dump_file \(path.asWord)") }
        if dumps.jsonVersion != 1 { writer.line("json_version \(dumps.jsonVersion)") }
        if dumps.namesInstance { writer.line("data_use_instance") }
        let standard = FirewallSettings()
        if global.firewall.table != standard.table {
            writer.line("nftables \(global.firewall.table.asWord)")
        }
        if global.firewall.priority != standard.priority {
            writer.line("nftables_priority \(global.firewall.priority)")
        }
        if global.firewall.countsPackets { writer.line("nftables_counters") }
        hooks(global.script, &writer)
    }

    private static func hooks(_ script: ScriptDefaults, _ writer: inout PrintWriter) {
        if let startup = script.startup { writer.line("startup_script \(command(startup))") }
        if script.startupTimeoutSeconds != 10 {
            writer.line("startup_script_timeout \(script.startupTimeoutSeconds)")
        }
        if let shutdown = script.shutdown { writer.line("shutdown_script \(command(shutdown))") }
        if script.shutdownTimeoutSeconds != 10 {
            writer.line("shutdown_script_timeout \(script.shutdownTimeoutSeconds)")
        }
    }

    private static func pipe(
        _ keyword: String, _ pipe: FIFOSettings.Pipe?, _ writer: inout PrintWriter
    ) {
        guard let pipe else { return }
        if !pipe.path.isEmpty {
            writer.line("\(keyword) \(pipe.path.asWord)\(pipe.owner.map { " \(text($0))" } ?? "")")
        }
        if let reader = pipe.reader { writer.line("\(keyword)_script \(command(reader))") }
    }

    // MARK: Tracked objects

    static func objects(_ configuration: Configuration, _ writer: inout PrintWriter) {
        for script in configuration.scripts { self.script(script, &writer) }
        for file in configuration.files { self.file(file, &writer) }
        for process in configuration.processes { self.process(process, &writer) }
    }

    private static func script(_ script: CheckScript, _ writer: inout PrintWriter) {
        writer.block("vrrp_script \(script.name.asWord)") { writer in
            writer.line("script \(command(ScriptCommand(words: script.command.words)))")
            writer.line("interval \(script.interval.seconds)")
            if let timeout = script.timeout { writer.line("timeout \(timeout.seconds)") }
            writer.line("weight \(weight(script.weight, script.isReversed))")
            writer.line("rise \(script.rise)")
            writer.line("fall \(script.fall)")
            if let user = script.command.user { writer.line("user \(text(user))") }
            if script.startsFailed { writer.line("init_fail") }
        }
    }

    private static func file(_ file: TrackedFile, _ writer: inout PrintWriter) {
        writer.block("track_file \(file.name.asWord)") { writer in
            writer.line("file \(file.path.asWord)")
            writer.line("weight \(weight(file.weight, file.isReversed))")
            if let value = file.initialValue {
                writer.line("init_file \(value)\(file.overwrites ? " overwrite" : "")")
            }
        }
    }

    private static func process(_ process: TrackedProcess, _ writer: inout PrintWriter) {
        writer.block("vrrp_track_process \(process.name.asWord)") { writer in
            writer.line("process \(process.words.map(\.asScriptWord).joined(separator: " "))")
            switch process.parameterMatch {
            case .ignored: break
            case .exact: writer.line("param_match")
            case .partial, .initial: writer.line("param_match \(process.parameterMatch.rawValue)")
            }
            if process.comparesFullCommand { writer.line("full_command") }
            writer.line("weight \(weight(process.weight, process.isReversed))")
            writer.line("quorum \(process.quorum)")
            if let maximum = process.quorumMaximum { writer.line("quorum_max \(maximum)") }
            if process.forkDelay > .zero { writer.line("fork_delay \(process.forkDelay.seconds)") }
            if process.terminateDelay > .zero {
                writer.line("terminate_delay \(process.terminateDelay.seconds)")
            }
        }
    }

    static func group(_ group: SyncGroupConfiguration, _ writer: inout PrintWriter) {
        writer.block("vrrp_sync_group \(group.name.asWord)") { writer in
            writer.list("group", group.members.map(\.asWord))
            tracked(group.trackers, &writer)
            notify(group.notify, &writer)
            writer.line("smtp_alert \(group.sendsMail)")
            if group.reportsPriorityChanges { writer.line("notify_priority_changes true") }
            if group.allowsMemberWeights { writer.line("sync_group_tracking_weight") }
            writer.inert(group.inert, showsSecrets: false)
        }
    }

    /// The track blocks; the own interface is not one of them.
    static func tracked(_ trackers: [TrackerSettings], _ writer: inout PrintWriter) {
        // One block for each run of a kind: the order of the trackers is theirs.
        var rest = trackers.filter { $0.kind != .interface && $0.kind != .staticEntries }[...]
        while let first = rest.first {
            let run = rest.prefix { $0.kind == first.kind }
            rest = rest.dropFirst(run.count)
            guard let keyword = first.kind.keyword else { continue }
            writer.list(
                keyword,
                run.map { tracker in
                    let isInterface = tracker.kind == .trackedInterface
                    let isPlain = isInterface && tracker.weight == 0 && !tracker.isReversed
                    return tracker.name.asWord
                        + (isPlain
                            ? ""
                            : " weight \(weight(tracker.weight, tracker.isReversed, isExplicit: !isInterface))")
                })
        }
    }

    private static func weight(_ weight: Int, _ isReversed: Bool, isExplicit: Bool = false) -> String {
        "\(weight)" + (isReversed ? " reverse" : isExplicit ? " noreverse" : "")
    }

    // MARK: Instances

    static func rarities(_ instance: InstanceConfiguration, _ writer: inout PrintWriter) {
        if instance.ignoresAddressList { writer.line("skip_check_adv_addr on") }
        if instance.reportsPriorityChanges { writer.line("notify_priority_changes true") }
        if instance.promotesSecondaries { writer.line("promote_secondaries") }
        if instance.router.lacksPeers {
            writer.line("unicast_fault_no_peer")
            writer.block("unicast_peer") { _ in }
        }
        if let size = instance.receiveBufferSize { writer.line("kernel_rx_buf_size \(size)") }
        if let extra = instance.extraAnnouncement {
            writer.line(
                "garp_extra_if \(extra.includesAll ? "all " : "")\(extra.interval.components.seconds)")
        }
        if let virtual = instance.virtualInterface { self.virtualInterface(virtual, &writer) }
    }

    private static func virtualInterface(_ virtual: VirtualInterface, _ writer: inout PrintWriter) {
        let group = virtual.group.map { " group \($0)" } ?? ""
        switch virtual.kind {
        case .macvlan(let mac):
            let address = mac.map { " \($0)" } ?? ""
            let notifies = virtual.notifiesNetlink ? " netlink_notify_msg" : ""
            writer.line("use_vmac \(virtual.name.asWord)\(address)\(notifies)\(group)")
        case .ipvlan(let mode, let address):
            writer.line("use_ipvlan \(virtual.name.asWord)\(address.map { " \($0)" } ?? "") \(mode)\(group)")
        }
        if virtual.transmitsOnBase { writer.line("vmac_xmit_base") }
    }

    // MARK: Scripts

    /// A command line in the rules of `ScriptText`, with its user.
    static func command(_ script: ScriptCommand) -> String {
        let owner = [script.user?.user, script.user?.group].compactMap { $0?.asScriptWord }
        return ([String.scriptLine(script.words)] + owner).joined(separator: " ")
    }
}

extension TrackerSettings.Kind {
    fileprivate var keyword: String? {
        switch self {
        case .interface, .staticEntries: nil
        case .trackedInterface: "track_interface"
        case .script: "track_script"
        case .file: "track_file"
        case .process: "track_process"
        }
    }
}
