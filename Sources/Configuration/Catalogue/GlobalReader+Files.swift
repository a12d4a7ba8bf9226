// Keywords of `global_defs` about files, pipes, firewall tables and programs around the daemon.

extension GlobalReader {
    static let files: KeywordTable<GlobalReader> = [
        "notify_fifo": { $0.definitions.fifo.all = pipe($1, $0.definitions.fifo.all, $2) },
        "vrrp_notify_fifo": { $0.definitions.fifo.vrrp = pipe($1, $0.definitions.fifo.vrrp, $2) },
        "notify_fifo_script": { $0.definitions.fifo.all = script($1, $0.definitions.fifo.all, $2) },
        "vrrp_notify_fifo_script": { $0.definitions.fifo.vrrp = script($1, $0.definitions.fifo.vrrp, $2) },
        "fifo_write_vrrp_states_on_reload": {
            $0.definitions.fifo.repeatsStatesOnReload = $1.isThere($2)
        },
        "state_dump_file": { $0.definitions.dumps.state = path($1, $2) },
        "stats_dump_file": { $0.definitions.dumps.statistics = path($1, $2) },
        "json_dump_file": { $0.definitions.dumps.json = path($1, $2) },
        "json_version": { reader, statement, findings in
            reader.definitions.dumps.jsonVersion =
                statement.number(1...2, otherwise: "1 is used", findings) ?? 1
        },
        "data_use_instance": { $0.definitions.dumps.namesInstance = $1.flag($2) ?? false },
        "nftables": { reader, statement, findings in
            guard let word = statement.arguments.first else { return }
            if word.text.utf8.count <= 31 {
                reader.definitions.firewall.table = word.text
            } else {
                findings.report(.error, "bad-name", at: word, "a table's name has at most 31 octets")
            }
        },
        "nftables_priority": { reader, statement, findings in
            let limit = Int(Int32.max)
            reader.definitions.firewall.priority =
                statement.number(-limit...limit, otherwise: "-1 is used", findings).map { Int32($0) } ?? -1
        },
        "nftables_counters": { $0.definitions.firewall.countsPackets = $1.isThere($2) },
        // The sets are keyed by address and interface name; an index would say the same.
        "nftables_ifindex": { _, statement, findings in _ = statement.isThere(findings) },
        "vrrp_iptables": { substituted($1, $2) },
        "vrrp_ipsets": { substituted($1, $2) },
        "startup_script": {
            $0.definitions.script.startup = $1.script(
                after: $0.definitions.script.startup, ifMissing: .error, $2)
        },
        "shutdown_script": {
            $0.definitions.script.shutdown = $1.script(
                after: $0.definitions.script.shutdown, ifMissing: .error, $2)
        },
        "startup_script_timeout": { reader, statement, findings in
            reader.definitions.script.startupTimeoutSeconds =
                statement.number(1...1000, otherwise: "10 is used", findings) ?? 10
        },
        "shutdown_script_timeout": { reader, statement, findings in
            reader.definitions.script.shutdownTimeoutSeconds =
                statement.number(1...1000, otherwise: "10 is used", findings) ?? 10
        },
        "umask": { $0.definitions.umask = mask($1, $2) },
        // A new configuration is always read and checked as a whole before it comes into force.
        "reload_check_config": { _, _, _ in },
        // Symbolic links are followed when a script is checked, and run by the name that was given.
        "use_symlink_paths": { _, statement, findings in _ = statement.flag(findings) },
        // Handled line by line, before blocks are read.
        "include_check": { _, _, _ in },
        "random_seed": { _, statement, findings in
            _ = statement.number(0...Int(UInt32.max), otherwise: "the time is used", findings)
        },
    ]

    private static func pipe(
        _ statement: Statement, _ former: FIFOSettings.Pipe?, _ findings: Findings
    ) -> FIFOSettings.Pipe? {
        if let former, !former.path.isEmpty {
            statement.reportRepetition(findings)
            return former
        }
        guard let path = path(statement, ifMissing: .error, findings) else { return former }
        let owner = statement.arguments.dropFirst().map(\.text).filter { $0 != ":" }
        return FIFOSettings.Pipe(
            path: path,
            owner: owner.first.map { ScriptUser(user: $0, group: owner.dropFirst().first) },
            reader: former?.reader)
    }

    private static func script(
        _ statement: Statement, _ former: FIFOSettings.Pipe?, _ findings: Findings
    ) -> FIFOSettings.Pipe? {
        var pipe = former ?? FIFOSettings.Pipe(path: "")
        pipe.reader = statement.script(after: pipe.reader, ifMissing: .error, findings)
        return pipe
    }

    private static func path(
        _ statement: Statement, ifMissing severity: Diagnostic.Severity = .fatal, _ findings: Findings
    ) -> String? {
        guard let word = statement.argument(0, ifMissing: severity, findings) else { return nil }
        guard word.text.hasPrefix("/") else {
            findings.report(
                .error, "relative-path", at: word, "'\(statement.keyword.text)' needs an absolute path")
            return nil
        }
        return word.text
    }

    private static func substituted(_ statement: Statement, _ findings: Findings) {
        findings.report(
            .note, "nftables-instead", at: statement.keyword,
            "'\(statement.keyword.text)': packet filters are set through nftables here")
    }

    private static let modeBits: [String: UInt32] = [
        "IRUSR": 0o400, "IWUSR": 0o200, "IXUSR": 0o100, "IRWXU": 0o700, "IRGRP": 0o040, "IWGRP": 0o020,
        "IXGRP": 0o010, "IRWXG": 0o070, "IROTH": 0o004, "IWOTH": 0o002, "IXOTH": 0o001, "IRWXO": 0o007,
    ]

    /// A number, octal if it begins with 0, or names of bits joined by `|`.
    private static func mask(_ statement: Statement, _ findings: Findings) -> UInt32? {
        guard let first = statement.argument(0, findings) else { return nil }
        let text = statement.arguments.map(\.text).joined()
        if let number = UInt32(text, radix: text.hasPrefix("0") ? 8 : 10), number <= 0o777 { return number }
        var mask: UInt32 = 0
        for name in text.split(separator: "|") {
            guard let bits = modeBits[String(name)] else {
                findings.report(
                    .error, "out-of-range", at: first, "'\(text)' is no file mode mask; umask is unchanged")
                return nil
            }
            mask |= bits
        }
        return mask
    }
}
