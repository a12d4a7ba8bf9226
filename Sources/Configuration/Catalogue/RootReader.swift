// Keywords outside every block that are about interfaces and about which daemon this is.

import Election
import Wire

/// The root of a configuration, as far as it is not blocks of their own.
struct RootReader {
    var announcementGroups: [AnnouncementGroup] = []
    var interfaceDelays: [InterfaceDelay] = []
    var process = ProcessIdentity()
    var permanent = PermanentEntries()
    /// Permanent addresses that go to the default interface.
    var deviceless: [Word] = []
    /// The names of interfaces that instances make, each with its instance.
    var linkNames: [String: String] = [:]
    var trackGroups: [TrackGroupReader] = []

    static let keywords: KeywordTable<RootReader> = [
        "garp_group": { reader, statement, findings in
            var group = AnnouncementGroup()
            BlockReader.read(
                statement.block ?? [], into: &group, keywords: garpKeywords, block: "garp_group",
                findings)
            guard !group.interfaces.isEmpty else {
                return findings.report(
                    .error, "no-interface", at: statement.keyword,
                    "garp_group names no interface; it is not used")
            }
            reader.announcementGroups.append(group)
        },
        "static_ipaddress": { reader, statement, findings in
            let lines = AddressLine.read(all: statement, of: .root("static_ipaddress"), findings)
            reader.permanent.addresses += lines.map(\.address)
            reader.deviceless += lines.filter { $0.address.interface == nil }.map(\.word)
        },
        "static_routes": {
            $0.permanent.routes += RouteLine.read(all: $1, of: .root("static_routes"), $2)
        },
        "static_rules": { $0.permanent.rules += RuleLine.read(all: $1, of: .root("static_rules"), $2) },
        "track_group": { reader, statement, findings in
            guard let name = statement.argument(0, findings) else { return }
            statement.expectArguments(atMost: 1, findings)
            var group = TrackGroupReader(name: name)
            BlockReader.read(
                statement.block ?? [], into: &group, keywords: TrackGroupReader.keywords,
                block: "track_group",
                findings)
            reader.trackGroups.append(group)
        },
        "interface_up_down_delays": { reader, statement, findings in
            for words in (statement.block ?? []).map(\.words) {
                if let delay = delay(words, findings) { reader.interfaceDelays.append(delay) }
            }
        },
        "instance": { $0.process.instance = name($1, $2) },
        // Without a name it is the one that the daemon was started in.
        "net_namespace": { reader, statement, findings in
            guard !statement.arguments.isEmpty else { return }
            reader.process.networkNamespace = name(statement, findings)
        },
        "use_pid_dir": { $0.process.usesPIDDirectory = $1.isThere($2) },
        // The kernel's messages are used always; they come sooner than polling could.
        "linkbeat_use_polling": { _, _, _ in },
        "linkbeat_interfaces": { _, _, _ in },
        // Its own limits end a stop that takes too long.
        "child_wait_time": { _, statement, findings in
            _ = statement.number(0...Int(UInt32.max), otherwise: "5 is used", findings)
        },
        "namespace_with_ipsets": { _, _, _ in },
    ]

    /// Two instances cannot make one interface: the first one has the name.
    mutating func claimLinkName(_ instance: inout InstanceReader, _ findings: Findings) {
        guard let name = instance.virtualInterface.name?.text else { return }
        if let other = linkNames[name] {
            instance.virtualInterface.dropName(of: other, findings)
        } else {
            linkNames[name] = instance.name.text
        }
    }

    /// A usual name that somebody has chosen, or that an earlier instance has, gets a number: `vrrp1.51`.
    mutating func settleLinkNames(_ instances: inout [InstanceConfiguration]) {
        for place in instances.indices {
            let router = instances[place].router
            guard var name = instances[place].virtualInterface?.name, linkNames[name] != router.name
            else { continue }
            var head = name.prefix { $0 != "." }
            if router.family == .ipv6, head.last == "6" { head = head.dropLast() }
            var number = 1
            while linkNames[name] != nil {
                let ending = "\(number).\(router.vrid)"
                name = head.prefix(15 - ending.count) + ending
                number += 1
            }
            linkNames[name] = router.name
            instances[place].virtualInterface?.name = name
        }
    }

    private static let garpKeywords: KeywordTable<AnnouncementGroup> = [
        "garp_interval": { $0.pace.garpInterval = interval($1, $2) },
        "gna_interval": { $0.pace.gnaInterval = interval($1, $2) },
        "interface": { group, statement, findings in
            guard let word = statement.argument(0, findings) else { return }
            group.interfaces.append(word.text)
            findings.uses(word, .root("garp_group"))
        },
        "interfaces": { group, statement, findings in
            let words = statement.arguments + (statement.block ?? []).flatMap(\.words)
            group.interfaces += words.map(\.text)
            for word in words { findings.uses(word, .root("garp_group")) }
        },
    ]

    private static func interval(_ statement: Statement, _ findings: Findings) -> Duration {
        statement.seconds(0...4294.967295, otherwise: "there is no limit", findings) ?? .zero
    }

    private static func name(_ statement: Statement, _ findings: Findings) -> String? {
        guard let word = statement.argument(0, findings) else { return nil }
        statement.expectArguments(atMost: 1, findings)
        guard !word.text.contains("/"), word.text != ".", word.text != ".." else {
            findings.report(.error, "bad-name", at: word, "'\(word.text)' is no name: it holds a slash")
            return nil
        }
        return word.text
    }

    /// `IF DOWN [UP]`, seconds 0...255.
    private static func delay(_ words: [Word], _ findings: Findings) -> InterfaceDelay? {
        guard let name = words.first else { return nil }
        var values: [Duration] = []
        for word in words.dropFirst().prefix(2) {
            guard let micros = word.microseconds, micros <= 255_000_000 else {
                findings.report(.error, "out-of-range", at: word, "a delay is 0 to 255 seconds")
                return nil
            }
            values.append(.microseconds(micros))
        }
        guard let down = values.first else {
            findings.report(
                .error, "missing-argument", at: name, "'\(name.text)' needs a delay in seconds behind it")
            return nil
        }
        findings.uses(name, .root("interface_up_down_delays"), isRequired: false)
        return InterfaceDelay(interface: name.text, down: down, up: values.count > 1 ? values[1] : down)
    }
}
