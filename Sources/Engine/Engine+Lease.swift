// What keeps an address from outliving its master, and the neighbours from believing a former one: the kernel's lease
// on virtual addresses, and announcements beside advertisements.

import Configuration
import Election

extension Engine {
    /// How long the kernel keeps the addresses without a renewal, in whole seconds; nil: for ever.
    func leaseSeconds(of instance: Instance) -> UInt32? {
        guard !options.keepsAddresses else { return nil }
        switch instance.configuration.lease {
        case .off: return nil
        case .seconds(let seconds): return seconds
        case .automatic:
            // As long as peers wait for an advertisement before they take over, but for their skew.
            let router = instance.configuration.router
            let wait = router.advertisementInterval * max(router.downTimerAdvertisements, 2)
            return UInt32(clamping: max(1, (wait.nanoseconds + 999_999_999) / 1_000_000_000))
        }
    }

    /// After the advertisements of one event, and everything else that it asked for: leases in one batch, announcements.
    func followAdvertisements() {
        guard !advertised.isEmpty else { return }
        var renewals: [AddressProgram] = []
        for router in advertised {
            guard let place = place(of: router), node.state(of: router) == .master else { continue }
            let instance = instances[place]
            if isRenewalDue(instance) {
                instances[place].lastRenewal = host.now
                // What somebody has removed is no renewal: it is put back with an announcement.
                renewals += programs(.add, instance).filter {
                    $0.validLifetimeSeconds != nil && interfaces.has($0.address, on: $0.interfaceIndex)
                }
            }
            if isAnnouncementDue(instance) { announce(instance, copies: 1) }
        }
        advertised.removeAll(keepingCapacity: true)
        if !renewals.isEmpty { host.renew(renewals) }
    }

    /// With each advertisement, but not more often than four times in a lease.
    private func isRenewalDue(_ instance: Instance) -> Bool {
        guard let seconds = leaseSeconds(of: instance) else { return false }
        return host.now - instance.lastRenewal >= .milliseconds(Int(seconds) * 250)
    }

    /// Between announcements beside advertisements: a second, or longer where there are many addresses, so that all
    /// together are ten a second.
    private var announcementPace: Duration {
        max(.seconds(1), .milliseconds(100) * virtualAddresses.count)
    }

    /// A former master that an advertisement silences (after a partition) gives no sign of it, and neighbours that
    /// believe it lose their way: the announcement behind the advertisement finds them. An advertisement that bears the
    /// virtual MAC address is one itself, to the switches.
    private func isAnnouncementDue(_ instance: Instance) -> Bool {
        guard node.mayAnnounce(instance.router), instance.sendingIndex == instance.interfaceIndex,
            instance.configuration.router.announcement.lowerPriorityRepeat > 0
        else { return false }
        return host.now - instance.lastAnnouncement >= announcementPace
    }
}
