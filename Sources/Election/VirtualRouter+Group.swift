// What a router does because of its sync group.

import Wire

extension VirtualRouter {
    /// Shares another member's fault, or no longer.
    mutating func setGroupFault(
        _ member: String?, at now: Timestamp, into actions: inout [Action]
    ) {
        guard groupFault != member else { return }
        groupFault = member
        reconsiderFault(at: now, into: &actions)
    }

    /// Another member stopped being master: so does this one, and a member that was ready waits anew. `listens`: the
    /// other one listens after a pause; the pause was everybody's.
    mutating func follow(
        leaving member: String, listens: Bool, at now: Timestamp, into actions: inout [Action]
    ) {
        listenIfLate(at: now, into: &actions)
        switch state {
        case .master where listens:
            append(.removeAddresses, to: &actions)
            listen(.groupMember(member), at: now, into: &actions)
        case .master:
            leave(.groupMember(member), lingers: true, isStopping: false, at: now, into: &actions)
        case .backup(var backup):
            guard backup.isReady else { return }
            backup.isReady = false
            backup.masterDownDeadline = now + downInterval(backup.masterInterval)
            state = .backup(backup)
        case .initialize, .leaving, .fault:
            break
        }
    }

    /// It left its group while it waited for the others.
    mutating func leaveReadiness(at now: Timestamp, into actions: inout [Action]) {
        guard case .backup(let backup) = state, backup.isReady else { return }
        becomeMaster(.masterSilent, at: now, into: &actions)
    }

    /// Whether the sender would win an election against this router (RFC 9568 6.4.3).
    func isBetter(_ heard: HeardAdvertisement) -> Bool {
        if heard.priority != priority { return heard.priority > priority }
        return ownAddress.map { heard.source > $0 } ?? false
    }
}
