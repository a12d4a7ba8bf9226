// Announcing addresses to the neighbours: gratuitous ARP requests, or unsolicited neighbour advertisements
// (RFC 9568 6.4.2).

import Configuration
import Election
import Wire

extension Engine {
    /// An address that the kernel does not serve yet is announced when it does.
    func announce(_ instance: Instance, copies: Int) {
        guard node.mayAnnounce(instance.router) else { return }
        let virtual = instance.configuration.virtualInterface?.name
        if options.logsDetail, let name = virtual ?? instance.configuration.interface {
            host.log(.info, "(\(instance.name)) Sending/queueing gratuitous ARPs on \(name)")
        }
        if let place = place(of: instance.router) { instances[place].lastAnnouncement = host.now }
        var unserved: [Announcement] = []
        for _ in 0..<copies {
            for address in instance.allAddresses {
                guard let index = interfaceIndex(of: address, instance) else { continue }
                let announcement = Announcement(
                    router: instance.router, address: address.address, interfaceIndex: index)
                if isServed(announcement) {
                    announce(announcement)
                } else {
                    unserved.append(announcement)
                }
            }
        }
        // A burst that waits is not cut short by a single one.
        guard unserved.count > unservedAnnouncements.count(where: { $0.router == instance.router }) else {
            return
        }
        unservedAnnouncements.removeAll { $0.router == instance.router }
        unservedAnnouncements += unserved
    }

    /// Once, now or when it is its turn.
    func announce(_ announcement: Announcement) {
        guard let interface = interfaces[announcement.interfaceIndex] else { return }
        if announcer.admit(announcement, on: interface.name, at: host.now) { send(announcement) }
    }

    /// The kernel serves an IPv4 address when it has accepted it, and an IPv6 address when it reports it, also without
    /// duplicate address detection: what is sent there before is lost.
    private func isServed(_ announcement: Announcement) -> Bool {
        announcement.address.family == .ipv4
            || interfaces.isUsable(announcement.address, on: announcement.interfaceIndex)
    }

    /// Announcements of addresses that the kernel serves by now.
    func sendServedAnnouncements() {
        guard !unservedAnnouncements.isEmpty else { return }
        let waiting = unservedAnnouncements
        unservedAnnouncements = waiting.filter { !isServed($0) }
        for announcement in waiting where isServed(announcement) && node.mayAnnounce(announcement.router) {
            announce(announcement)
        }
    }

    /// Announcements that waited for their turn, as far as their router still holds the address.
    func sendDueAnnouncements() {
        for announcement in announcer.due(at: host.now) {
            guard node.mayAnnounce(announcement.router) else { continue }
            send(announcement)
        }
    }

    private func send(_ announcement: Announcement) {
        guard let interface = interfaces[announcement.interfaceIndex] else { return }
        let frame: [UInt8] =
            switch announcement.address.family {
            case .ipv4: ARPPacket.gratuitousFrame(for: announcement.address, mac: interface.mac)
            case .ipv6:
                NeighborAdvertisement.unsolicitedFrame(
                    for: announcement.address, mac: interface.mac, isRouter: host.forwardsIPv6(interface.name)
                )
            }
        host.sendFrame(frame, interfaceIndex: announcement.interfaceIndex)
    }
}
