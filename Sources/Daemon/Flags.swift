// The catalogue of flags: keepalived's, and two of batond's own.

extension Flag {
    static let all: [Flag] = acting + compatibility

    private static func flag(
        _ short: Character?, _ long: String, _ help: String,
        _ apply: @escaping @Sendable (inout CommandLineOptions) -> Void
    ) -> Flag {
        Flag(short: short, long: long, value: .none, help: help) { options, _ in apply(&options) }
    }

    private static func value(
        _ short: Character?, _ long: String, _ help: String,
        _ apply: @escaping @Sendable (inout CommandLineOptions, String) throws(CommandLineError) -> Void
    ) -> Flag {
        Flag(short: short, long: long, value: .required, help: help) {
            (options, text) throws(CommandLineError) in
            if let text { try apply(&options, text) }
        }
    }

    private static let acting: [Flag] = [
        value("f", "use-file", "configuration file (/etc/keepalived/keepalived.conf)") {
            $0.configurationFile = $1
        },
        flag("n", "dont-fork", "stay in the foreground") { $0.staysInForeground = true },
        flag("l", "log-console", "log to standard error") { $0.logsToConsole = true },
        flag("D", "log-detail", "log more") { $0.detail += 1 },
        value("S", "log-facility", "syslog facility: 0..7, local0..local7, user, daemon") {
            (options, text) throws(CommandLineError) in options.syslogFacility = try facility(text)
        },
        flag("G", "no-syslog", "do not log to syslog") { $0.avoidsSyslog = true },
        Flag(
            short: "t", long: "config-test", value: .optional,
            help: "check the configuration and exit: 0 fine, 3 warnings, 5 errors"
        ) { $0.mode = .checkConfiguration(log: $1) },
        flag(nil, "will-start", "check and exit: 0 if the daemon would use this configuration") {
            $0.mode = .askWhetherUsable
        },
        flag("d", "dump-conf", "log the configuration as it was understood") { $0.dumpsConfiguration = true },
        value("p", "pid", "pid file of the main process (/run/keepalived.pid)") { $0.pidFile = $1 },
        value("r", "vrrp_pid", "pid file of the process that speaks VRRP (/run/vrrp.pid)") {
            $0.vrrpPidFile = $1
        },
        flag("V", "dont-release-vrrp", "keep the addresses on exit") { $0.keepsAddresses = true },
        flag("R", "dont-respawn", "exit if a process dies") { $0.doesNotRespawn = true },
        value("u", "umask", "file mode creation mask, octal") { (options, text) throws(CommandLineError) in
            guard let mask = UInt32(text, radix: 8), mask <= 0o777 else {
                throw CommandLineError(description: "'\(text)' is no octal file mode mask")
            }
            options.umask = mask
        },
        flag("e", "all-config", "every include that finds nothing is an error") { $0.checksIncludes = true },
        value("i", "config-id", "which @ID lines of the configuration apply") { $0.configurationID = $1 },
        value("s", "namespace", "network namespace to work in: a name below /run/netns") {
            $0.networkNamespace = $1
        },
        value(nil, "signum", "print the number of a signal: STOP RELOAD DATA STATS STATS_CLEAR JSON TDUMP") {
            $0.mode = .signalNumber($1)
        },
        value(nil, "spool", "where mail waits for its relay (/var/spool/baton)") { $0.spoolDirectory = $1 },
        flag(nil, "any-interface", "with -t: interfaces need not exist on this host") {
            $0.allowsAnyInterface = true
        },
        flag("v", "version", "print the version") { $0.mode = .version },
        flag("h", "help", "print this text") { $0.mode = .help },
    ]

    /// keepalived's flags that have nothing to do here.
    private static let compatibility: [Flag] = [
        silent("P", "vrrp"), silent("C", "check"), silent("B", "no_bfd"), silent(nil, "all"),
        silent("I", "dont-release-ipvs"), silent("X", "release-vips"), silent("a", "address-monitoring"),
        silent("x", "snmp"), silent("m", "core-dump"),
        silent(nil, "flush-log-file"), silent(nil, "ignore-sigint"), silent("g", "log-file", .optional),
        silent("c", "checkers_pid", .required), silent("b", "bfd_pid", .required),
        silent("A", "snmp-agent-socket", .required), silent("M", "core-dump-pattern", .optional),
    ]

    private static func silent(_ short: Character?, _ long: String, _ value: Value = .none) -> Flag {
        Flag(short: short, long: long, value: value, help: nil) { options, _ in
            options.ignored.append("--\(long)")
        }
    }

    private static func facility(_ text: String) throws(CommandLineError) -> Int32 {
        if let number = Int32(text.hasPrefix("local") ? text.dropFirst(5) : text[...]),
            (0...7).contains(number)
        {
            return (16 + number) << 3
        }
        switch text {
        case "user": return 1 << 3
        case "daemon": return 3 << 3
        default: throw CommandLineError(description: "'\(text)' is no syslog facility")
        }
    }
}
