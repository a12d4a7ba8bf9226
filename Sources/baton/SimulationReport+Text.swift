// The report on the terminal: the hosts and what was guessed of them, then each question with its story, who has each
// address, and the verdicts.

import Configuration
import Election
import Simulation

extension SimulationReport {
    /// Lines of a story beyond these are only in the JSON.
    private static let storyLimit = 40

    func printText() { for line in textLines { print(line) } }

    private var textLines: [String] {
        var lines = hostLines + [""]
        if !comparison.isEmpty {
            lines += comparison.map { "\($0.severity.mark)  \($0.message) [\($0.code)]" }
            lines += ["baton check --peers shows where, baton explain what to do.", ""]
        }
        switch result {
        case .whatIfs(let outcomes):
            for outcome in outcomes { lines += self.lines(outcome) + [""] }
            lines.append("\(outcomes.count) what-ifs: \(tally)")
        case .runs(let runs): lines += self.lines(runs)
        case .scenario(let run):
            lines += run.transcript + [""] + run.failures.map { "FAILED  \($0)" }
            lines.append("scenario: \(tally)")
        }
        return lines
    }

    private var tally: String {
        let words = [(failures, "failed verdict"), (warnings, "warning")].filter { $0.0 > 0 }.map {
            "\($0) \($1)\($0 == 1 ? "" : "s")"
        }
        return words.isEmpty ? "nothing to complain of" : words.joined(separator: ", ")
    }

    // MARK: Hosts

    private var hostLines: [String] {
        var lines = cluster.interfaces.indices.map { host in
            let interfaces = cluster.interfaces[host].map { interface in
                let addresses = interface.addresses.map {
                    "\($0.address)/\($0.prefixLength) (\($0.origin.rawValue))"
                }
                return ([interface.name, "on network \(interface.segment + 1)"] + addresses).joined(
                    separator: " ")
            }
            let own = nodes[host].parsed.diagnostics
            let findings = own.isEmpty ? "" : "; baton check: \(DiagnosticReport.summary(own))"
            return "\(nodes[host].name) (\(files[host])): \(interfaces.joined(separator: ", "))\(findings)"
        }
        if nodes.count == 1 { lines.append("A second host is missing: give its file as well.") }
        if !cluster.isRegular {
            lines.append("The rules of the simulation do not fit these hosts: only the addresses are judged.")
        }
        return lines
    }

    // MARK: What-ifs

    private func lines(_ outcome: WhatIfOutcome) -> [String] {
        var lines = ["--- \(outcome.whatIf.title(cluster))"]
        let story = outcome.story
        lines += story.prefix(Self.storyLimit)
        if story.count > Self.storyLimit {
            lines.append("            and \(story.count - Self.storyLimit) more lines: see --json")
        }
        for (service, course) in zip(cluster.services, outcome.courses) {
            lines.append("    \(service.title): \(words(course, outcome))")
        }
        lines += outcome.verdicts.map { "\($0.severity.mark)  \($0.words)" }
        if !outcome.verdicts.contains(where: { $0.severity != .note }) { lines.append("ok") }
        return lines
    }

    /// `lb1, then lb2, no answer for 3.212 s; in the end lb1, always answered`
    private func words(_ course: ServiceCourse, _ outcome: WhatIfOutcome) -> String {
        func names(_ hosts: [Int]) -> String {
            hosts.isEmpty ? "nobody" : hosts.map { nodes[$0].name }.joined(separator: " and ")
        }
        let isStill = outcome.whatIf != .start && course.before == course.after
        var words = names(course.after)
        if isStill { words = "stays on \(words)" }
        if !isStill, outcome.whatIf != .start { words = "\(names(course.before)), then \(words)" }
        words += course.fault.words
        guard let end = course.end, let repair = course.repair else { return words }
        if isStill, end == course.after, repair.words == course.fault.words { return words }
        return words + "; in the end \(names(end))\(repair.words)"
    }

    // MARK: Runs

    private func lines(_ runs: [ClusterRun]) -> [String] {
        var lines: [String] = []
        for run in runs where !run.violations.isEmpty {
            lines += run.violations.map { "FAILED  seed \(run.seed): \($0)" }
            lines.append("        repeat it with --runs 1 --seed \(run.seed)")
        }
        let worst = runs.max { $0.worstOutage < $1.worstOutage }
        let outage = worst.map { "\($0.worstOutage.spoken) with seed \($0.seed)" } ?? "none"
        let faults = runs.reduce(0) { $0 + $1.faults }
        return lines + [
            "\(runs.count) run\(runs.count == 1 ? "" : "s") of \(ClusterRun.length.words), \(faults) faults:"
                + " \(tally); worst outage \(outage)"
        ]
    }
}

extension Spell {
    /// What takes no millisecond is not worth a word.
    fileprivate var words: String {
        let outage = outage < .milliseconds(1) ? ", always answered" : ", no answer for \(outage.spoken)"
        return outage + (doubled < .milliseconds(1) ? "" : ", two holders for \(doubled.spoken)")
    }
}

extension WhatIfOutcome {
    /// Addresses that come or go together stand on one line.
    fileprivate var story: [String] {
        var lines: [String] = []
        var place = timeline.startIndex
        while place < timeline.endIndex {
            let first = timeline[place]
            let run = timeline[place...].prefix {
                $0.host == first.host && $0.time - first.time < .milliseconds(2)
                    && $0.addressChange != nil && $0.addressChange == first.addressChange
            }
            let text =
                run.count > 1 ? "\(first.text) and \(run.count - 1) more" : first.text
            lines.append("    \(first.time.aligned)  \(first.host)  \(text)")
            place += max(run.count, 1)
        }
        return lines
    }
}

extension WhatIfOutcome.Moment {
    /// `added` or `removed`; nil: it is about something else.
    fileprivate var addressChange: Substring? {
        let words = text.split(separator: " ")
        return words.count == 3 && words[0] == "address" ? words[2] : nil
    }
}

extension Duration {
    /// Seconds with milliseconds, for a column.
    fileprivate var aligned: String {
        let text = Timestamp(nanoseconds: nanoseconds).seconds
        return String(repeating: " ", count: max(0, 8 - text.count)) + text
    }
}

extension WhatIfVerdict.Severity {
    fileprivate var mark: String {
        switch self {
        case .note: "note"
        case .warning: "WARNING"
        case .failed: "FAILED"
        }
    }
}

extension Diagnostic.Severity {
    /// What it is as a verdict.
    fileprivate var mark: String {
        switch self {
        case .note: "note"
        case .warning: "WARNING"
        case .error, .fatal: "FAILED"
        }
    }
}
