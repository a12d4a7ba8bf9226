// The runner's process: notify scripts in their lanes, and what the watches find. A model of the room `Notification`.

import Control
import Election

/// A notify script that was run.
package struct Notice: Sendable {
    package let lane: String
    /// The state that it was told of.
    package let state: String
    /// Requests are numbered in the order in which the engine made them.
    package let number: Int
}

final class RunnerProcess {
    unowned let host: SimulatedHost
    let life: Int
    var isFrozen = false
    private var queue: [Notice] = []
    /// Lanes whose script runs.
    private var busy: [String] = []
    private var watches: [Watch] = []
    /// Those of the last round.
    private var former: [Watch] = []
    private var reported: [WatchResult] = []
    private var isDraining = false

    /// Something that is watched, and when it is looked at: at `begun` and once in each period after that.
    private struct Watch {
        let request: WatchRequest
        var begun: Timestamp
    }
    private var count = 0

    init(_ host: SimulatedHost, life: Int) {
        self.host = host
        self.life = life
    }

    private var world: World { host.world }

    var isIdle: Bool { queue.isEmpty && busy.isEmpty }

    /// What is lost with it.
    var lanes: [String] { queue.map(\.lane) + busy }

    func take(_ message: RunnerMessage, number: Int) {
        switch message {
        case .run(let request):
            host.note("runs \(request.words.joined(separator: " "))")
            guard let state = request.state else { return }
            count += 1
            if host.has(.scriptsAreLost), count % 3 == 0 { return }
            queue.append(Notice(lane: request.lane, state: state, number: number))
            runNext()
        case .watchesBegin:
            former = watches
            watches = []
        case .watch(let request):
            watches.append(Watch(request: request, begun: world.now))
            look(at: request.kind, request.name, soon: true)
        case .watchesEnd:
            spreadScripts()
            // The engine may be a new one: everything is told again.
            reported = []
        case .mail, .pipes, .event, .drain: break
        }
    }

    // MARK: Scripts

    private func runNext() {
        guard !isFrozen else { return }
        while let place = next {
            let notice = queue.remove(at: place)
            busy.append(notice.lane)
            world.ran(notice, on: host)
            let time = host.random.duration(in: .milliseconds(1)...(.milliseconds(40)))
            world.schedule(.scriptEnds(host: host.index, life: life, lane: notice.lane), after: time)
        }
    }

    private var next: Int? {
        if host.has(.scriptsOvertake) { return queue.lastIndex { !busy.contains($0.lane) } }
        return queue.firstIndex { !busy.contains($0.lane) }
    }

    func scriptEnds(_ lane: String) {
        busy.removeAll { $0 == lane }
        runNext()
        if isDraining, isIdle { host.supervisor?.end() }
    }

    func drain() {
        isDraining = true
        if isIdle { host.supervisor?.end() }
    }

    // MARK: Watches

    /// Scripts that are checked already go on in their own time; new ones are spread over their interval after the first run.
    private func spreadScripts() {
        let scripts = watches.indices.filter { watches[$0].request.kind == .script }
        for (number, place) in scripts.enumerated() {
            if let old = former.first(where: { $0.request == watches[place].request }) {
                watches[place].begun = old.begun
            } else {
                let period = watches[place].request.period.nanoseconds
                let phase: Int64 = period * Int64(number + 1) / Int64(scripts.count)
                watches[place].begun = watches[place].begun + .nanoseconds(phase)
            }
        }
    }

    /// Scripts run once in their interval, and it takes `rise` or `fall` results until they are believed. Files are seen at
    /// once, and so are ends of processes; their beginnings each second, as where the kernel does not tell of them.
    func look(at kind: WatchKind, _ name: String, soon: Bool) {
        guard let watch = watches.first(where: { $0.request.kind == kind && $0.request.name == name }) else {
            return
        }
        var wait = Duration.zero
        let value = host.watched.verdict(kind, name)?.value ?? 0
        if !soon, kind == .script || kind == .process && value > 0 {
            let period = watch.request.period.nanoseconds
            // Negative: it is still before the first look.
            let past = (world.now - watch.begun).nanoseconds
            let rest: Int64 = past < 0 ? -past : period - past % period
            let more: Int64 = watch.request.results(for: value) - 1
            wait = .nanoseconds(rest + period * more)
        }
        world.schedule(
            .watch(host: host.index, kind: kind, name: name),
            after: wait + host.random.duration(in: .milliseconds(1)...(.milliseconds(20))))
    }

    func watchIsDue(_ kind: WatchKind, _ name: String) {
        guard !isFrozen,
            watches.contains(where: { $0.request.kind == kind && $0.request.name == name }),
            var result = host.watched.verdict(kind, name)
        else { return }
        let former = reported.verdict(kind, name)
        if host.has(.verdictsAreReversed), kind != .file { result.value = 1 - result.value }
        guard former?.value != result.value else { return }
        reported.put(result)
        host.supervisor?.pass(result)
    }

    func thaw() {
        guard isFrozen else { return }
        isFrozen = false
        lookAgain()
    }

    /// After it was stopped, or the machine slept.
    func lookAgain() {
        for watch in watches { look(at: watch.request.kind, watch.request.name, soon: true) }
        runNext()
    }
}

extension WatchRequest {
    fileprivate var period: Duration {
        switch self {
        case .script(let watch): .milliseconds(Int64(watch.intervalMilliseconds))
        case .process: .seconds(1)
        case .file: .zero
        }
    }

    /// How many results in a row make a verdict.
    fileprivate func results(for value: Int32) -> Int64 {
        guard case .script(let watch) = self else { return 1 }
        return Int64(value > 0 ? watch.rise : watch.fall)
    }
}

extension ScriptRequest {
    /// The state that a generic `notify` script is told of: `INSTANCE NAME STATE PRIORITY` at the end of its words.
    fileprivate var state: String? {
        guard label == "notify", words.count >= 4 else { return nil }
        return words[words.count - 2]
    }
}
