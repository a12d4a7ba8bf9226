// `garp_extra_if`: announcements, again and again, on the interfaces of virtual addresses that are not the
// instance's own, where nothing else tells the switches.

import Configuration
import Election
import Wire

extension Engine {
    /// Sends those that are due; called as well when states have changed.
    func sendExtraAnnouncements() {
        let now = host.now
        defer { extraDue = instances.compactMap(\.extraDue).min() }
        for place in instances.indices {
            guard let extra = instances[place].configuration.extraAnnouncement,
                node.isMaster(instances[place].router)
            else {
                instances[place].extraDue = nil
                continue
            }
            let due = instances[place].extraDue ?? now + extra.interval
            guard due <= now else {
                instances[place].extraDue = due
                continue
            }
            instances[place].extraDue = now + extra.interval
            if node.mayAnnounce(instances[place].router) { announceElsewhere(instances[place], extra) }
        }
    }

    private func announceElsewhere(_ instance: Instance, _ extra: ExtraAnnouncement) {
        for address in instance.allAddresses {
            guard let index = interfaceIndex(of: address, instance), index != instance.interfaceIndex,
                extra.includesAll || virtualIndexes.contains(index)
            else { continue }
            announce(
                Announcement(router: instance.router, address: address.address, interfaceIndex: index))
        }
    }
}
