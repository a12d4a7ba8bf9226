// Whether two worlds tell the same story: the same changes in the same order, at about the same times. An act takes a
// moment in the lab, and an expectation ends a pause a little earlier or later: times count from the last line of that kind.

import Election
import Simulation

/// The simulation's story and the lab's.
package struct StoryComparison {
    /// What may lie between the times of a change, in milliseconds.
    package struct Tolerance: Sendable {
        package var change = 250
        /// More where the kernel ends a lease: it looks now and then, up to 0.4 s late, and whole seconds are
        /// counted from the last renewal.
        package var leaseEnd = 600
        package init() {}
    }
    /// Differences in words; empty: the stories are the same.
    package private(set) var differences: [String] = []
    /// The greatest difference of times that was met, in milliseconds, and of what; ends of leases aside.
    package private(set) var greatest = (milliseconds: 0, change: "nothing")
    private let simulation: Story
    private let lab: Story
    private let tolerance: Tolerance
    /// The same event in both worlds, the lab's time moved to the simulation's anchor.
    private var pairs: [(event: Story.Event, lab: Int)] = []

    /// Of hosts in `silent` the lab does not hear that they have stopped.
    package init(
        simulation: Story, lab: Story, silent: Set<String> = [], tolerance: Tolerance = Tolerance()
    ) {
        self.simulation = simulation
        self.lab = lab
        self.tolerance = tolerance
        compareAnchors()
        guard differences.isEmpty else { return }
        compareEvents { silent.contains($0.host) && $0.word == "INIT" }
        compareOrder()
    }

    private mutating func compareAnchors() {
        for (place, anchor) in simulation.anchors.enumerated() {
            let other = lab.anchors.indices.contains(place) ? lab.anchors[place].words : "nothing"
            guard other != anchor.words else { continue }
            differences.append("\(seconds(anchor.milliseconds)): '\(anchor.words)', in the lab '\(other)'")
            return
        }
    }

    // MARK: Events

    private struct Track: Hashable {
        let host: String
        let subject: String
    }

    /// In the order of their first appearance.
    private static func tracks(_ events: [Story.Event]) -> [(Track, [Story.Event])] {
        var tracks: [(Track, [Story.Event])] = []
        for event in events {
            let track = Track(host: event.host, subject: event.subject)
            if let place = tracks.firstIndex(where: { $0.0 == track }) {
                tracks[place].1.append(event)
            } else {
                tracks.append((track, [event]))
            }
        }
        return tracks
    }

    private mutating func compareEvents(ignoring isIgnored: (Story.Event) -> Bool) {
        let expected = Self.tracks(simulation.events.filter { !isIgnored($0) })
        let found = Self.tracks(lab.events.filter { !isIgnored($0) })
        for (track, events) in expected {
            let others = found.first { $0.0 == track }?.1 ?? []
            let count = min(events.count, others.count)
            compare(track, shorten(events, to: count, simulation), shorten(others, to: count, lab))
        }
        for (track, events) in found where !expected.contains(where: { $0.0 == track }) {
            compare(track, [], shorten(events, to: 0, lab))
        }
    }

    /// A story ends with its last line; what happens at that moment may be in it or not.
    private func shorten(_ events: [Story.Event], to count: Int, _ story: Story) -> [Story.Event] {
        let end = (story.anchors.last?.milliseconds ?? 0) - tolerance.change
        return Array(events[..<count] + events[count...].prefix { $0.milliseconds < end })
    }

    private mutating func compare(
        _ track: Track, _ expected: [Story.Event], _ found: [Story.Event]
    ) {
        guard expected.map(\.word) == found.map(\.word) else {
            func words(_ events: [Story.Event]) -> String {
                events.map { "\($0.word) \(seconds($0.milliseconds))" }.joined(separator: ", ")
            }
            differences.append(
                "\(track.host) \(track.subject): \(words(expected)); in the lab \(words(found))")
            return
        }
        for (event, other) in zip(expected, found) {
            let time = moved(other)
            let difference = abs(time - event.milliseconds)
            if !event.isLeaseEnd, difference > greatest.milliseconds {
                greatest = (difference, "\(track.host) \(track.subject) \(event.word)")
            }
            pairs.append((event, time))
            guard difference > (event.isLeaseEnd ? tolerance.leaseEnd : tolerance.change) else { continue }
            differences.append(
                "\(track.host) \(track.subject) \(event.word): \(seconds(event.milliseconds)),"
                    + " in the lab \(seconds(time)) (\(seconds(other.milliseconds)))")
        }
    }

    /// When it would have been had the lab's acts been as quick as the simulation's.
    private func moved(_ event: Story.Event) -> Int {
        guard event.anchor > 0 else { return event.milliseconds }
        let place = event.anchor - 1
        return simulation.anchors[place].milliseconds + event.milliseconds - lab.anchors[place].milliseconds
    }

    // MARK: Order

    /// What is apart in the simulation comes in the same order in the lab, whatever host it is on.
    private mutating func compareOrder() {
        let sorted = pairs.sorted { $0.event.milliseconds < $1.event.milliseconds }
        for (place, former) in sorted.enumerated() {
            for later in sorted[place...]
            where later.event.milliseconds - former.event.milliseconds > tolerance.change
                && later.lab < former.lab && !former.event.isLeaseEnd && !later.event.isLeaseEnd
            {
                differences.append(
                    "in the lab \(later.event.host) \(later.event.subject) \(later.event.word) comes before"
                        + " \(former.event.host) \(former.event.subject) \(former.event.word)")
            }
        }
    }

    private func seconds(_ milliseconds: Int) -> String {
        Timestamp(nanoseconds: Int64(milliseconds) * 1_000_000).seconds
    }
}
