// keepalived's JSON dump, version 1 (a list of instances) and 2 (an object with them and the tracked processes), with
// the same keys: exporters read it. Secrets are masked.

import Configuration
import Control
import Election
import Wire

extension Engine {
    /// The layout that `json_version` asks for; ends with a newline.
    package func jsonText() -> String {
        let list = JSONText.array(instances.compactMap(json))
        guard configuration.global.dumps.jsonVersion == 2 else { return list + "\n" }
        var document = JSONText.Object()
        document.add("vrrp", list)
        document.add("track_process", JSONText.array(configuration.processes.map(json)))
        return document.text + "\n"
    }

    private func json(_ instance: Instance) -> String? {
        guard let router = node[instance.router] else { return nil }
        var object = JSONText.Object()
        object.add("data", data(instance, router))
        object.add("stats", stats(router.statistics))
        return object.text
    }

    private func data(_ instance: Instance, _ router: VirtualRouter) -> String {
        let (configuration, settings) = (instance.configuration, router.settings)
        var data = JSONText.Object()
        data.set("iname", instance.name)
        data.set("dont_track_primary", number: settings.trackers.first?.kind != .interface)
        data.set("skip_check_adv_addr", number: configuration.ignoresAddressList)
        data.set("strict_mode", 0)
        data.set("vmac_ifname", configuration.virtualInterface?.name ?? "")
        data.set("ifp_ifname", configuration.interface ?? "")
        data.set("master_priority", masterPriority(router))
        let since = host.unixNanoseconds - (host.now - router.since).nanoseconds
        data.add("last_transition", Duration.nanoseconds(since).decimalSeconds)
        announcement(settings.announcement, &data)
        data.set("lower_prio_no_advert", number: settings.lowerPriorityNoAdvertisement)
        data.set("higher_prio_send_advert", number: settings.higherPrioritySendsAdvertisement)
        data.set("vrid", settings.vrid)
        data.set("base_priority", settings.basePriority)
        data.set("effective_priority", router.priority)
        let isMaster = router.state.name == .master
        data.set("vipset", isMaster)
        data.set("promote_secondaries", configuration.promotesSecondaries)
        data.set("adver_int", seconds(settings.advertisementInterval, settings))
        data.set("master_adver_int", seconds(masterInterval(router), settings))
        data.set("accept", number: configuration.accepts)
        data.set("nopreempt", !settings.preempts)
        data.set("preempt_delay", settings.preemptDelay.components.seconds)
        data.set("state", router.state.name.number)
        data.set("wantstate", settings.wantsMaster ? 2 : 1)
        data.set("version", settings.version.rawValue)
        data.set("smtp_alert", configuration.sendsMail)
        data.set("notify_deleted", configuration.notify.reportsDeleted)
        scripts(configuration.notify, &data)
        let mark = isMaster ? " set" : ""
        data.set("vips", configuration.addresses.map { describe($0, instance) + mark })
        data.set("evips", configuration.excludedAddresses.map { describe($0, instance) + mark })
        data.set("vroutes", configuration.routes.map(\.line))
        data.set("vrules", configuration.rules.map(\.line))
        for (key, kind) in [
            ("track_ifp", TrackerSettings.Kind.trackedInterface), ("track_script", .script),
            ("track_process", .process), ("track_file", .file),
        ] {
            data.set(key, settings.trackers.filter { $0.kind == kind }.map(\.name))
        }
        authentication(configuration, &data)
        return data.text
    }

    private func masterPriority(_ router: VirtualRouter) -> UInt8 {
        if case .backup(let backup) = router.state { backup.masterPriority ?? 0 } else { 0 }
    }

    private func masterInterval(_ router: VirtualRouter) -> Duration {
        if case .backup(let backup) = router.state {
            backup.masterInterval
        } else {
            router.settings.advertisementInterval
        }
    }

    /// v2 counts whole seconds, v3 centiseconds.
    private func seconds(_ interval: Duration, _ settings: VirtualRouterSettings) -> Int {
        settings.version == .v2 ? interval.centiseconds / 100 : interval.centiseconds
    }

