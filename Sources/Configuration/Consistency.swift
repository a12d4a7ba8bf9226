// What only shows when the whole configuration is known: identities used twice, mail that would never be
// sent, interfaces that a host lacks.

import Election
import Wire

enum Consistency {
    static func check(_ configuration: Configuration, _ statements: [Statement], _ findings: Findings) {
        checkNames(configuration, findings)
        checkIdentities(configuration, findings)
        checkMail(configuration, statements, findings)
        guard configuration.instances.isEmpty else { return }
        let isEmpty = !findings.diagnostics.contains { $0.severity == .fatal }
        guard isEmpty else { return }
        findings.add([
            Diagnostic(
                code: "no-instance", severity: .warning, location: nil,
                message: "no vrrp_instance is configured: there is nothing to do")
        ])
    }

    private static func checkNames(_ configuration: Configuration, _ findings: Findings) {
        var places: [String: SourceLocation] = [:]
        for instance in configuration.instances {
            if let first = places[instance.name] {
                findings.add([
                    fatal(
                        "duplicate-name", instance,
                        "the instance name '\(instance.name)' is already used at \(first)")
                ])
            } else {
                places[instance.name] = instance.location
            }
        }
    }

    /// VRID, family and interface identify a virtual router; multicast groups and disjoint unicast peers keep
    /// several apart.
    private static func checkIdentities(_ configuration: Configuration, _ findings: Findings) {
        var owners: [RouterIdentity: Int] = [:]
        for (index, instance) in configuration.instances.enumerated() {
            let identities = instance.identities
            let first = identities.compactMap { owners[$0] }.min()
            for identity in identities where owners[identity] == nil { owners[identity] = index }
            guard let twin = first.map({ configuration.instances[$0] }) else { continue }
            findings.add([
                fatal(
                    "duplicate-vrid", instance,
                    "\(twin.name) and \(instance.name) both use VRID \(instance.router.vrid) with"
                        + " \(instance.router.family == .ipv4 ? "IPv4" : "IPv6") on interface"
                        + " \(instance.interface ?? "-"); the first stands at \(twin.location)")
            ])
        }
    }

    /// Addresses for mail, but nothing that would ever send one: keepalived says nothing of it.
    private static func checkMail(
        _ configuration: Configuration, _ statements: [Statement], _ findings: Findings
    ) {
        let mail = configuration.global.mail
        let wantsMail = configuration.instances.contains(where: \.sendsMail)
        let block = statements.filter { $0.keyword.text == "global_defs" }.flatMap { $0.block ?? [] }
        let place = block.first { $0.keyword.text == "notification_email" }?.keyword
        if let place, !mail.recipients.isEmpty {
            var missing: [String] = []
            if mail.server == nil { missing.append("'smtp_server ADDRESS'") }
            if !wantsMail { missing.append("'smtp_alert'") }
            guard !missing.isEmpty else { return checkSender(mail.from, block, findings) }
            findings.report(
                .note, "mail-not-sent", at: place, "no notification mail will be sent",
                hint: "add \(missing.joined(separator: " and ")) to global_defs")
        } else if wantsMail, let instance = configuration.instances.first(where: \.sendsMail) {
            findings.add([
                Diagnostic(
                    code: "mail-not-sent", severity: .warning, location: instance.location,
                    message: "smtp_alert is set, but notification_email names nobody to send mail to")
            ])
        }
    }

    /// A tutorial's placeholder, for example: keepalived sends it as it is, and the relay may refuse all mail.
    private static func checkSender(_ sender: String?, _ block: [Statement], _ findings: Findings) {
        guard let sender, !sender.contains("@") || !sender.allSatisfy(\.isASCII),
            let word = block.last(where: { $0.keyword.text == "notification_email_from" })?.arguments.first
        else { return }
        findings.report(
            .note, "sender-no-address", at: word,
            "'\(sender)' is no mail address: a relay may refuse the mail",
            hint: "write NAME@HOST")
    }

    fileprivate static func fatal(
        _ code: String, _ instance: InstanceConfiguration, _ message: String
    ) -> Diagnostic {
        Diagnostic(
            code: code, severity: .fatal, location: instance.location, length: instance.name.count,
            message: message)
    }
}

extension Configuration {
    /// What is wrong with this configuration on a host that has these interfaces. Kept apart, so that a file
    /// can be checked on another host.
    package func diagnostics(onHostWith interfaces: [String]) -> [Diagnostic] {
        guard !global.allowsMissingInterfaces, process.networkNamespace == nil else { return [] }
        let existing = "this host has \(interfaces.sorted().joined(separator: ", "))"
        // The instances' own interfaces are made when they are needed.
        let known = Set(interfaces + instances.compactMap(\.virtualInterface?.name))
        var seen: Set<[String]> = []
        var list = DiagnosticList()
        for use in interfaceUses
        where !known.contains(use.name) && seen.insert([use.owner, use.name]).inserted {
            list.add(
                Diagnostic(
                    code: "no-such-interface", severity: use.isRequired ? .fatal : .error,
                    location: use.location, length: use.length,
                    message: "interface \(use.name) for \(use.owner) doesn't exist", hint: existing))
        }
        return list.all
    }
}

/// What no two instances may share.
private struct RouterIdentity: Hashable {
    let vrid: UInt8
    let family: AddressFamily
    let interface: String?
    let isUnicast: Bool
    /// The multicast group, or one of the peers.
    let destination: IPAddress
}

extension InstanceConfiguration {
    fileprivate var identities: [RouterIdentity] {
        let (isUnicast, destinations): (Bool, [IPAddress]) =
            switch transport {
            case .multicast(let group, _): (false, [group])
            case .unicast(let peers, _, _, _): (true, peers.map(\.address))
            }
        return destinations.map {
            RouterIdentity(
                vrid: router.vrid, family: router.family, interface: interface, isUnicast: isUnicast,
                destination: $0)
        }
    }
}
