// Load balancing: virtual servers, real servers, their checkers.

extension InertBlock {
    private static let count = InertValue.number(1...Int(UInt32.max))
    private static let delay = InertValue.seconds(0...4_294_967)
    private static let methods = ["NAT", "DR", "TUN"]

    /// What every checker knows.
    private static let common: [String: InertValue] = [
        "connect_ip": .address, "connect_port": .number(1...65535), "bindto": .address,
        "bind_port": .number(1...65535), "bind_if": .words(1...1), "connect_timeout": delay,
        "fwmark": .number(0...Int(UInt32.max)), "retry": .number(0...Int(UInt32.max)),
        "delay_before_retry": delay, "warmup": delay, "delay_loop": delay, "alpha": .words(0...1),
        "log_all_failures": .boolean,
    ]

    private static func checker(_ name: String, _ own: [String: InertValue] = [:]) -> InertValue {
        .block(InertBlock(name: name, keywords: common.merging(own) { $1 }))
    }

    private static let url = InertBlock(
        name: "url",
        keywords: [
            "path": .words(1...1), "digest": .words(1...1), "status_code": .anything,
            "virtualhost": .words(1...1), "regex": .anything, "regex_no_match": .flag,
            "regex_options": .anything, "regex_min_offset": .number(0...Int(Int32.max)),
            "regex_max_offset": .number(0...Int(Int32.max)), "regex_stack": .anything,
            "tls_compliant": .flag,
        ])

    private static let http: [String: InertValue] = [
        "nb_get_retry": .deprecated(by: "retry", .number(0...Int(UInt32.max))), "virtualhost": .words(1...1),
        "http_protocol": .oneOf(["1.0", "1.0C", "1.1", "1.0c", "1.0k", "1.0K", "1.1k", "1.1K"]),
        "enable_sni": .flag, "sni_name": .words(1...1), "fast_recovery": .boolean, "tls_compliant": .flag,
        "url": .block(url),
    ]

    /// The blocks that name a checker.
    private static let checkers: [String: InertValue] = [
        "HTTP_GET": checker("HTTP_GET", http), "SSL_GET": checker("SSL_GET", http),
        "TCP_CHECK": checker("TCP_CHECK"),
        "SMTP_CHECK": checker(
            "SMTP_CHECK",
            ["helo_name": .words(1...1), "host": .block(InertBlock(name: "host", keywords: common))]),
        "DNS_CHECK": checker("DNS_CHECK", ["type": .words(1...1), "name": .words(1...1)]),
        "MISC_CHECK": checker(
            "MISC_CHECK",
            [
                "misc_path": .script, "misc_timeout": delay, "misc_dynamic": .boolean,
                "user": .words(1...3),
            ]),
        "BFD_CHECK": checker("BFD_CHECK", ["name": .words(1...1)]), "PING_CHECK": checker("PING_CHECK"),
        "UDP_CHECK": checker(
            "UDP_CHECK",
            [
                "payload": .anything, "require_reply": .anything, "min_reply_length": .number(0...65535),
                "max_reply_length": .number(0...65535),
            ]),
        "FILE_CHECK": checker(
            "FILE_CHECK", ["track_file": .words(1...1), "weight": .words(1...2), "dynamic": .boolean]),
    ]

    private static let realServer = InertBlock(
        name: "real_server",
        keywords: checkers.merging([
            "weight": .number(0...65535), "lvs_method": .anything, "uthreshold": .number(0...Int(UInt32.max)),
            "lthreshold": .number(0...Int(UInt32.max)),
            "inhibit_on_failure": .boolean, "notify_up": .script, "notify_down": .script,
            "alpha": .words(0...1),
            "retry": .number(0...Int(UInt32.max)), "delay_before_retry": delay, "warmup": delay,
            "connect_timeout": delay, "delay_loop": delay, "smtp_alert": .boolean,
            "virtualhost": .words(1...1),
            "snmp_name": .words(1...1),
        ]) { $1 })

    private static let schedulers = [
        "rr", "wrr", "lc", "wlc", "lblc", "sh", "mh", "dh", "fo", "ovf", "lblcr", "sed", "nq", "twos",
    ]

    static let virtualServer = InertBlock(
        name: "virtual_server",
        keywords: [
            "ip_family": .oneOf(["inet", "inet6"]), "retry": .number(0...Int(UInt32.max)),
            "delay_before_retry": delay, "warmup": delay, "connect_timeout": delay, "delay_loop": delay,
            "inhibit_on_failure": .boolean, "lb_algo": .oneOf(schedulers), "lvs_sched": .oneOf(schedulers),
            "hashed": .flag, "ops": .flag, "flag-1": .flag, "flag-2": .flag, "flag-3": .flag,
            "sh-port": .flag, "sh-fallback": .flag, "mh-port": .flag, "mh-fallback": .flag,
            "lb_kind": .anything, "lvs_method": .anything, "persistence_engine": .words(1...1),
            "persistence_timeout": .optionalNumber(1...2_678_400), "persistence_granularity": .words(1...1),
            "protocol": .oneOf(["TCP", "UDP", "SCTP", "tcp", "udp", "sctp"]), "ha_suspend": .boolean,
            "smtp_alert": .boolean,
            "virtualhost": .words(1...1), "snmp_name": .words(1...1), "alpha": .words(0...1),
            "omega": .words(0...1),
            "quorum": count, "hysteresis": .number(0...Int(UInt32.max)), "quorum_up": .script,
            "quorum_down": .script, "weight": .number(0...65535), "sorry_server": .words(1...2),
            "sorry_server_inhibit": .boolean, "sorry_server_lvs_method": .anything,
            "real_server": .named(1...2, realServer),
        ])
}