    private func announcement(_ settings: AnnouncementSettings, _ data: inout JSONText.Object) {
        data.set("garp_delay", settings.masterDelay.components.seconds)
        data.set("garp_refresh", settings.refresh.components.seconds)
        data.set("garp_rep", settings.masterRepeat)
        data.set("garp_refresh_rep", settings.refreshRepeat)
        data.set("garp_lower_prio_delay", settings.lowerPriorityDelay.components.seconds)
        data.set("garp_lower_prio_rep", settings.lowerPriorityRepeat)
    }

    private func scripts(_ notify: NotifyScripts, _ data: inout JSONText.Object) {
        let scripts: [(String, ScriptCommand?)] = [
            ("script_backup", notify.backup), ("script_master", notify.master),
            ("script_fault", notify.fault),
            ("script_stop", notify.stop), ("script", notify.generic),
            ("script_master_rx_lower_pri", notify.masterReceivedLowerPriority),
        ]
        for (key, script) in scripts {
            guard let script else { continue }
            data.set(key, script.words.map { "'\($0)'" }.joined(separator: " "))
        }
    }

    private func describe(_ address: VirtualAddress, _ instance: Instance) -> String {
        let interface =
            address.interface ?? instance.configuration.virtualInterface?.name
            ?? instance.configuration.interface
        let scopes: [UInt8: String] = [0: "global", 200: "site", 253: "link", 254: "host", 255: "nowhere"]
        return "\(address.address)/\(address.prefixLength) dev \(interface ?? "-") scope"
            + " \(scopes[address.scope] ?? String(address.scope))"
    }

    private func authentication(_ configuration: InstanceConfiguration, _ data: inout JSONText.Object) {
        switch configuration.authentication {
        case .none: data.set("auth_type", 0)
        case .password:
            data.set("auth_type", 1)
            data.set("auth_data", "********")
        case .header:
            data.set("auth_type", 2)
            data.set("auth_data", "********")
        }
    }

    private func stats(_ statistics: Statistics) -> String {
        var stats = JSONText.Object()
        stats.set("advert_rcvd", statistics.advertisementsReceived)
        stats.set("advert_sent", statistics.advertisementsSent)
        stats.set("become_master", statistics.becameMaster)
        stats.set("release_master", statistics.releasedMaster)
        stats.set("packet_len_err", statistics[.length])
        stats.set("advert_interval_err", statistics[.intervalMismatch])
        stats.set("ip_ttl_err", statistics[.timeToLive])
        stats.set("invalid_type_rcvd", statistics[.type])
        stats.set("addr_list_err", statistics.addressListMismatches)
        stats.set("invalid_authtype", statistics[.unknownAuthenticationType])
        stats.set("authtype_mismatch", statistics[.authenticationTypeMismatch])
        stats.set("auth_failure", statistics[.authenticationFailed])
        stats.set("pri_zero_rcvd", statistics.priorityZeroReceived)
        stats.set("pri_zero_sent", statistics.priorityZeroSent)
        stats.set("auth_ext_missing", statistics[.authenticationMissing])
        stats.set("auth_ext_malformed", statistics[.authenticationMalformed])
        stats.set("auth_ext_unknown_key", statistics[.authenticationUnknownKey])
        stats.set("auth_ext_stale", statistics[.authenticationStale])
        stats.set("auth_ext_replay", statistics[.replayed])
        return stats.text
    }

    private func json(_ process: TrackedProcess) -> String {
        var object = JSONText.Object()
        object.set("process", process.words.first ?? "")
        object.set("parameters", process.words.dropFirst().joined(separator: " "))
        object.set("param_match", process.parameterMatch.rawValue)
        object.set("min_processes", process.quorum)
        object.set("max_processes", process.quorumMaximum ?? Int(Int32.max))
        let isUp = watchResults[WatchKey(kind: .process, name: process.name)] == 1
        object.set("have_quorum", isUp)
        object.set("weight", process.weight)
        object.set("terminate_delay", process.terminateDelay.nanoseconds / 1000)
        object.set("fork_delay", process.forkDelay.nanoseconds / 1000)
        return object.text
    }
}

extension StateName {
    /// keepalived's numbers.
    fileprivate var number: Int {
        switch self {
        case .initialize: 0
        case .backup: 1
        case .master: 2
        case .fault: 3
        }
    }
}
