// The keywords that keepalived knows and this release does not act on, by block. They are recognised, so
// that a typo stands out from them, and each gets one line that says it has no effect.

enum KnownKeywords {
    /// Outside every block.
    static let root: Set<String> = [
        "static_ipaddress", "static_routes", "static_rules", "track_group", "bfd_instance",
        "net_namespace_ipvs", "virtual_server_group", "virtual_server", "SSL",
    ]

    /// In `global_defs`.
    static let global: Set<String> = [
        "smtp_alert_checker", "set_supplementary_groups",
        "process_names", "process_name", "vrrp_process_name", "checker_process_name", "bfd_process_name",
        "lvs_process_name", "tmp_config_directory", "config_save_dir", "reload_time_file", "reload_repeat",
        "reload_file",
        "iproute_usr_dir", "iproute_etc_dir", "vrrp_rx_bufs_policy",
        "vrrp_rx_bufs_multiplier", "lvs_notify_fifo", "lvs_notify_fifo_script", "nftables_ipvs",
        "nftables_ipvs_priority",
        "nftables_ipvs_start_fwmark", "max_auto_priority", "min_auto_priority_delay", "checker_priority",
        "bfd_priority", "checker_no_swap", "bfd_no_swap", "checker_rt_priority", "bfd_rt_priority",
        "checker_rlimit_rttime", "bfd_rlimit_rttime", "checker_rlimit_rtime", "bfd_rlimit_rtime",
        "checker_cpu_affinity", "bfd_cpu_affinity", "vrrp_netlink_cmd_rcv_bufs",
        "vrrp_netlink_cmd_rcv_bufs_force", "vrrp_netlink_monitor_rcv_bufs",
        "vrrp_netlink_monitor_rcv_bufs_force", "process_monitor_rcv_bufs",
        "process_monitor_rcv_bufs_force", "lvs_netlink_cmd_rcv_bufs", "lvs_netlink_cmd_rcv_bufs_force",
        "lvs_netlink_monitor_rcv_bufs", "lvs_netlink_monitor_rcv_bufs_force", "snmp_socket",
        "enable_snmp_vrrp", "enable_snmp_keepalived", "enable_snmp_checker", "enable_snmp_rfc",
        "enable_snmp_rfcv2", "enable_snmp_rfcv3", "enable_traps", "snmp_vs_stats_update_interval",
        "snmp_rs_stats_update_interval", "enable_dbus", "dbus_service_name", "dbus_no_interface_name",
        "lvs_sync_daemon", "lvs_timeouts", "lvs_flush", "lvs_flush_on_stop", "lvs_flush_onstop",
        "checker_log_all_failures", "rs_init_notifies", "no_checker_emails",
    ]

    /// In `vrrp_instance`.
    static let instance: Set<String> = [
        "debug",
        "virtual_routes", "virtual_rules",
        "native_ipv6", "vrf", "track_bfd",
        "lvs_sync_daemon_interface", "auth_hmac",
    ]

    /// Of these, the ones without which a service goes unserved or a failure unnoticed.
    static let serious: Set<String> = [
        "virtual_server", "virtual_server_group", "static_ipaddress", "static_routes", "static_rules",
        "virtual_routes", "virtual_rules", "vrf", "track_bfd", "bfd_instance", "auth_hmac",
    ]
}
