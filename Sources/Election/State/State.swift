// The states of RFC 9568 6.3, with keepalived's FAULT beside them. Each struct holds just the data
// that its state may use, so a timer of another state cannot exist.

import Wire

/// A state's name, as operators know it. RFC 9568 says Active for master.
package enum StateName: String, Sendable, Hashable, CaseIterable {
    case initialize = "INIT"
    case backup = "BACKUP"
    case master = "MASTER"
    case fault = "FAULT"
}

/// The state of a virtual router with the deadlines that live in it.
package enum State: Sendable, Hashable {
    case initialize(InitializeState)
    case backup(BackupState)
    case master(MasterState)
    case leaving(LeavingState)
    case fault

    package var name: StateName {
        switch self {
        case .initialize: .initialize
        case .backup: .backup
        case .master, .leaving: .master
        case .fault: .fault
        }
    }

    /// When the state next wants to act of itself.
    package var nextDeadline: Timestamp? {
        switch self {
        case .initialize(let state): state.startDeadline
        case .backup(let state): state.isReady ? nil : state.masterDownDeadline
        case .master(let state): state.nextDeadline
        case .leaving(let state): state.deadline
        case .fault: nil
        }
    }
}

/// Waiting for startup, or for the startup delay to end.
package struct InitializeState: Sendable, Hashable {
    /// Startup has been asked for: it waits for the delay or for trackers.
    package var isStarting = false
    /// End of `vrrp_startup_delay`; nil: there is none, or it is over.
    package var startDeadline: Timestamp?

    package init(isStarting: Bool = false, startDeadline: Timestamp? = nil) {
        self.isStarting = isStarting
        self.startDeadline = startDeadline
    }
}

/// Listening to a master (RFC 9568 6.4.2).
package struct BackupState: Sendable, Hashable {
    /// Master_Down_Timer.
    package var masterDownDeadline: Timestamp
    /// Master_Adver_Interval: learned in v3, the own interval in v2.
    package var masterInterval: Duration
    /// The master heard last.
    package var master: IPAddress?
    package var masterPriority: UInt8?
    /// Until when lower priorities are accepted (`preempt_delay`); nil: none was heard.
    package var preemptHold: Timestamp?
    /// In a sync group: the down timer has passed, the other members' have not yet.
    package var isReady = false
    /// The down timer passed long before it was noticed: who is master is listened for once more.
    package var isLate = false

    package init(masterDownDeadline: Timestamp, masterInterval: Duration) {
        self.masterDownDeadline = masterDownDeadline
        self.masterInterval = masterInterval
    }
}

/// Holding the addresses (RFC 9568 6.4.3).
package struct MasterState: Sendable, Hashable {
    /// Adver_Timer.
    package var advertisementDeadline: Timestamp
    /// A second burst of announcements, after becoming master or after a losing advertisement.
    package var burst: Burst?
    /// The next periodic announcement.
    package var refreshDeadline: Timestamp?
    /// No burst for a losing advertisement before this, so that a flood of them is not multiplied.
    package var nextLosingBurst: Timestamp
    /// Answers to losing advertisements in the present interval, and when that ends.
    package var answers = Answers()
    /// No answer to a claim before this.
    package var nextClaimAnswer = Timestamp(nanoseconds: .min)
    /// A newcomer's announcements may overtake its advertisement: what was claimed a moment ago, and until when it counts.
    package var recentClaims = Claims()
    package var recentClaimsDeadline = Timestamp(nanoseconds: .min)
    /// The kernel refused addresses; the next advertisement tries again.
    package var mustInstall = false
    /// A better router was heard once; it counts when it is heard again, or claims the addresses.
    package var challenge: Challenge?

    package struct Challenge: Sendable, Hashable {
        package var heard: HeardAdvertisement
        /// Until when claims of addresses count.
        package var claimDeadline: Timestamp
        /// Until when the second advertisement counts.
        package var deadline: Timestamp
        package var claims = Claims()
        /// It was heard a second time.
        package var isConfirmed = false
        /// It was heard a second time, or has claimed some of the addresses: they go when it has claimed all, or by then.
        package var yieldDeadline: Timestamp?

        /// When it ends, one way or the other.
        package var end: Timestamp { yieldDeadline ?? deadline }
    }

    /// Who was stopped for a while finds hundreds of advertisements waiting, and a few answers tell all their senders.
    package struct Answers: Sendable, Hashable {
        private var count = 0
        private var end = Timestamp(nanoseconds: .min)
        private static let limit = 10

        /// Whether one more may be given.
        mutating func permits(at now: Timestamp, interval: Duration) -> Bool {
            if now >= end { (count, end) = (0, now + interval) }
            count += 1
            return count <= Self.limit
        }
    }

    package struct Burst: Sendable, Hashable {
        package var deadline: Timestamp
        package var copies: Int
    }

    package var nextDeadline: Timestamp {
        var next = advertisementDeadline
        // Nothing is announced while a better router may be doing so.
        if let challenge { return min(next, challenge.end) }
        if let burst { next = min(next, burst.deadline) }
        if let refreshDeadline { next = min(next, refreshDeadline) }
        return next
    }
}

/// Still holding the addresses after the peers were told otherwise (priority 0), until a successor is heard: nobody is
/// ever without an answer. Master by name.
package struct LeavingState: Sendable, Hashable {
    /// When the peers were told.
    package var began: Timestamp
    /// When the addresses go in any case: a successor would have been heard by then.
    package var lastDeadline: Timestamp
    /// The same, or when the successor that was heard has them.
    package var deadline: Timestamp
    package var reason: Transition.Reason
    /// It leads to `initialize`; else to fault or backup, as trackers say by then.
    package var isStopping: Bool
    /// It has advertised, and is about to take the addresses.
    package var successor: HeardAdvertisement?
    package var claims = Claims()
}

/// Which of the addresses a successor has announced: a client of one that it has not still asks the former holder.
package struct Claims: Sendable, Hashable {
    private var places: [Int] = []
    /// All of them.
    package private(set) var isComplete = false

    package var isEmpty: Bool { places.isEmpty }

    /// Whether it is a new one.
    mutating func add(_ place: Int, of count: Int) -> Bool {
        guard !places.contains(place) else { return false }
        places.append(place)
        isComplete = places.count >= count
        return true
    }
}
