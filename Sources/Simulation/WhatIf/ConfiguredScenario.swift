// A scenario for the operator's own hosts: its text has steps and no cluster. Interfaces are called as in the files.

import Election

extension ConfiguredCluster {
    /// Reads a scenario without `hosts` and settings. Throws what is wrong, with its place.
    package func scenario(_ text: String, file: String) throws(ScenarioError) -> Scenario {
        if let name = names.first(where: { $0.contains { " =,".contains($0) } }) {
            throw ScenarioError(
                file: file, line: 1, message: "a scenario cannot name the host '\(name)': call it otherwise")
        }
        var lines: [String] = []
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            guard line != "---" else { break }
            lines.append(try translated(line, file, lines.count + 1))
        }
        let interfaces = interfaces.map(\.count).max() ?? 0
        let head = "hosts \(names.map { "\($0)=100" }.joined(separator: " ")) segments \(interfaces)\n"
        do {
            return try ScenarioParser.parse(head + lines.joined(separator: "\n"), file: file).moved(by: -1)
        } catch {
            throw ScenarioError(file: error.file, line: error.line - 1, message: error.message)
        }
    }

    /// Plays it. All rules look on that can.
    package func play(_ scenario: Scenario, file: String, seed: UInt64) -> ScenarioRun {
        ScenarioRun.play(scenario, file: file, in: makeWorld(seed: seed, detail: .story))
    }

    /// What the configuration files say, and a scenario cannot.
    private static let settings = [
        "hosts", "vip", "advert", "version", "unicast", "group", "nopreempt", "preempt_delay", "handover",
        "lease", "segments", "track", "extra",
    ]

    /// The scenario language knows interfaces by their places only.
    private func translated(
        _ line: Substring, _ file: String, _ number: Int
    ) throws(ScenarioError) -> String {
        var words = line.split(separator: " ").map(String.init)
        if let first = words.first, Self.settings.contains(first) {
            throw ScenarioError(
                file: file, line: number,
                message: "'\(first)' is said by the configuration files: a scenario for them has steps only")
        }
        let verb = words.first == "at" ? 2 : 0
        guard words.count > verb + 2, ["plug", "unplug", "link"].contains(words[verb]),
            let host = names.firstIndex(of: words[verb + 1])
        else { return String(line) }
        guard let place = interfaces[host].firstIndex(where: { $0.name == words[verb + 2] }) else {
            throw ScenarioError(
                file: file, line: number,
                message: interfaces[host].lack(of: words[verb + 2], on: names[host]))
        }
        words[verb + 2] = "eth\(place)"
        return words.joined(separator: " ")
    }
}

extension Scenario {
    /// With the lines of the file it stands in.
    fileprivate func moved(by lines: Int) -> Scenario {
        var copy = self
        copy.steps = steps.map { Step(line: $0.line + lines, words: $0.words, deed: $0.deed) }
        return copy
    }
}
