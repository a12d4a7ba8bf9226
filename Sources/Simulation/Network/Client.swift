// A neighbour of the hosts that uses a virtual address: it has an ARP cache (or a neighbour cache) and asks the
// address for an answer each second. What it believes decides whom it asks, as with real clients.

import Election
import Wire

package struct Client: Sendable {
    package let segment: Int
    package let address: IPAddress
    /// The instance that has the address.
    let router: Int?
    /// Whom it asks; nil: it does not know.
    package internal(set) var mac: MACAddress?
    /// Unanswered probes since the last answer.
    var failures = 0
    /// Since when it has had no answer; nil: it was answered last time.
    package internal(set) var unansweredSince: Timestamp?
    package internal(set) var longestOutage: Duration = .zero

    /// The pause between its probes.
    package static let interval: Duration = .seconds(1)
    /// After so many unanswered ones it asks everybody again. Linux believes an answer for 15 to 45 seconds, and then
    /// asks the same neighbour for eight seconds more (`delay_first_probe_time`, `ucast_solicit`).
    static let patience = 24

    init(segment: Int, address: IPAddress, router: Int?) {
        self.router = router
        self.segment = segment
        self.address = address
    }

    mutating func answered(at now: Timestamp) {
        failures = 0
        guard let since = unansweredSince else { return }
        longestOutage = max(longestOutage, now - since)
        unansweredSince = nil
    }

    mutating func missed(at now: Timestamp) {
        failures += 1
        unansweredSince = unansweredSince ?? now
        if failures >= Self.patience { mac = nil }
    }
}
