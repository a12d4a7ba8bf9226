// The texts of the dump files: counters in keepalived's layout (exporters parse it), and the state for
// people.

import Configuration
import Election
import Wire

extension Engine {
    /// keepalived's `.stats` file.
    package func statisticsText(clear: Bool) -> String {
        var text = ""
        for instance in instances {
            guard let statistics = node[instance.router]?.statistics else { continue }
            text += statistics.text(instance.name)
            if clear { node.count(instance.router) { $0 = Statistics() } }
        }
        return text
    }

    /// keepalived's `.data` file: what is configured and where each instance stands.
    package func dataText() -> String {
        var text = "------< VRRP Topology >------\n"
        for instance in instances {
            guard let router = node[instance.router] else { continue }
            text += " VRRP Instance = \(instance.name)\n"
            for (label, value) in facts(instance, router) { text += "   \(label) = \(value)\n" }
            text += "   Virtual IP (\(instance.configuration.addresses.count)):\n"
            for address in instance.configuration.addresses {
                text += "     \(address.address)/\(address.prefixLength)\n"
            }
            if !instance.configuration.excludedAddresses.isEmpty {
                text += "   Virtual IP Excluded:\n"
                for address in instance.configuration.excludedAddresses {
                    text += "     \(address.address)/\(address.prefixLength)\n"
                }
            }
        }
        return text
    }

    private func facts(_ instance: Instance, _ router: VirtualRouter) -> [(String, String)] {
        let settings = router.settings
        var facts = [
            ("VRRP Version", String(settings.version.rawValue)),
            ("State", router.state.name.rawValue),
            ("Wantstate", settings.wantsMaster ? "MASTER" : "BACKUP"),
            ("Interface", instance.configuration.interface ?? "none"),
            ("Virtual Router ID", String(settings.vrid)),
            ("Priority", String(settings.basePriority)),
            ("Effective priority", String(router.priority)),
            ("Advert interval", "\(settings.advertisementInterval.centiseconds * 10) milli-sec"),
            ("Preempt", settings.preempts ? "enabled" : "disabled"),
            ("Source address", router.ownAddress.map(\.description) ?? "none"),
        ]
        for entry in router.ledger.entries {
            facts.append(
                ("Tracked \(entry.tracker.name)", "\(entry.health.words), adds \(entry.contribution)"))
        }
        if case .backup(let backup) = router.state, let master = backup.master {
            facts.append(("Master", "\(master), priority \(backup.masterPriority ?? 0)"))
        }
        return facts
    }
}

extension Statistics {
    fileprivate func text(_ name: String) -> String {
        """
        VRRP Instance: \(name)
          Advertisements:
            Received: \(advertisementsReceived)
            Sent: \(advertisementsSent)
          Became master: \(becameMaster)
          Released master: \(releasedMaster)
          Packet Errors:
            Length: \(self[.length])
            TTL: \(self[.timeToLive])
            Invalid Type: \(self[.type])
            Advertisement Interval: \(self[.intervalMismatch])
            Address List: \(addressListMismatches)
            Checksum: \(self[.checksum])
            Version: \(self[.version])
          Authentication Errors:
            Invalid Type: \(self[.unknownAuthenticationType])
            Type Mismatch: \(self[.authenticationTypeMismatch])
            Failure: \(self[.authenticationFailed])
          Priority Zero:
            Received: \(priorityZeroReceived)
            Sent: \(priorityZeroSent)

        """
    }
}
