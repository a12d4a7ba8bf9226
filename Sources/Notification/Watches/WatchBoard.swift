// Everything that is watched for the engine: scripts, files, processes. Requests come in rounds; results go out
// when they change, and all of them after each round, since the engine may be a new one.

import Control
import Linux

/// The watches of one runner.
final class WatchBoard {
    private let scripts: ScriptWatches
    private let files: FileWatches
    private let processes: ProcessWatches
    private let send: ([UInt8]) -> Bool
    /// The round that is being told: its requests so far.
    private var round: [WatchRequest]?
    private var isClosed = false
    /// Results in the order of their first appearance, and which of them the engine does not know yet.
    private var results: [WatchResult] = []
    private var unsent: Set<Key> = []
    private var retry: Int64?

    private struct Key: Hashable {
        let kind: WatchKind
        let name: String
    }

    /// Between two attempts to send to an engine that does not take anything, in nanoseconds.
    private static let retryPause: Int64 = 50_000_000

    /// `send` returns false if the message has to be sent again later.
    init(loop: EventLoop, log: @escaping (LogPriority, String) -> Void, send: @escaping ([UInt8]) -> Bool) {
        self.send = send
        scripts = ScriptWatches(loop: loop, log: log)
        files = FileWatches(loop: loop, log: log)
        processes = ProcessWatches(loop: loop, log: log)
        scripts.onResult = { [unowned self] in record(.script, $0, $1) }
        files.onResult = { [unowned self] in record(.file, $0, $1) }
        processes.onResult = { [unowned self] in record(.process, $0, $1) }
    }

    /// When something is due; nil: nothing is.
    var nextDeadline: Int64? {
        [scripts.nextDeadline, files.nextDeadline, processes.nextDeadline, retry].compactMap { $0 }.min()
    }

    func begin() { round = [] }

    func add(_ request: WatchRequest) { round?.append(request) }

    /// The round is complete: what it does not name is not watched any more.
    func end() {
        guard let round, !isClosed else { return }
        self.round = nil
        let wanted = Set(round.map { Key(kind: $0.kind, name: $0.name) })
        results.removeAll { !wanted.contains(Key(kind: $0.kind, name: $0.name)) }
        unsent = Set(results.map { Key(kind: $0.kind, name: $0.name) })
        scripts.replace(round.compactMap { if case .script(let watch) = $0 { watch } else { nil } })
        files.replace(round.compactMap { if case .file(let watch) = $0 { watch } else { nil } })
        processes.replace(round.compactMap { if case .process(let watch) = $0 { watch } else { nil } })
        flush()
    }

    func tick() {
        guard !isClosed else { return }
        let now = MonotonicClock.now
        scripts.tick(now)
        files.tick(now)
        processes.tick(now)
        if let retry, retry <= now { flush() }
    }

    /// Ends every run at once; nothing is watched or told any more.
    func close() {
        isClosed = true
        retry = nil
        scripts.close()
        files.replace([])
        processes.replace([])
    }

    private func record(_ kind: WatchKind, _ name: String, _ value: Int32) {
        let result = WatchResult(kind: kind, name: name, value: value)
        if let place = results.firstIndex(where: { $0.kind == kind && $0.name == name }) {
            guard results[place] != result else { return }
            results[place] = result
        } else {
            results.append(result)
        }
        unsent.insert(Key(kind: kind, name: name))
        flush()
    }

    /// Sends what the engine does not know; only the last value of each, so nothing piles up.
    private func flush() {
        retry = nil
        guard !unsent.isEmpty, !isClosed else { return }
        for result in results {
            let key = Key(kind: result.kind, name: result.name)
            guard unsent.contains(key) else { continue }
            guard send(result.encoded) else {
                retry = MonotonicClock.now + Self.retryPause
                return
            }
            unsent.remove(key)
        }
    }
}
