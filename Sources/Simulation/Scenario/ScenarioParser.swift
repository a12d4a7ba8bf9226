// Reads a scenario: a paragraph behind `#`, the cluster, the steps, and behind a line `---` the transcript.
//
//     # What it shows.
//     hosts a=150 b=100   vip 192.168.50.88   advert 1s
//     run 5s
//     expect a master, b backup
//     kill -9 a
//     expect b master within 3.7s
//     ---
//     0.000  a  V1 BACKUP

import Election
import Wire

package struct ScenarioParser {
    private let file: String
    private var scenario = Scenario()
    private var priorities: [Int] = []
    private var line = 0

    /// Throws the first thing that is wrong, with its place.
    package static func parse(_ text: String, file: String) throws(ScenarioError) -> Scenario {
        var parser = ScenarioParser(file: file)
        return try parser.parse(text)
    }

    private init(file: String) { self.file = file }

    private mutating func parse(_ text: String) throws(ScenarioError) -> Scenario {
        var isTranscript = false
        for content in text.split(separator: "\n", omittingEmptySubsequences: false) {
            line += 1
            if isTranscript {
                if !content.isEmpty { scenario.transcript.append(String(content)) }
            } else if content == "---" {
                isTranscript = true
            } else if content.hasPrefix("#") {
                scenario.paragraph.append(String(content.dropFirst().drop { $0 == " " }))
            } else {
                try read(content)
            }
        }
        guard !scenario.cluster.names.isEmpty else { throw failure("there are no hosts") }
        return scenario
    }

    private func failure(_ message: String) -> ScenarioError {
        ScenarioError(file: file, line: line, message: message)
    }

    private mutating func read(_ content: Substring) throws(ScenarioError) {
        var words = Words(content)
        guard let first = words.peek else { return }
        if first == "hosts" || Self.settings.contains(first) {
            guard scenario.steps.isEmpty else { throw failure("'\(first)' comes before all steps") }
            while let word = words.next() { try set(word, &words) }
            return
        }
        guard !scenario.cluster.names.isEmpty else { throw failure("'hosts' comes first") }
        let deed = try deed(&words)
        if let rest = words.peek { throw failure("'\(rest)' is too much") }
        let text = content.split(separator: " ").joined(separator: " ")
        scenario.steps.append(Scenario.Step(line: line, words: text, deed: deed))
    }

    // MARK: Cluster

    private static let settings = [
        "vip", "advert", "version", "unicast", "group", "nopreempt", "preempt_delay", "handover", "lease",
        "segments", "track", "extra", "seed", "by-hand",
    ]

    private mutating func set(_ word: String, _ words: inout Words) throws(ScenarioError) {
        switch word {
        case "hosts": try readHosts(&words)
        case "vip": try readAddress(&words)
        case "advert": scenario.cluster.interval = try duration(&words)
        case "version": scenario.cluster.version = try number(&words) == 3 ? .v3 : .v2
        case "unicast": scenario.cluster.isUnicast = true
        case "group": scenario.cluster.isGrouped = true
        case "nopreempt": scenario.cluster.preempts = false
        case "preempt_delay": scenario.cluster.preemptDelay = try number(&words)
        case "handover": scenario.cluster.handover = try take(&words)
        case "lease": scenario.cluster.lease = try take(&words)
        case "segments": scenario.cluster.segments = try number(&words)
        case "track":
            scenario.cluster.trackers.append(
                .init(kind: try take(&words), name: try take(&words), weight: try number(&words)))
            guard words.peek == "reverse" else { return }
            _ = words.next()
            scenario.cluster.trackers[scenario.cluster.trackers.count - 1].isReversed = true
        case "extra": scenario.cluster.extras.append(words.rest())
        case "seed": scenario.seed = UInt64(try number(&words))
        case "by-hand": scenario.startsByHand = true
        default: throw failure("'\(word)' is no setting")
        }
    }

    /// `a=150`, or `b=100:keepalived`.
    private mutating func readHosts(_ words: inout Words) throws(ScenarioError) {
        while let word = words.peek, word.contains("=") {
            _ = words.next()
            let parts = word.split(separator: "=")
            let value = parts.count == 2 ? parts[1].split(separator: ":") : []
            guard let name = parts.first, let text = value.first, let priority = Int(text),
                (1...255).contains(priority)
            else { throw failure("'\(word)' is no host and its priority") }
            var behaviour = Behaviour.baton
            if value.count == 2 {
                guard let known = Behaviour.all.first(where: { $0.name == value[1] }) else {
                    throw failure("'\(value[1])' is none of \(Behaviour.all.map(\.name))")
                }
                behaviour = known
            }
            scenario.cluster.names.append(String(name))
            scenario.cluster.behaviours.append(behaviour)
            priorities.append(priority)
        }
    }

    /// Each address is an instance: `vip 192.168.50.88`, or with `on eth1`, and with `priorities a=100 b=150` where they
    /// are other than those of `hosts`.
    private mutating func readAddress(_ words: inout Words) throws(ScenarioError) {
        var text = try take(&words)
        if !text.contains("/") { text += text.contains(":") ? "/64" : "/24" }
        var segment = 0
        if words.peek == "on" {
            _ = words.next()
            let interface = try take(&words)
            guard interface.hasPrefix("eth"), let number = Int(interface.dropFirst(3)), number < 10 else {
                throw failure("'\(interface)' is no interface")
            }
            segment = number
        }
        scenario.cluster.segments = max(scenario.cluster.segments, segment + 1)
        let place = scenario.cluster.instances.count
        scenario.cluster.instances.append(
            .init(
                name: "V\(place + 1)", segment: segment, vrid: 51 + place, address: text,
                priorities: try ownPriorities(&words)))
    }

    private func ownPriorities(_ words: inout Words) throws(ScenarioError) -> [Int] {
        var own = priorities
        guard words.peek == "priorities" else { return own }
        _ = words.next()
        while let word = words.peek, word.contains("=") {
            _ = words.next()
            let parts = word.split(separator: "=").map(String.init)
            guard parts.count == 2, let host = scenario.cluster.names.firstIndex(of: parts[0]),
                let priority = Int(parts[1]), (1...255).contains(priority)
            else { throw failure("'\(word)' is no host and its priority") }
            own[host] = priority
        }
        return own
    }

    // MARK: Steps

    private func deed(_ words: inout Words) throws(ScenarioError) -> Scenario.Deed {
        switch words.peek {
        case "run":
            _ = words.next()
            return .run(try duration(&words))
        case "expect":
            _ = words.next()
            return try expectation(&words)
        case "at":
            _ = words.next()
            let time = try duration(&words)
            return .act(try act(&words), at: time)
        default: return .act(try act(&words), at: nil)
        }
    }

    private func act(_ words: inout Words) throws(ScenarioError) -> Act {
        let text = words.remaining
        guard let act = Act(&words, scenario.cluster) else { throw failure("'\(text)' is not understood") }
        return act
    }

    private func expectation(_ words: inout Words) throws(ScenarioError) -> Scenario.Deed {
        var claims: [Scenario.Claim] = []
        while let word = words.peek, word != "within" { claims.append(try claim(&words)) }
        var within: Duration?
        if words.next() == "within" { within = try duration(&words) }
        return .expect(claims, within: within)
    }

    private func claim(_ words: inout Words) throws(ScenarioError) -> Scenario.Claim {
        let subject = try take(&words)
        var predicate = try take(&words).filter { $0 != "," }
        if subject == "client" {
            guard predicate == "answered" || predicate == "unanswered" else {
                throw failure("a client is answered or unanswered, not '\(predicate)'")
            }
            return .answered(predicate == "answered")
        }
        guard let host = scenario.cluster.names.firstIndex(of: subject) else {
            throw failure("there is no host '\(subject)'")
        }
        let instance = scenario.cluster.instances.firstIndex { $0.name == predicate }
        if instance != nil { predicate = try take(&words).filter { $0 != "," } }
        switch predicate {
        case "master": return .state(host: host, instance: instance, .master)
        case "backup": return .state(host: host, instance: instance, .backup)
        case "fault": return .state(host: host, instance: instance, .fault)
        case "stopped": return .stopped(host: host)
        case "holding": return .holds(host: host, instance: instance, true)
        case "empty": return .holds(host: host, instance: instance, false)
        default:
            throw failure("'\(predicate)' is none of master, backup, fault, stopped, holding, empty")
        }
    }

    // MARK: Words

    private func take(_ words: inout Words) throws(ScenarioError) -> String {
        guard let word = words.next() else { throw failure("something is missing at the end") }
        return word
    }

    private func number(_ words: inout Words) throws(ScenarioError) -> Int {
        let word = try take(&words)
        guard let number = Int(word) else { throw failure("'\(word)' is no number") }
        return number
    }

    private func duration(_ words: inout Words) throws(ScenarioError) -> Duration {
        let word = try take(&words)
        guard let duration = Duration(words: word) else {
            throw failure("'\(word)' is no duration like 2s, 250ms or 1.5s")
        }
        return duration
    }
}
