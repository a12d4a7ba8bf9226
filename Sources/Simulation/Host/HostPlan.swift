// What a simulated host is before anything happens to it.

import Configuration
import Election
import Wire

/// A host: its configuration, its interfaces, and whose behaviour it has.
package struct HostPlan: Sendable {
    package var name: String
    package var interfaces: [InterfacePlan]
    /// The text of its `keepalived.conf`.
    package var configuration: String
    /// What was read already, from a file that includes others; nil: `configuration` is read.
    package var parsed: Configuration?
    package var behaviour: Behaviour

    package init(
        name: String, interfaces: [InterfacePlan], configuration: String, behaviour: Behaviour = .baton
    ) {
        self.name = name
        self.interfaces = interfaces
        self.configuration = configuration
        self.behaviour = behaviour
    }
}

/// Whose daemon a host runs. The election is always Baton's: `settings` are the lines that make it behave like the
/// other program's, the rest is done by the host around it. docs/simulation.md says what is not imitated.
package struct Behaviour: Sendable, Hashable {
    package var name: String
    /// Statements for each `vrrp_instance`.
    package var settings: [String] = []
    /// The guard keeps wills and standings, and listens for heartbeats.
    package var remembers = true
    /// A new engine is started when one dies.
    package var respawns = true
    /// Neighbours that claim an address are listened for.
    package var followsClaims = true
    /// Announcements come in bursts only, not behind single advertisements.
    package var announcesInBurstsOnly = false
    /// How long the service still runs after a stop that has released everything.
    package var farewell: Duration = .zero

    package static let baton = Behaviour(name: "baton")

    /// 2.2.7: no lease, break before make; a child that died is started anew and knows nothing.
    package static let keepalived = Behaviour(
        name: "keepalived", settings: ["vip_lease off", "handover break_before_make"], remembers: false,
        followsClaims: false, announcesInBurstsOnly: true, farewell: .seconds(1))

    /// vrrpd: no lease, one burst of announcements, a losing advertisement is not answered, nobody starts it again.
    package static let frr = Behaviour(
        name: "frr",
        settings: [
            "vip_lease off", "handover break_before_make", "lower_prio_no_advert true",
            "garp_lower_prio_repeat 0", "garp_master_delay 0", "garp_master_repeat 1",
        ], remembers: false, respawns: false, followsClaims: false)

    package static let all = [baton, keepalived, frr]
}

/// Parts that are broken on purpose, to see that a checker notices.
package enum Sabotage: String, Sendable, Hashable, CaseIterable {
    /// The guard does nothing with the last wills.
    case willsAreIgnored
    /// The kernel forgets that addresses have lifetimes.
    case leasesAreForever
    /// The kernel says that it has removed an address, and keeps it.
    case removalsAreLies
    /// Advertisements never leave, though sending them succeeds.
    case advertisementsAreLost
    /// Advertisements from higher priorities do not arrive.
    case betterMastersAreNotHeard
    /// Every advertisement is answered with one.
    case advertisementsEcho
    /// Announcements of addresses never leave.
    case announcementsAreLost
    /// The runner takes the youngest script first.
    case scriptsOvertake
    /// The runner loses each third script.
    case scriptsAreLost
    /// What the watches find arrives turned round.
    case verdictsAreReversed
    /// Advertisements carry a priority that is one too low.
    case prioritiesAreForged
    /// The engine knows of no sync groups.
    case groupsAreIgnored
    /// The engine behaves as with `nopreempt`.
    case nobodyPreempts
    /// The kernel says that it has added an address, and does not.
    case additionsAreLies
}
