// Check scripts, files and processes: the runner watches them, the engine hears what it found.

import Configuration
import Control
import Election

extension Engine {
    /// Tells the runner everything that it needs to know: after start, after a reload, and when the runner itself
    /// was started again.
    package func instructRunner() {
        send(.watchesBegin)
        let requests = watchRequests
        // What is not watched any more is not known any more.
        let watched = Set(requests.map { WatchKey(kind: $0.kind, name: $0.name) })
        watchResults = watchResults.filter { watched.contains($0.key) }
        for request in requests { send(.watch(request)) }
        send(.watchesEnd)
        send(.pipes(pipeRequests))
    }

    func send(_ message: RunnerMessage) { host.report(.runner(message.encoded)) }

    /// What a watch found, for every router that tracks it.
    package func watched(_ result: WatchResult) {
        let key = WatchKey(kind: result.kind, name: result.name)
        let former = watchResults.updateValue(result.value, forKey: key)
        if former != result.value, result.kind == .file, former != nil {
            host.log(.info, "Tracked file \(result.name) now holds \(result.value)")
        }
        for instance in instances { applyWatches(to: instance, only: key) }
    }

    /// Gives a router's trackers the results that are known.
    func applyWatches(to instance: Instance, only wanted: WatchKey? = nil) {
        for (index, tracker) in instance.configuration.router.trackers.enumerated() {
            guard let key = WatchKey(tracker), wanted == nil || wanted == key,
                let value = watchResults[key]
            else { continue }
            report(key.health(value), ofTracker: index, to: instance)
        }
    }

    /// What instances track, in the order of its definition; what nobody tracks is not watched.
    private var watchRequests: [WatchRequest] {
        let used = Set(instances.flatMap { $0.configuration.router.trackers.compactMap { WatchKey($0) } })
        let defaults = configuration.global.script
        let scripts = configuration.scripts.map { WatchRequest.script(ScriptWatch($0, defaults)) }
        let files = configuration.files.map { WatchRequest.file(FileWatch($0)) }
        let processes = configuration.processes.map { WatchRequest.process(ProcessWatch($0)) }
        return (scripts + files + processes).filter { used.contains(WatchKey(kind: $0.kind, name: $0.name)) }
    }

    private var pipeRequests: [PipeRequest] {
        let script = configuration.global.script
        return configuration.global.fifo.pipes.filter { !$0.path.isEmpty }.map { pipe in
            let user = pipe.reader?.user ?? script.user
            return PipeRequest(
                path: pipe.path, user: pipe.owner?.user, group: pipe.owner?.group,
                readerWords: pipe.reader?.words ?? [], readerUser: user?.user, readerGroup: user?.group,
                requiresSecurity: script.isSecurityEnabled)
        }
    }
}

/// What identifies a watch.
struct WatchKey: Hashable {
    let kind: WatchKind
    let name: String

    init(kind: WatchKind, name: String) {
        self.kind = kind
        self.name = name
    }

    /// Nil: the tracker is an interface.
    init?(_ tracker: TrackerSettings) {
        switch tracker.kind {
        case .interface, .trackedInterface, .staticEntries: return nil
        case .script: kind = .script
        case .file: kind = .file
        case .process: kind = .process
        }
        name = tracker.name
    }

    func health(_ value: Int32) -> TrackerHealth {
        switch kind {
        case .script, .process: value == 0 ? .down : .up
        case .file: .value(value)
        }
    }
}

extension ScriptWatch {
    init(_ script: CheckScript, _ defaults: ScriptDefaults) {
        let user = script.command.user ?? defaults.user
        self.init(
            name: script.name, words: script.command.words,
            intervalMilliseconds: script.interval.wholeMilliseconds,
            timeoutMilliseconds: (script.timeout ?? script.interval).wholeMilliseconds)
        self.user = user?.user
        group = user?.group
        requiresSecurity = defaults.isSecurityEnabled
        rise = UInt32(clamping: script.rise)
        fall = UInt32(clamping: script.fall)
        startsFailed = script.startsFailed
    }
}

extension FileWatch {
    init(_ file: TrackedFile) {
        self.init(name: file.name, path: file.path)
        initialValue = file.initialValue
        overwrites = file.overwrites
    }
}

extension ProcessWatch {
    init(_ process: TrackedProcess) {
        self.init(name: process.name, words: process.words)
        parameterMatch =
            switch process.parameterMatch {
            case .ignored: .ignored
            case .exact: .exact
            case .partial: .partial
            case .initial: .initial
            }
        comparesFullCommand = process.comparesFullCommand
        quorum = UInt32(clamping: process.quorum)
        quorumMaximum = process.quorumMaximum.map { UInt32(clamping: $0) } ?? .max
        forkDelayMicroseconds = UInt32(clamping: process.forkDelay.nanoseconds / 1000)
        terminateDelayMicroseconds = UInt32(clamping: process.terminateDelay.nanoseconds / 1000)
    }
}

extension Duration {
    /// At least 1.
    fileprivate var wholeMilliseconds: UInt32 { UInt32(clamping: max(nanoseconds / 1_000_000, 1)) }
}

extension TrackerHealth {
    /// For dumps.
    var words: String {
        switch self {
        case .unknown: "not reported yet"
        case .up: "up"
        case .down: "down"
        case .value(let value): "holds \(value)"
        }
    }
}
