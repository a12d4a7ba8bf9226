// Plays a scenario with real hosts and writes its transcript in the simulation's words, so that the two can be
// compared.

import Election
import Glibc
import Linux
import Simulation
import Wire

/// What came of a scenario in the lab.
package struct LabRun: Sendable {
    package fileprivate(set) var transcript: [String] = []
    /// Expectations that did not hold: `file:line: …`.
    package fileprivate(set) var failures: [String] = []
    /// What the daemons said, with the same times.
    package fileprivate(set) var logs: [String] = []

    /// `batond` is the daemon's path. Throws what the lab cannot do, and what does not work.
    package static func play(_ scenario: Scenario, file: String, batond: String) throws -> LabRun {
        if let obstacle = scenario.labObstacle { throw LabError("\(file): \(obstacle)") }
        let stage = try ScenarioStage.build(scenario.cluster, batond: batond)
        defer { stage.close() }
        var player = LabPlayer(stage, file)
        try player.play(scenario)
        return player.result
    }
}

/// Goes through the steps on a stage.
private struct LabPlayer {
    private(set) var result = LabRun()
    private let stage: ScenarioStage
    private let file: String
    /// Nanoseconds since 1970.
    private var begin: Int64
    private var lines: [(moment: Int64, text: String)] = []

    private static let pollMicroseconds: UInt32 = 5000
    /// What is to hold at once has this long to become so, and what has a time this much more.
    private static let patience = Duration.milliseconds(Int64(StoryComparison.Tolerance().change))
    /// What the simulation takes to start a program, in nanoseconds. The rest is the machine's and no part of the story.
    private static let loading: Int64 = 45_000_000

    init(_ stage: ScenarioStage, _ file: String) {
        self.stage = stage
        self.file = file
        begin = RealtimeClock.nanoseconds
    }

    mutating func play(_ scenario: Scenario) throws {
        if !scenario.startsByHand {
            for host in stage.stations.indices { try write(.start(host: host)) }
            try settle(stage.stations)
            begin = lines.first?.moment ?? begin
        }
        for step in scenario.steps { try play(step) }
        write()
    }

    private mutating func play(_ step: Scenario.Step) throws {
        switch step.deed {
        case .run(let span):
            // From the last line, not from the end of what was done for it.
            try run(until: (lines.last?.moment ?? begin) + span.nanoseconds)
        case .act(let act, let time):
            if let time { try run(until: begin + time.nanoseconds) }
            try perform(act)
        case .expect(let claims, let limit):
            let asked = RealtimeClock.nanoseconds
            let span = (limit ?? .zero) + Self.patience
            let holds = try run(until: asked + span.nanoseconds) {
                claims.allSatisfy { stage.holds($0) }
            }
            let now = RealtimeClock.nanoseconds
            let yes = limit == nil ? "yes" : "yes, after \(Timestamp(nanoseconds: now - asked).seconds)s"
            lines.append((now, "-  \(step.words): \(holds ? yes : "NO")"))
            if !holds { result.failures.append("\(file):\(step.line): not so: \(step.words)") }
        }
    }

    private mutating func perform(_ act: Act) throws {
        try write(act)
        switch act {
        case .start(let host), .power(let host, true): try settle([stage.stations[host]])
        default: break
        }
    }

    private mutating func write(_ act: Act) throws {
        lines.append((RealtimeClock.nanoseconds, "-  \(act.words(stage.cluster.hosts))"))
        try stage.perform(act)
    }

    /// Waits for the first words of daemons that were just started; the last lines are moved to when the simulation would have started
    /// them.
    private mutating func settle(_ stations: [Station]) throws {
        let started = stations.filter(\.hasJustStarted)
        guard !started.isEmpty else { return }
        let limit = RealtimeClock.nanoseconds + 2_000_000_000
        guard try run(until: limit, condition: { started.allSatisfy { $0.firstWords != nil } }) else {
            return
        }
        let moments = started.compactMap(\.firstWords).sorted()
        let middle = (moments[0] + moments[moments.count - 1]) / 2 - Self.loading
        for place in lines.indices.suffix(stations.count) {
            lines[place].moment = max(lines[place].moment, middle)
        }
        for station in started { station.hasJustStarted = false }
    }

    private func run(until due: Int64) throws {
        _ = try run(until: due) { false }
    }

    /// Until the condition holds; false: it did not by then.
    private func run(until due: Int64, condition: () -> Bool) throws -> Bool {
        while true {
            try stage.attend()
            if condition() { return true }
            guard RealtimeClock.nanoseconds < due else { return false }
            usleep(Self.pollMicroseconds)
        }
    }

    // MARK: Writing

    private mutating func write() {
        for station in stage.stations {
            let name = station.host.name
            let events = station.events(stage.virtualAddresses, stage.cluster)
            lines += events.filter { station.wasPowered(at: $0.moment) }.map {
                ($0.moment, "\(name)  \($0.text)")
            }
            result.logs += station.log.lines.map { "\(time($0.moment))  \(name): \($0.text)" }
        }
        lines.sort { $0.moment < $1.moment }
        result.transcript = lines.map { "\(time($0.moment))  \($0.text)" }
    }

    /// Of several hosts one may have started a little before the beginning.
    private func time(_ moment: Int64) -> String { Timestamp(nanoseconds: max(0, moment - begin)).seconds }
}

extension Station {
    /// States and addresses, as the simulation tells of them.
    fileprivate func events(_ virtual: [IPAddress], _ cluster: ClusterPlan) -> [(moment: Int64, text: String)]
    {
        var events = addresses.changes.filter { virtual.contains($0.address) }.map {
            (moment: $0.moment, text: "address \($0.address) \($0.isAdded ? "added" : "removed")")
        }
        var last: [String: StateName] = [:]
        for change in states.history {
            events.append((change.moment, "\(change.instance) \(change.state.rawValue)"))
            let isMaster = change.state == .master
            // FRR's addresses stay where they are; their interface goes up and down.
            if behaviour == .frr, isMaster != (last[change.instance] == .master),
                let place = cluster.instances.firstIndex(where: { $0.name == change.instance })
            {
                events.append((change.moment, "address \(virtual[place]) \(isMaster ? "added" : "removed")"))
            }
            last[change.instance] = change.state
        }
        return events
    }
}
