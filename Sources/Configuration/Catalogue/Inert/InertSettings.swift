// Inert keywords outside load balancing: BFD, SNMP, D-Bus, settings of processes that do not exist here.

extension InertBlock {
    private static let octets = InertValue.number(0...Int(UInt32.max))
    private static let microseconds = InertValue.number(1...Int(UInt32.max))
    private static let milliseconds = InertValue.milliseconds(1...4_294_967)
    private static let processors = InertValue.numbers(0...4095)

    private static let bfd = InertBlock(
        name: "bfd_instance",
        keywords: [
            "neighbor_ip": .address, "neighbour_ip": .address, "source_ip": .address, "min_rx": milliseconds,
            "min_tx": milliseconds, "idle_tx": .milliseconds(1000...4_294_967),
            "multiplier": .number(1...255), "passive": .flag,
            "ttl": .number(1...255), "hoplimit": .number(1...255), "max_hops": .number(-1...255),
            "multihop": .boolean, "weight": .checked(InertChecks.weight(-253...253)), "vrrp": .flag,
            "checker": .flag,
        ])

    /// Outside every block.
    static let root = InertBlock(
        name: "this place (outside every block)",
        keywords: [
            "virtual_server_group": .checkedLines(1...1, InertGroupLine.check),
            "virtual_server": .headed(.checked(InertChecks.virtualServer), virtualServer),
            "bfd_instance": .headed(.checked(InertChecks.bfdName), bfd),
            "net_namespace_ipvs": .words(0...1),
            "SSL": .block(
                InertBlock(
                    name: "SSL",
                    keywords: [
                        "password": .secret, "ca": .words(1...1), "certificate": .words(1...1),
                        "key": .words(1...1),
                    ])),
        ])

    /// In `vrrp_instance`.
    static let instance = InertBlock(
        name: "vrrp_instance",
        keywords: [
            "vrf": .words(1...1),
            "track_bfd": .trackedBFD,
            "lvs_sync_daemon_interface": .deprecated(
                by: "lvs_sync_daemon", within: "in global_defs", .words(1...1)),
            "debug": .number(0...4),
            "native_ipv6": .flag,
            "linkbeat_use_polling": .deprecated(
                by: "linkbeat_interfaces", within: "outside every block", .flag),
            "timer_expired_backup": .optionalNumber(1...254),
            "thread_timer_expired": .optionalNumber(1...254), "old_unicast_checksum": .words(0...1),
        ])

    /// In `global_defs`.
    static let global = InertBlock(
        name: "global_defs", keywords: management.merging(processes) { $1 }.merging(files) { $1 })

    private static let management: [String: InertValue] = [
        "snmp_socket": .words(1...1), "enable_snmp_vrrp": .flag,
        "enable_snmp_keepalived": .deprecated(by: "enable_snmp_vrrp", .flag), "enable_snmp_checker": .flag,
        "enable_snmp_rfc": .flag, "enable_snmp_rfcv2": .flag, "enable_snmp_rfcv3": .flag,
        "enable_traps": .flag, "snmp_vs_stats_update_interval": .seconds(0.001...30),
        "snmp_rs_stats_update_interval": .seconds(0.001...30), "enable_dbus": .flag,
        "dbus_service_name": .words(1...1), "dbus_no_interface_name": .words(1...1),
        "lvs_sync_daemon": .checked(InertChecks.syncDaemon), "lvs_timeouts": .checked(InertChecks.timeouts),
        "lvs_flush": .flag,
        "lvs_flush_on_stop": .checked(InertChecks.flushOnStop),
        "lvs_flush_onstop": .deprecated(by: "lvs_flush_on_stop", .checked(InertChecks.flushOnStop)),
        "checker_log_all_failures": .boolean, "rs_init_notifies": .boolean, "no_checker_emails": .boolean,
        "smtp_alert_checker": .boolean, "lvs_notify_fifo": .words(1...3), "lvs_notify_fifo_script": .script,
        "nftables_ipvs": .words(0...1), "nftables_ipvs_priority": .number(Int(Int32.min)...Int(Int32.max)),
        "nftables_ipvs_start_fwmark": .number(1...Int(UInt32.max)),
    ]

    private static let processes: [String: InertValue] = [
        "process_names": .flag, "process_name": .words(1...1), "vrrp_process_name": .words(1...1),
        "checker_process_name": .words(1...1), "bfd_process_name": .words(1...1),
        "lvs_process_name": .deprecated(by: "checker_process_name", .words(1...1)),
        "checker_priority": .number(-20...19), "bfd_priority": .number(-20...19), "checker_no_swap": .flag,
        "bfd_no_swap": .flag, "checker_rt_priority": .number(1...99), "bfd_rt_priority": .number(1...99),
        "checker_rlimit_rttime": microseconds, "bfd_rlimit_rttime": microseconds,
        "checker_rlimit_rtime": .deprecated(by: "checker_rlimit_rttime", microseconds),
        "bfd_rlimit_rtime": .deprecated(by: "bfd_rlimit_rttime", microseconds),
        "checker_cpu_affinity": processors,
        "bfd_cpu_affinity": processors, "max_auto_priority": .optionalNumber(-1...99),
        "min_auto_priority_delay": .number(1...10_000_000), "set_supplementary_groups": .boolean,
    ]

    private static let files: [String: InertValue] = [
        "tmp_config_directory": .words(1...1), "config_save_dir": .words(1...1),
        "reload_time_file": .words(1...1), "reload_repeat": .flag, "reload_file": .words(0...1),
        "iproute_usr_dir": .words(1...1), "iproute_etc_dir": .words(1...1),
        "vrrp_rx_bufs_policy": .words(1...1), "vrrp_rx_bufs_multiplier": octets,
        "vrrp_netlink_cmd_rcv_bufs": octets, "vrrp_netlink_cmd_rcv_bufs_force": .boolean,
        "vrrp_netlink_monitor_rcv_bufs": octets, "vrrp_netlink_monitor_rcv_bufs_force": .boolean,
        "process_monitor_rcv_bufs": octets, "process_monitor_rcv_bufs_force": .boolean,
        "lvs_netlink_cmd_rcv_bufs": octets, "lvs_netlink_cmd_rcv_bufs_force": .boolean,
        "lvs_netlink_monitor_rcv_bufs": octets, "lvs_netlink_monitor_rcv_bufs_force": .boolean,
    ]
}
