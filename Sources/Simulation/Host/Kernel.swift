// A host's network stack as far as the daemon sees it: links, addresses with lifetimes, and the reports of their
// changes. It works on when every process of the daemon is dead or stopped.

import Election
import Engine
import Wire

/// A network interface.
struct KernelLink {
    let index: Int32
    let name: String
    let mac: MACAddress
    /// The interface below, of one that the daemon has made.
    var parent: Int32?
    var isAdministrativelyUp = true
}

/// An address on an interface.
struct KernelAddress {
    var assigned: AssignedAddress
    /// The host's own, which comes back after the link was down.
    var isOwn = false
    /// When the kernel removes it; nil: never.
    var leaseEnd: Timestamp?
}

/// A message of the kernel about its network.
enum KernelReport {
    case linkChanged(Interface)
    case linkRemoved(Int32)
    case addressAdded(AssignedAddress)
    case addressRemoved(AssignedAddress)
    /// Messages before this one were lost.
    case overflow
}

final class Kernel {
    var links: [KernelLink] = []
    private(set) var addresses: [KernelAddress] = []
    /// What has not been read yet.
    var reports: [KernelReport] = []
    var sockets: [ListenPoint] = []
    /// The addresses whose claims the daemon wants to hear of, in order.
    var claims: [IPAddress] = []
    /// The next check of leases that is scheduled.
    var leaseCheck: Timestamp?
    /// The daemon listens for reports.
    var isMonitored = false

    func link(_ index: Int32) -> KernelLink? { links.first { $0.index == index } }

    func has(_ address: IPAddress) -> Bool { addresses.contains { $0.assigned.address == address } }

    func has(_ address: IPAddress, on index: Int32) -> Bool {
        addresses.contains { $0.assigned.address == address && $0.assigned.interfaceIndex == index }
    }

    func report(_ report: KernelReport) {
        if isMonitored { reports.append(report) }
    }

    /// Adding what is there renews its lease. True: it was not there.
    func add(_ new: KernelAddress) -> Bool {
        report(.addressAdded(new.assigned))
        let place = addresses.firstIndex {
            $0.assigned.address == new.assigned.address
                && $0.assigned.interfaceIndex == new.assigned.interfaceIndex
        }
        guard let place else {
            addresses.append(new)
            return true
        }
        addresses[place].leaseEnd = addresses[place].isOwn ? nil : new.leaseEnd
        return false
    }

    /// True: it was there.
    func remove(_ address: IPAddress, on index: Int32) -> Bool {
        removeAll { $0.assigned.address == address && $0.assigned.interfaceIndex == index }
    }

    @discardableResult
    func removeAll(_ condition: (KernelAddress) -> Bool) -> Bool {
        guard addresses.contains(where: condition) else { return false }
        for address in addresses where condition(address) { report(.addressRemoved(address.assigned)) }
        addresses.removeAll(where: condition)
        return true
    }

    /// Duplicate address detection has ended.
    func settleDetection() {
        for place in addresses.indices where addresses[place].assigned.isTentative {
            addresses[place].assigned.isTentative = false
            report(.addressAdded(addresses[place].assigned))
        }
    }

    /// The machine slept: leases stood still.
    func prolongLeases(by span: Duration) {
        for place in addresses.indices {
            addresses[place].leaseEnd = addresses[place].leaseEnd.map { $0 + span }
        }
    }

    /// The daemon's sockets are closed.
    func closeSockets() {
        sockets = []
        claims = []
        isMonitored = false
        reports = []
    }

    var earliestLeaseEnd: Timestamp? { addresses.compactMap(\.leaseEnd).min() }
}
