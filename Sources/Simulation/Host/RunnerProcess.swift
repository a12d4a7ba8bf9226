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
    private var watches: [(kind: WatchKind, name: String)] = []
    private var reported: [WatchResult] = []
    private var isDraining = false
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
            guard let state = request.state else { return }
            count += 1
            if host.has(.scriptsAreLost), count % 3 == 0 { return }
            queue.append(Notice(lane: request.lane, state: state, number: number))
            runNext()
        case .watchesBegin: watches = []
        case .watch(let request):
            watches.append((request.kind, request.name))
            look(at: request.kind, request.name, soon: true)
        case .watchesEnd:
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

    /// A script needs its interval and some failures until it is believed; files and processes are seen at once.
    func look(at kind: WatchKind, _ name: String, soon: Bool) {
        let wait: ClosedRange<Duration> =
            switch kind {
            case .script: soon ? .milliseconds(1)...(.milliseconds(100)) : .milliseconds(100)...(.seconds(3))
            case .file, .process: .milliseconds(1)...(.milliseconds(20))
            }
        world.schedule(
            .watch(host: host.index, kind: kind, name: name), after: host.random.duration(in: wait))
    }

    func watchIsDue(_ kind: WatchKind, _ name: String) {
        guard !isFrozen, watches.contains(where: { $0.kind == kind && $0.name == name }),
            var result = host.watched.verdict(kind, name)
        else { return }
        let former = reported.verdict(kind, name)
        if host.has(.verdictsAreReversed), kind != .file { result.value = 1 - result.value }
        guard former?.value != result.value else { return }
        reported.put(result)
        host.supervisor?.pass(result)
    }

    func thaw() {
        guard isFrozen || !watches.isEmpty else { return }
        isFrozen = false
        for watch in watches { look(at: watch.kind, watch.name, soon: true) }
        runNext()
    }
}

extension ScriptRequest {
    /// The state that a generic `notify` script is told of: `INSTANCE NAME STATE PRIORITY` at the end of its words.
    fileprivate var state: String? {
        guard label == "notify", words.count >= 4 else { return nil }
        return words[words.count - 2]
    }
}
