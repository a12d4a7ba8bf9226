// What a virtual router wants done. The order in which actions are appended is part of the contract:
// perform all actions of one event, in order, before the next event. An action that fails comes back
// as an event.

import Wire

/// A virtual router's place in its node. Valid from `Node.add` to `Node.remove`.
package struct RouterID: Sendable, Hashable, Comparable {
    package let slot: Int

    package init(slot: Int) { self.slot = slot }

    package static func < (left: RouterID, right: RouterID) -> Bool { left.slot < right.slot }
}

/// One thing to do for one virtual router.
package struct Action: Sendable, Hashable {
    package let router: RouterID
    package let kind: Kind

    package enum Kind: Sendable, Hashable {
        /// Send an advertisement with this priority: to the group, or to each unicast peer.
        case advertise(priority: UInt8)
        /// Add the virtual and excluded addresses; those that are there already stay.
        case installAddresses
        case removeAddresses
        /// Gratuitous ARP or unsolicited neighbour advertisement for every address, this many times.
        case announce(copies: Int)
        /// The state changed: log it, notify, send mail.
        case transition(Transition)
        /// All members of a sync group have come to a new state; the router is its first member.
        case groupTransition(GroupTransition)
        /// Something an operator may want to read.
        case note(Note)
    }

    package init(_ router: RouterID, _ kind: Kind) {
        self.router = router
        self.kind = kind
    }
}

/// A change of state.
package struct Transition: Sendable, Hashable {
    package let from: StateName
    package let to: StateName
    package let reason: Reason
    /// The effective priority after the change.
    package let priority: UInt8

    package enum Reason: Sendable, Hashable {
        case startup
        case shutdown
        /// No advertisement was heard for the down interval.
        case masterSilent
        /// A better master was heard.
        case betterMaster(IPAddress)
        case fault(FaultReason)
        /// The last reason for a fault is gone.
        case recovered
        /// It did nothing for longer than the peers wait: somebody else may be master.
        case stoodStill(Duration)
        /// Another member of the sync group stopped being master.
        case groupMember(String)
        /// An earlier process of the daemon had told the peers that it leaves.
        case wasLeaving
    }
}

/// Why a router cannot take part.
package enum FaultReason: Sendable, Hashable {
    /// A tracker with weight 0 is down.
    case tracker(TrackerSettings)
    /// The interface has no address to send from.
    case noAddress
    /// Unicast without a peer.
    case noPeer
    /// Another member of the sync group is in fault.
    case groupMember(String)
}

/// What is worth a line in the log without being a change of state.
package enum Note: Sendable, Hashable {
    case masterSilent
    case heardPriorityZero(from: IPAddress)
    case discardedLowerPriority(UInt8, from: IPAddress)
    /// A losing advertisement was heard while master.
    case forcedElection(priority: UInt8, from: IPAddress, own: UInt8)
    case higherPriority(UInt8, from: IPAddress, own: UInt8)
    case samePriorityHigherAddress(UInt8, from: IPAddress)
    /// Equal priority and the own address as source: another host uses this host's address.
    case ownAddressHeard(priority: UInt8)
    case severalOwners(IPAddress)
    case masterIs(IPAddress, formerly: IPAddress?)
    case intervalLearned(from: Duration, to: Duration)
    case preemptDelayStarted(Duration)
    case preemptDelayStopped
    case effectivePriority(from: UInt8, to: UInt8)
    case startupDelayStarted(Duration)
    /// Virtual addresses had been removed by somebody else and are put back.
    case addressesRestored
    case sentPriorityZero
    /// The addresses stay until a successor is heard, for this long at most.
    case awaitingSuccessor(Duration)
    /// While leaving, nobody else was heard in that time.
    case noSuccessor
    /// A better router was heard for the first time; the addresses stay until it is heard again, or claims them.
    case challenged(UInt8, from: IPAddress)
    /// It was not heard again.
    case challengeUnconfirmed(from: IPAddress)
    /// Taking part waits for a tracker's first result.
    case awaitingTracker(TrackerSettings)
    /// In a sync group, one member's priority is lower and another's higher than the other host's: neither host
    /// can keep the group.
    case crossedPriorities(group: String, lower: String, higher: String)
}
