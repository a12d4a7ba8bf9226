// Announcements that must not leave all at once: `vrrp_garp_interval`, `vrrp_gna_interval` and `garp_group` space
// them out on an interface, in a queue beside the protocol.

import Configuration
import Election
import Wire

/// The queue of announcements that wait for their turn.
struct Announcer {
    private struct Lane {
        var pace: Duration
        var next = Timestamp(nanoseconds: .min)
        var waiting: [Announcement] = []
    }
    /// Interfaces that share a pace share a lane.
    private struct LaneKey: Hashable {
        /// A `garp_group` by its number, or an interface by its name.
        let owner: String
        let family: AddressFamily
    }
    private var lanes: [LaneKey: Lane] = [:] {
        didSet { nextDeadline = lanes.values.filter { !$0.waiting.isEmpty }.map(\.next).min() }
    }
    /// When the next announcement is due; nil: none waits.
    private(set) var nextDeadline: Timestamp?
    private var groups: [AnnouncementGroup] = []
    private var pace = AnnouncementPace()
    /// Announcements that wait on one lane: beyond it the oldest give way.
    private static let limit = 10_000

    mutating func setPace(_ configuration: Configuration) {
        groups = configuration.announcementGroups
        pace = configuration.global.pace
    }

    /// True: the announcement may leave now. False: it waits for `due`.
    mutating func admit(_ announcement: Announcement, on interface: String, at now: Timestamp) -> Bool {
        let index = groups.firstIndex { $0.interfaces.contains(interface) }
        let settings = index.map { groups[$0].pace } ?? pace
        let family = announcement.address.family
        let interval = family == .ipv4 ? settings.garpInterval : settings.gnaInterval
        guard interval > .zero else { return true }
        let key = LaneKey(owner: index.map { "group \($0)" } ?? interface, family: family)
        var lane = lanes[key] ?? Lane(pace: interval)
        lane.pace = interval
        defer { lanes[key] = lane }
        if lane.waiting.isEmpty, lane.next <= now {
            lane.next = now + interval
            return true
        }
        lane.waiting.append(announcement)
        if lane.waiting.count > Self.limit { lane.waiting.removeFirst() }
        return false
    }

    /// The announcements whose turn has come.
    mutating func due(at now: Timestamp) -> [Announcement] {
        guard let nextDeadline, nextDeadline <= now else { return [] }
        var due: [(Timestamp, Announcement)] = []
        var lanes = lanes
        defer { self.lanes = lanes }
        for (key, var lane) in lanes where !lane.waiting.isEmpty {
            while lane.next <= now, !lane.waiting.isEmpty {
                due.append((lane.next, lane.waiting.removeFirst()))
                // Missed turns are not made up for.
                lane.next = max(lane.next + lane.pace, now + lane.pace / 2)
            }
            lanes[key] = lane
        }
        // Lanes have no order of their own.
        return due.sorted {
            ($0.0, $0.1.interfaceIndex, $0.1.address) < ($1.0, $1.1.interfaceIndex, $1.1.address)
        }
        .map(\.1)
    }
}

/// One announcement to make.
struct Announcement {
    let router: RouterID
    let address: IPAddress
    let interfaceIndex: Int32
}
