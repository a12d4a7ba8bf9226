// Reads an act from the words that print it.

import Control
import Election

extension Act {
    /// Nil: the words say nothing that is known.
    init?(_ words: inout Words, _ cluster: ClusterPlan) {
        guard let verb = words.next() else { return nil }
        if verb == "heal" {
            self = .heal
            return
        }
        // Some verbs have two words, or an option.
        let second = ["kill", "delete", "late", "refuse", "crash"].contains(verb) ? words.next() : nil
        guard let name = words.next(), let host = cluster.names.firstIndex(of: name) else { return nil }
        let act =
            Self.process(verb, second, host, &words) ?? Self.network(verb, host, &words, cluster)
            ?? Self.machine(verb, second, host, &words)
        guard let act else { return nil }
        self = act
    }

    private static func process(
        _ verb: String, _ second: String?, _ host: Int, _ words: inout Words
    ) -> Act? {
        switch (verb, second) {
        case ("kill", "-9"): return parts(&words).map { .kill(host: host, $0) }
        case ("freeze", nil): return parts(&words).map { .freeze(host: host, $0) }
        case ("thaw", nil): return .thaw(host: host)
        case ("start", nil): return .start(host: host)
        case ("stop", nil): return .stop(host: host)
        case ("restart", nil): return .restart(host: host)
        case ("reload", nil):
            guard words.peek == "priority" else { return .reload(host: host, priority: nil) }
            _ = words.next()
            return words.number().map { .reload(host: host, priority: $0) }
        case ("crash", "loop"): return words.number().map { .crashLoop(host: host, deaths: $0) }
        default: return nil
        }
    }

    /// None are all.
    private static func parts(_ words: inout Words) -> [DaemonPart]? {
        var parts: [DaemonPart] = []
        while let word = words.next() {
            guard let part = DaemonPart(rawValue: word) else { return nil }
            parts.append(part)
        }
        return parts.isEmpty ? DaemonPart.allCases : parts
    }

    private static func network(
        _ verb: String, _ host: Int, _ words: inout Words, _ cluster: ClusterPlan
    ) -> Act? {
        func interface() -> Int? {
            guard let word = words.next(), word.hasPrefix("eth"), let place = Int(word.dropFirst(3)),
                place < cluster.segments
            else { return nil }
            return place
        }
        func other() -> Int? { words.next().flatMap { cluster.names.firstIndex(of: $0) } }
        switch verb {
        case "plug": return interface().map { .plug(host: host, interface: $0, true) }
        case "unplug": return interface().map { .plug(host: host, interface: $0, false) }
        case "link":
            guard let place = interface(), let word = words.next(), word == "up" || word == "down" else {
                return nil
            }
            return .link(host: host, interface: place, isUp: word == "up")
        case "isolate": return .isolate(host: host, true)
        case "join": return .isolate(host: host, false)
        case "cut": return other().map { .cut(from: host, to: $0, true) }
        case "mend": return other().map { .cut(from: host, to: $0, false) }
        case "noise":
            guard words.next() == "loss", let loss = words.number(), words.next() == "duplication",
                let duplication = words.number(), words.next() == "delay", let delay = words.duration()
            else { return nil }
            return .noise(host: host, Noise(loss: loss, duplication: duplication, delay: delay))
        default: return nil
        }
    }

    private static func machine(
        _ verb: String, _ second: String?, _ host: Int, _ words: inout Words
    ) -> Act? {
        func unit(_ unit: String) -> Int? {
            guard let word = words.next(), word.hasSuffix(unit) else { return nil }
            return Int(word.dropLast(unit.count))
        }
        switch (verb, second) {
        case ("delete", "addresses"): return .deleteAddresses(host: host)
        case ("set", nil):
            guard let kind = words.next().flatMap({ WatchKind(word: $0) }), let name = words.next(),
                let value = words.number()
            else { return nil }
            return .watch(host: host, kind, name: name, value: Int32(clamping: value))
        case ("drift", nil): return unit("ppm").map { .drift(host: host, partsPerMillion: $0) }
        case ("jump", nil): return unit("s").map { .jump(host: host, seconds: $0) }
        case ("sleep", nil): return .sleep(host: host)
        case ("wake", nil): return .wake(host: host)
        case ("slow", nil): return words.duration().map { .slow(host: host, $0) }
        case ("late", "reports"): return words.duration().map { .lateReports(host: host, $0) }
        case ("overflow", nil): return .overflow(host: host)
        case ("refuse", "addresses"): return words.onOff().map { .refuseAddresses(host: host, $0) }
        case ("refuse", "sending"): return words.onOff().map { .refuseSending(host: host, $0) }
        case ("power", nil): return words.onOff().map { .power(host: host, $0) }
        default: return nil
        }
    }
}

extension WatchKind {
    /// As scenarios name it.
    init?(word: String) {
        switch word {
        case "script": self = .script
        case "process": self = .process
        case "file": self = .file
        default: return nil
        }
    }
}
