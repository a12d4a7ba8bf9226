// Load balancing: virtual servers and their real servers. Their checkers are in InertCheckers.

extension InertBlock {
    static let unsigned = InertValue.number(0...Int(UInt32.max))
    static let positive = InertValue.number(1...Int(UInt32.max))
    static let delay = InertValue.seconds(0...4_294_967_295)
    static let loop = InertValue.seconds(0.000_001...4_294_967_295)
    static let timeout = InertValue.seconds(0.000_001...4294.967295)
    static let word = InertValue.words(1...1)

    private static let schedulers = InertValue.oneOf([
        "rr", "wrr", "lc", "wlc", "lblc", "sh", "mh", "dh", "fo", "ovf", "lblcr", "sed", "nq", "twos",
    ])
    private static let forwarding = InertValue.checked(InertChecks.forwarding)

    /// What virtual servers say for their real servers, and these for themselves.
    private static let ofEveryServer: [String: InertValue] = [
        "retry": positive, "delay_before_retry": delay, "warmup": delay, "connect_timeout": timeout,
        "delay_loop": loop, "smtp_alert": .boolean, "virtualhost": word, "snmp_name": word,
        "lvs_method": forwarding,
    ]

    static let virtualServer = InertBlock(
        name: "virtual_server",
        keywords: ofEveryServer.merging([
            "ip_family": .oneOf(["inet", "inet6"]), "inhibit_on_failure": .words(0...1),
            "lb_algo": schedulers, "lvs_sched": schedulers, "hashed": .flag, "ops": .flag,
            "flag-1": .flag, "flag-2": .flag, "flag-3": .flag, "sh-port": .flag, "sh-fallback": .flag,
            "mh-port": .flag, "mh-fallback": .flag, "lb_kind": forwarding, "persistence_engine": word,
            "persistence_timeout": .optionalNumber(1...2_678_400),
            "persistence_granularity": .checked(InertChecks.granularity),
            "protocol": .oneOfAnyCase(["TCP", "UDP", "SCTP"]), "ha_suspend": .flag,
            // keepalived takes whatever stands behind these two.
            "alpha": .words(0...1), "omega": .words(0...1),
            "quorum": positive, "hysteresis": unsigned, "quorum_up": .script, "quorum_down": .script,
            "weight": .number(1...Int(Int32.max)), "sorry_server": .addressAndPort,
            "sorry_server_inhibit": .flag, "sorry_server_lvs_method": forwarding,
            "real_server": .headed(.addressAndPort, realServer),
        ]) { $1 })

    private static let realServer = InertBlock(
        name: "real_server",
        keywords: ofEveryServer.merging(checkers) { $1 }.merging([
            "weight": .number(0...Int(Int32.max)), "uthreshold": unsigned, "lthreshold": unsigned,
            "inhibit_on_failure": .boolean, "notify_up": .script, "notify_down": .script,
            "alpha": .boolean,
        ]) { $1 })
}
