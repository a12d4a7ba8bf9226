// What a virtual router counted since it was configured: RFC 6527's and keepalived's counters.

import Wire

/// Counters of one virtual router; they never decrease and survive a reload.
package struct Statistics: Sendable, Hashable {
    package var advertisementsReceived: UInt64 = 0
    package var advertisementsSent: UInt64 = 0
    package var becameMaster: UInt64 = 0
    package var releasedMaster: UInt64 = 0
    package var priorityZeroReceived: UInt64 = 0
    package var priorityZeroSent: UInt64 = 0
    /// Received addresses that are not the configured ones; the packet was processed.
    package var addressListMismatches: UInt64 = 0
    /// v3 over IPv4: received with the pseudo-header in the checksum.
    package var pseudoHeaderChecksums: UInt64 = 0
    private var rejections = [UInt64](repeating: 0, count: Rejection.allCases.count)

    package init() {}

    /// Packets discarded for a reason.
    package subscript(rejection: Rejection) -> UInt64 {
        get { rejections[Int(rejection.rawValue)] }
        set { rejections[Int(rejection.rawValue)] = newValue }
    }
}
