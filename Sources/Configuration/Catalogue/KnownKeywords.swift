// The keywords that keepalived knows and this release does not act on, by block. They are recognised, so
// that a typo stands out from them, and each gets one line that says it has no effect.

enum KnownKeywords {
    /// Outside every block.
    static let root: Set<String> = [
        "vrrp_sync_group", "vrrp_script", "vrrp_track_process", "track_file", "vrrp_track_file",
        "static_ipaddress", "static_routes", "static_rules", "track_group", "garp_group",
        "interface_up_down_delays", "linkbeat_use_polling", "linkbeat_interfaces", "bfd_instance",
        "net_namespace", "net_namespace_ipvs", "namespace_with_ipsets", "instance", "use_pid_dir",
        "child_wait_time", "virtual_server_group", "virtual_server", "SSL",
    ]

    /// In `global_defs`.
    static let global: Set<String> = [
        "smtp_alert_checker", "no_email_faults", "use_symlink_paths", "set_supplementary_groups",
        "startup_script", "shutdown_script", "startup_script_timeout", "shutdown_script_timeout",
        "process_names", "process_name", "vrrp_process_name", "checker_process_name", "bfd_process_name",
        "lvs_process_name", "umask", "random_seed", "tmp_config_directory", "config_save_dir",
        "reload_check_config", "reload_time_file", "reload_repeat", "reload_file", "include_check",
        "data_use_instance", "state_dump_file", "stats_dump_file", "json_dump_file", "json_version",
        "iproute_usr_dir", "iproute_etc_dir", "dynamic_interfaces", "vrrp_garp_interval",
        "vrrp_gna_interval", "vrrp_garp_extra_if", "vrrp_vmac_garp_intvl", "vrrp_skip_check_adv_addr",
        "vrrp_strict", "vrrp_delay_after_boot", "log_unknown_vrids", "vrrp_notify_priority_changes",
        "disable_local_igmp", "vmac_prefix", "vmac_addr_prefix", "vrrp_rx_bufs_policy",
        "vrrp_rx_bufs_multiplier", "notify_fifo", "vrrp_notify_fifo", "lvs_notify_fifo",
        "notify_fifo_script", "vrrp_notify_fifo_script", "lvs_notify_fifo_script",
        "fifo_write_vrrp_states_on_reload", "nftables", "nftables_priority", "nftables_ifindex",
        "nftables_counters", "vrrp_iptables", "vrrp_ipsets", "nftables_ipvs", "nftables_ipvs_priority",
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
        "checker_log_all_failures", "rs_init_notifies", "no_checker_emails", "default_interface",
    ]

    /// In `vrrp_instance`.
    static let instance: Set<String> = [
        "timer_expired_backup", "thread_timer_expired", "strict_mode", "debug", "promote_secondaries",
        "virtual_routes", "virtual_rules", "unicast_fault_no_peer", "track_src_ip", "old_unicast_checksum",
        "native_ipv6", "vrf", "kernel_rx_buf_size", "skip_check_adv_addr", "use_vmac", "use_vmac_addr",
        "vmac_xmit_base", "use_ipvlan", "linkbeat_use_polling", "track_script", "track_file",
        "track_process", "track_bfd", "notify_priority_changes", "garp_extra_if", "vmac_garp_intvl",
        "lvs_sync_daemon_interface", "auth_hmac",
    ]

    /// Of these, the ones without which a service goes unserved or a failure unnoticed.
    static let serious: Set<String> = [
        "vrrp_sync_group", "vrrp_script", "vrrp_track_process", "virtual_server", "virtual_server_group",
        "static_ipaddress", "static_routes", "static_rules", "virtual_routes", "virtual_rules", "use_vmac",
        "use_ipvlan", "vrf", "track_script", "track_file", "track_process", "track_bfd", "bfd_instance",
        "auth_hmac", "net_namespace", "no_accept",
    ]
}
