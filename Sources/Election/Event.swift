// What can happen to a virtual router. The engine turns packets, kernel messages and commands into
// these; the election never learns of anything in another way.

import Wire

/// An advertisement that passed every check of RFC 9568 7.1 for this virtual router.
package struct HeardAdvertisement: Sendable, Hashable {
    /// The sender's primary address: the packet's source.
    package var source: IPAddress
    /// 0...255.
    package var priority: UInt8
    /// The sender's interval; v2: always equal to the own one.
    package var interval: Duration

    package init(source: IPAddress, priority: UInt8, interval: Duration) {
        self.source = source
        self.priority = priority
        self.interval = interval
    }
}

/// An event for one virtual router.
package enum Event: Sendable, Hashable {
    /// RFC 9568 6.4.1 Startup. Trackers and the own address SHOULD have been reported before.
    case startup
    /// RFC 9568 6.4.2, 6.4.3 Shutdown.
    case shutdown
    /// Shutdown without waiting for a successor.
    case abandon
    case advertisement(HeardAdvertisement)
    /// A tracker's health, by its index in the settings.
    case tracker(index: Int, health: TrackerHealth)
    /// The address that advertisements are sent from; nil: the interface has none.
    case ownAddress(IPAddress?)
    /// Somebody else removed virtual addresses of this router from the kernel.
    case addressLost
    /// The kernel refused virtual addresses; they are tried again with each advertisement.
    case installationFailed
    /// The link came back or the interface's MAC changed: what the neighbours know may be wrong.
    case linkRenewed
    /// The machine slept for so long, and the clock with it.
    case slept(Duration)
    /// Another host has announced one of the virtual addresses as its own (gratuitous ARP, neighbour advertisement): the
    /// address at this place among so many.
    case addressClaimed(place: Int, count: Int)
}
