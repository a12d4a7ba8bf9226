// One diagnostic for each feature that this release lacks, however many keywords a file has about it.

enum InertFeatures {
    /// A feature, by the keywords that ask for it.
    private struct Feature: Sendable {
        let code: String
        let severity: Diagnostic.Severity
        let message: @Sendable (Int) -> String
        let belongs: @Sendable (String) -> Bool
    }

    private static let features: [Feature] = [
        Feature(
            code: "not-served", severity: .error,
            message: {
                "virtual_server: this release has no load balancing (LVS): \($0) virtual"
                    + " server\($0 == 1 ? "" : "s") of this file \($0 == 1 ? "is" : "are") not served"
            }, belongs: { $0 == "virtual_server" }),
        Feature(
            code: "no-bfd", severity: .error,
            message: { _ in "there is no BFD in this release: what it would notice is not noticed" },
            belongs: { $0 == "track_bfd" }),
        Feature(
            code: "not-yet-supported", severity: .error,
            message: { _ in "'vrf' has no effect in this release" }, belongs: { $0 == "vrf" }),
        Feature(
            code: "no-bfd", severity: .warning, message: { _ in "there is no BFD in this release" },
            belongs: { $0 == "bfd_instance" }),
        Feature(
            code: "no-snmp", severity: .warning, message: { _ in "there is no SNMP agent in this release" },
            belongs: { $0.hasPrefix("enable_snmp") || $0.hasPrefix("snmp_") || $0 == "enable_traps" }),
        Feature(
            code: "no-dbus", severity: .warning,
            message: { _ in "there is no D-Bus service in this release" },
            belongs: { $0.contains("dbus") }),
        Feature(
            code: "no-scheduled-reload", severity: .warning,
            message: { _ in "a reload at a time of day is not supported; use a timer of the system" },
            belongs: { $0 == "reload_time_file" }),
        Feature(
            code: "no-lvs-sync", severity: .warning,
            message: { _ in "the LVS synchronisation daemon is not run by this release" },
            belongs: { $0 == "lvs_sync_daemon" || $0 == "lvs_sync_daemon_interface" }),
        Feature(
            code: "without-effect", severity: .note,
            message: { "\($0) setting\($0 == 1 ? " has" : "s have") nothing to act on here" },
            belongs: { _ in true }),
    ]
    /// Without a feature of its own: said with the others, or parts of one.
    private static let silent: Set<String> = ["virtual_server_group", "SSL"]

    /// `statements`: every inert statement of the file, at its outermost level.
    static func report(_ statements: [Statement], _ findings: Findings) {
        var groups = [[Statement]](repeating: [], count: features.count)
        for statement in statements where !silent.contains(statement.keyword.text) {
            let index = features.firstIndex { $0.belongs(statement.keyword.text) }
            if let index { groups[index].append(statement) }
        }
        var said: Set<String> = []
        for (feature, members) in zip(features, groups) {
            guard let first = members.first else { continue }
            // The milder form of a feature says nothing new.
            guard said.insert(feature.code).inserted || feature.code == "not-yet-supported" else { continue }
            let names = Set(members.map(\.keyword.text)).sorted()
            let hint = feature.severity == .note ? names.joined(separator: ", ") : nil
            findings.report(
                feature.severity, feature.code, at: first.keyword, feature.message(members.count), hint: hint)
        }
    }
}
