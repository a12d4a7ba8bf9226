// Plays one question: a fresh world, all hosts started and settled, the act, its end. Called by `baton simulate`.

import Control
import Election

package struct WhatIfRun {
    private let whatIf: WhatIf
    private let cluster: ConfiguredCluster
    private let world: World
    private var watch: ServiceWatch
    private let advertisements = AdvertisementWatch()
    private var origin = Timestamp(nanoseconds: 0)

    /// The same seed gives the same outcome.
    package static func play(
        _ whatIf: WhatIf, in cluster: ConfiguredCluster, seed: UInt64, sabotage: [Sabotage] = []
    ) -> WhatIfOutcome {
        let world = cluster.makeWorld(seed: seed, detail: .everything, sabotage: sabotage)
        var run = WhatIfRun(whatIf, cluster, world)
        return run.play()
    }

    private init(_ whatIf: WhatIf, _ cluster: ConfiguredCluster, _ world: World) {
        self.whatIf = whatIf
        self.cluster = cluster
        self.world = world
        watch = ServiceWatch(cluster, world)
        world.checkers.append(advertisements)
    }

    private mutating func play() -> WhatIfOutcome {
        for host in world.hosts.indices { world.perform(.start(host: host)) }
        if whatIf != .start {
            watch.run(world, for: cluster.settling)
            reachAdvertisement()
            world.trace.removeLines()
            forgetViolations()
        }
        origin = world.now
        let before = watch.states
        watch.begin(at: world.now)
        begin()
        watch.run(world, for: cluster.settling)
        var courses = cluster.services.indices.map { place in
            ServiceCourse(
                before: before[place].holders, after: watch.states[place].holders, end: nil,
                fault: watch.spells[place], repair: nil, isAnswered: watch.states[place].isAnswered)
        }
        let standings = world.hosts.map(\.views)
        let mended = whatIf.isMended ? world.now - origin : nil
        if whatIf.isMended {
            watch.begin(at: world.now)
            end()
            watch.run(world, for: cluster.settling)
            for place in courses.indices {
                courses[place].end = watch.states[place].holders
                courses[place].repair = watch.spells[place]
                courses[place].isAnsweredInTheEnd = watch.states[place].isAnswered
            }
        }
        let judgement = Judgement(
            whatIf: whatIf, cluster: cluster, standings: standings, ends: world.hosts.map(\.views))
        return WhatIfOutcome(
            whatIf: whatIf, timeline: timeline, courses: courses,
            verdicts: judgement.verdicts(courses, world.violations.map { $0.since(origin) }), mended: mended)
    }

    /// What was wrong before the act is the first question's to say; two holders are so in each.
    private func forgetViolations() {
        world.violations = []
        for place in world.checkers.indices where world.checkers[place] is SplitBrain {
            world.checkers[place] = SplitBrain(cluster.services)
        }
    }

    /// The worst moment: a host that is about to fail has just advertised. One that is silent is not waited for.
    private mutating func reachAdvertisement() {
        guard let host = whatIf.hosts.first else { return }
        advertisements.expected = host
        _ = world.run(for: cluster.longestInterval) { [advertisements] _ in advertisements.expected == nil }
        advertisements.expected = nil
        watch.run(world, for: .milliseconds(1))
    }

    private mutating func begin() {
        for act in whatIf.acts { world.perform(act) }
        guard case .checkFails(let host, let check) = whatIf else { return }
        world.hosts[host].note("\(check.words) fails", isStory: true)
        watch.run(world, for: check.noticed)
        world.hosts[host].find(check, check.failed)
    }

    private mutating func end() {
        for act in whatIf.repairs { world.perform(act) }
        guard case .checkFails(let host, let check) = whatIf else { return }
        world.hosts[host].note("\(check.words) is well again", isStory: true)
        watch.run(world, for: check.forgiven)
        world.hosts[host].find(check, check.well)
    }

    private var timeline: [WhatIfOutcome.Moment] {
        world.trace.lines.filter { $0.isStory || $0.text.hasPrefix("runs ") }.map { line in
            WhatIfOutcome.Moment(time: line.time - origin, host: line.host, text: line.text)
        }
    }
}

extension SimulatedHost {
    /// The runner believes it now.
    fileprivate func find(_ check: WatchedCheck, _ value: Int32) {
        setWatched(check.kind, check.name, value)
        note("\(check.words) counts as \(value == check.well ? "well" : "failed")", isStory: true)
        runner?.watchIsDue(check.kind, check.name)
    }
}

extension Violation {
    fileprivate func since(_ origin: Timestamp) -> Violation {
        Violation(rule: rule, time: Timestamp(nanoseconds: (time - origin).nanoseconds), words: words)
    }
}
