// The checkers of real servers, each a block with keywords of its own.

extension InertBlock {
    /// Words of old configurations, and what they are called now where they are not known any more.
    static let formerNames = ["nb_get_retry": "retry"]

    /// When a checker looks, and how often it looks again.
    private static let schedule: [String: InertValue] = [
        "retry": unsigned, "delay_before_retry": delay, "warmup": delay, "delay_loop": loop,
        "alpha": .boolean, "log_all_failures": .boolean,
    ]

    /// Where a checker connects to, and from where.
    private static let connection: [String: InertValue] = [
        "connect_ip": .address, "connect_port": .number(1...65535), "bindto": .address,
        "bind_port": .number(1...65535), "bind_if": word, "connect_timeout": timeout, "fwmark": unsigned,
    ]

    private static let network = schedule.merging(connection) { $1 }

    private static func checker(
        _ name: String, _ shared: [String: InertValue], _ own: [String: InertValue] = [:]
    ) -> InertValue {
        .block(InertBlock(name: name, keywords: shared.merging(own) { $1 }))
    }

    /// The blocks that name a checker.
    static let checkers: [String: InertValue] = [
        "HTTP_GET": checker("HTTP_GET", network, web), "SSL_GET": checker("SSL_GET", network, web),
        "TCP_CHECK": checker("TCP_CHECK", network), "PING_CHECK": checker("PING_CHECK", network),
        "SMTP_CHECK": checker(
            "SMTP_CHECK", network,
            ["helo_name": word, "host": .block(InertBlock(name: "host", keywords: network))]),
        "DNS_CHECK": checker("DNS_CHECK", network, ["type": recordTypes, "name": word]),
        "MISC_CHECK": checker("MISC_CHECK", schedule, script),
        "UDP_CHECK": checker("UDP_CHECK", network, datagram),
        "BFD_CHECK": checker("BFD_CHECK", [:], ["name": word, "alpha": .boolean]),
        "FILE_CHECK": checker(
            "FILE_CHECK", [:],
            [
                "track_file": word,
                "weight": .checked(InertChecks.weight(-Int(Int32.max)...Int(Int32.max))),
            ]),
    ]

    private static let web: [String: InertValue] = [
        "nb_get_retry": .deprecated(by: "retry", unsigned), "virtualhost": word,
        "http_protocol": .oneOfAnyCase(["1.0", "1.0C", "1.1"]), "enable_sni": .boolean, "sni_name": word,
        "fast_recovery": .boolean, "tls_compliant": .boolean,
        "url": .block(InertBlock(name: "url", keywords: url)),
    ]

    private static let url: [String: InertValue] = [
        "path": word, "digest": .checked(InertChecks.digest),
        "status_code": .checked(InertChecks.statusCodes), "virtualhost": word, "regex": word,
        "regex_no_match": .flag, "regex_options": .words(1...16), "regex_min_offset": unsigned,
        "regex_max_offset": unsigned, "regex_stack": .words(1...2), "tls_compliant": .boolean,
    ]

    private static let recordTypes = InertValue.oneOfAnyCase([
        "A", "AAAA", "CNAME", "DNSKEY", "MX", "NS", "RRSIG", "SOA", "TXT",
    ])

    private static let script: [String: InertValue] = [
        "misc_path": .script, "misc_timeout": .seconds(0...4294), "misc_dynamic": .flag,
        "user": .words(1...3),
    ]

    private static let datagram: [String: InertValue] = [
        "payload": .words(1...64), "require_reply": .words(0...64), "min_reply_length": .number(0...65535),
        "max_reply_length": .number(0...65535),
    ]
}
