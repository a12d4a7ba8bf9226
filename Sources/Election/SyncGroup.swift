// Sync groups (keepalived's `vrrp_sync_group`): virtual routers that share one state. The group is master only
// when every member wants to be; one that yields takes all along, one in fault faults all.

import Wire

/// A sync group's place in its node.
package struct GroupID: Sendable, Hashable {
    package let slot: Int
}

/// A group of routers of one node.
package struct SyncGroup: Sendable, Hashable {
    package let name: String
    /// In the order of the configuration.
    package let members: [RouterID]
    /// The state that was last told of.
    package internal(set) var state: StateName = .initialize
    /// Since when a member has been hearing a better and another a worse router than itself.
    var crossedSince: Timestamp?
    var hasReportedCrossing = false

    package init(name: String, members: [RouterID]) {
        self.name = name
        self.members = members
    }
}

/// A change of a group's state.
package struct GroupTransition: Sendable, Hashable {
    package let group: String
    package let from: StateName
    package let to: StateName
}

extension Node {
    /// How long crossed priorities last before they are reported: shorter, they are a passing state.
    private static let crossingPatience: Duration = .seconds(10)
    /// How old the last word from another router may be to count, in intervals of the own setting.
    private static let freshness = 4

    /// Puts these groups in place of the former ones; a group keeps its state by its name. Every router belongs
    /// to one group at most.
    package mutating func setGroups(_ next: [SyncGroup], at now: Timestamp, into actions: inout [Action]) {
        let former = groups
        groups = next
        groupOfSlot = Array(repeating: nil, count: slots.count)
        for index in groups.indices {
            if let known = former.first(where: { $0.name == groups[index].name }) {
                groups[index].state = known.state
            }
            for member in groups[index].members where slots.indices.contains(member.slot) {
                groupOfSlot[member.slot] = index
            }
        }
        for slot in slots.indices {
            let isGrouped = group(of: slot) != nil
            slots[slot].isGrouped = isGrouped
        }
        for slot in slots.indices where group(of: slot) == nil {
            change(RouterID(slot: slot)) { $0.setGroupFault(nil, at: now, into: &actions) }
            change(RouterID(slot: slot)) { $0.leaveReadiness(at: now, into: &actions) }
        }
        for index in groups.indices { settle(index, yielding: nil, at: now, into: &actions) }
    }

    /// Brings a group's members to one state after one of them had an event. `yielding`: the member that was
    /// master before the event and is not any more.
    mutating func settle(
        _ index: Int, yielding: RouterID?, at now: Timestamp, into actions: inout [Action]
    ) {
        let members = groups[index].members.filter(has)
        spreadFaults(members, at: now, into: &actions)
        if let yielding {
            let name = slots[yielding.slot].settings.name
            var listens = false
            if case .backup(let backup) = slots[yielding.slot].state { listens = backup.isLate }
            for member in members where member != yielding {
                change(member) { $0.follow(leaving: name, listens: listens, at: now, into: &actions) }
            }
        }
        endMixture(members, at: now, into: &actions)
        promote(members, at: now, into: &actions)
        tell(index, members, into: &actions)
        watchForCrossing(index, members, at: now, into: &actions)
    }

    /// A member's own fault is everybody's fault.
    private mutating func spreadFaults(
        _ members: [RouterID], at now: Timestamp, into actions: inout [Action]
    ) {
        let faulty = members.filter { slots[$0.slot].ownFault != nil }
        for member in members {
            let cause = faulty.first { $0 != member }.map { slots[$0.slot].settings.name }
            change(member) { $0.setGroupFault(cause, at: now, into: &actions) }
        }
    }

    /// A member that joined later may be backup while the others are master, until its own time has come. One that
    /// has found a master elsewhere will not become master: then the others give up.
    private mutating func endMixture(
        _ members: [RouterID], at now: Timestamp, into actions: inout [Action]
    ) {
        let follower = members.first { member in
            guard case .backup(let backup) = slots[member.slot].state else { return false }
            return backup.master != nil && !backup.isReady
        }
        guard let follower else { return }
        let name = slots[follower.slot].settings.name
        for member in members {
            guard case .master = slots[member.slot].state else { continue }
            change(member) { $0.follow(leaving: name, listens: false, at: now, into: &actions) }
        }
    }

    /// Everybody is master already, or waits for the others to be ready: then all become master at once.
    private mutating func promote(
        _ members: [RouterID], at now: Timestamp, into actions: inout [Action]
    ) {
        let isReady = members.allSatisfy { member in
            switch slots[member.slot].state {
            case .master: true
            case .backup(let backup): backup.isReady
            case .initialize, .leaving, .fault: false
            }
        }
        guard isReady else { return }
        for member in members {
            guard case .backup = slots[member.slot].state else { continue }
            change(member) { $0.becomeMaster(.masterSilent, at: now, into: &actions) }
        }
    }

    /// The state of a group with these members; nil: some are still starting, or already stopping.
    func state(of members: [RouterID]) -> StateName? {
        let states = members.compactMap { state(of: $0) }
        guard !states.isEmpty else { return nil }
        if states.contains(.fault) { return .fault }
        if states.allSatisfy({ $0 == .master }) { return .master }
        if states.allSatisfy({ $0 == .initialize }) { return .initialize }
        return states.contains(.initialize) ? nil : .backup
    }

    /// The group's state, if it is a new one.
    private mutating func tell(_ index: Int, _ members: [RouterID], into actions: inout [Action]) {
        guard let first = members.first, let state = state(of: members) else { return }
        let former = groups[index].state
        guard state != former else { return }
        groups[index].state = state
        let transition = GroupTransition(group: groups[index].name, from: former, to: state)
        actions.append(Action(first, .groupTransition(transition)))
    }

    /// Members whose priorities cross those of the other host's members make the two groups drive each other from
    /// master to backup for ever.
    private mutating func watchForCrossing(
        _ index: Int, _ members: [RouterID], at now: Timestamp, into actions: inout [Action]
    ) {
        let heard = members.compactMap { member -> (RouterID, Bool)? in
            guard let comparison = slots[member.slot].comparison else { return nil }
            let limit = slots[member.slot].settings.advertisementInterval * Self.freshness
            return now - comparison.at <= limit ? (member, comparison.isBetter) : nil
        }
        guard let better = heard.first(where: { $0.1 })?.0, let worse = heard.first(where: { !$0.1 })?.0
        else {
            groups[index].crossedSince = nil
            groups[index].hasReportedCrossing = false
            return
        }
        let since = groups[index].crossedSince ?? now
        groups[index].crossedSince = since
        guard now - since >= Self.crossingPatience, !groups[index].hasReportedCrossing else { return }
        groups[index].hasReportedCrossing = true
        let names = (slots[better.slot].settings.name, slots[worse.slot].settings.name)
        actions.append(
            Action(
                better,
                .note(.crossedPriorities(group: groups[index].name, lower: names.0, higher: names.1))))
    }
}
