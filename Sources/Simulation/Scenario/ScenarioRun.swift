// Plays a scenario in the simulation and writes its transcript. All rules look on.

import Election

package struct ScenarioRun {
    package private(set) var transcript: [String] = []
    /// Expectations that did not hold, and rules that were broken: `file:line: …`.
    package private(set) var failures: [String] = []
    private let world: World

    package static func play(
        _ scenario: Scenario, file: String, sabotage: [Sabotage] = []
    ) -> ScenarioRun {
        var options = WorldOptions(
            seed: scenario.seed, hosts: scenario.cluster.hosts, segments: scenario.cluster.segments)
        options.detail = .story
        options.sabotage = sabotage
        let world = World(options)
        world.judge()
        return play(scenario, file: file, in: world)
    }

    /// In a world that is there already; its checkers look on. The hosts of the scenario MUST be those of the world,
    /// in the same order.
    package static func play(_ scenario: Scenario, file: String, in world: World) -> ScenarioRun {
        var run = ScenarioRun(world)
        run.play(scenario, file)
        return run
    }

    private init(_ world: World) { self.world = world }

    private mutating func play(_ scenario: Scenario, _ file: String) {
        if !scenario.startsByHand {
            for host in world.hosts.indices { world.perform(.start(host: host)) }
        }
        for step in scenario.steps { play(step, file) }
        collect()
        for violation in world.violations {
            transcript.append("\(violation)")
            failures.append("\(file): \(violation)")
        }
    }

    private mutating func play(_ step: Scenario.Step, _ file: String) {
        switch step.deed {
        case .run(let span): world.run(for: span)
        case .act(let act, let time):
            if let time { world.run(until: Timestamp(nanoseconds: time.nanoseconds)) }
            world.perform(act)
        case .expect(let claims, let limit):
            let took = world.run(for: limit ?? .zero) { world in
                claims.allSatisfy { world.holds($0) }
            }
            collect()
            let answer = took.map { limit == nil ? "yes" : "yes, after \($0.seconds)s" } ?? "NO"
            transcript.append("\(world.now.seconds)  -  \(step.words): \(answer)")
            if took == nil { failures.append("\(file):\(step.line): not so: \(step.words)") }
        }
        collect()
    }

    private mutating func collect() {
        transcript += world.trace.lines.filter(\.isStory).map(\.description)
        world.trace.removeLines()
    }
}

extension World {
    /// Whether a claim is true now.
    func holds(_ claim: Scenario.Claim) -> Bool {
        func views(_ host: Int, _ instance: Int?) -> [RouterView] {
            let all = hosts[host].views
            return instance.map { [all[$0]] } ?? all
        }
        switch claim {
        case .state(let host, let instance, let state):
            return views(host, instance).allSatisfy {
                $0.state == state && !($0.isLeaving && state == .master)
            }
        case .stopped(let host): return hosts[host].engine == nil
        case .holds(let host, let instance, let isHeld):
            return views(host, instance).allSatisfy { isHeld ? $0.holdsAll : !$0.holdsAny }
        case .answered(let isAnswered):
            return clients.allSatisfy { ($0.unansweredSince == nil && $0.mac != nil) == isAnswered }
        }
    }
}

extension Duration {
    /// With milliseconds, rounded down.
    fileprivate var seconds: String { Timestamp(nanoseconds: nanoseconds).seconds }
}
