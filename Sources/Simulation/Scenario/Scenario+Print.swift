// Writes a scenario down, so that it can be read again: what a random run comes to when it is cut down.

import Election
import Wire

extension Scenario {
    /// The text without a transcript.
    package var text: String {
        var lines = paragraph.map { "# \($0)" }
        lines += cluster.lines
        lines.append("seed \(seed)")
        if startsByHand { lines.append("by-hand") }
        return (lines + steps.map(\.words)).joined(separator: "\n") + "\n"
    }

    /// A random run as a scenario.
    package init(_ run: RandomRun, paragraph: [String]) {
        self.init()
        self.paragraph = paragraph
        cluster = run.cluster
        seed = run.seed
        startsByHand = true
        let plans = cluster.hosts
        for act in run.acts {
            let words = "at \(act.time.words) \(act.act.words(plans))"
            steps.append(Step(line: 0, words: words, deed: .act(act.act, at: act.time)))
        }
        steps.append(Step(line: 0, words: "run \(RandomRun.epilogue.words)", deed: .run(RandomRun.epilogue)))
    }
}

extension ClusterPlan {
    fileprivate var lines: [String] {
        let hosts = names.indices.map { host in
            let behaviour = behaviours[host] == .baton ? "" : ":\(behaviours[host].name)"
            return "\(names[host])=\(instances.first?.priorities[host] ?? 100)\(behaviour)"
        }
        var lines = ["hosts \(hosts.joined(separator: " "))"]
        lines += instances.map { instance in
            let own = zip(names, instance.priorities).map { "\($0)=\($1)" }.joined(separator: " ")
            let isUsual = instance.priorities == instances.first?.priorities
            return "vip \(instance.address) on eth\(instance.segment)\(isUsual ? "" : " priorities \(own)")"
        }
        lines.append("advert \(interval.words) version \(version.rawValue) segments \(segments)")
        lines.append("handover \(handover) lease \(lease)")
        if isUnicast { lines.append("unicast") }
        if isGrouped { lines.append("group") }
        if !preempts { lines.append("nopreempt") }
        if preemptDelay > 0 { lines.append("preempt_delay \(preemptDelay)") }
        lines += trackers.map { "track \($0.kind) \($0.name) \($0.weight)\($0.isReversed ? " reverse" : "")" }
        lines += extras.map { "extra \($0)" }
        return lines
    }
}
