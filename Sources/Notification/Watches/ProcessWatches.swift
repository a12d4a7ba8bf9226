// Tracked processes (`vrrp_track_process`): how many of a name run. The kernel's process connector tells of
// changes; where it does not, /proc is read each second, and pidfds tell of ends at once.

import Control
import Linux

/// The tracked processes and whether enough of them run.
final class ProcessWatches {
    private let loop: EventLoop
    private let log: (LogPriority, String) -> Void
    private var watches: [ProcessCount] = []
    private var monitor: ProcessMonitor?
    private var hasTriedMonitor = false
    /// pidfds of the processes that count, where there is no connector.
    private var handles: [Int32: Descriptor] = [:]
    private var nextScan: Int64?
    var onResult: ((String, Int32) -> Void)?

    private static let scanPause: Int64 = 1_000_000_000
    private static let handleLimit = 1024

    init(loop: EventLoop, log: @escaping (LogPriority, String) -> Void) {
        self.loop = loop
        self.log = log
    }

    var nextDeadline: Int64? { (watches.map(\.deadline) + [nextScan]).compactMap { $0 }.min() }

    func replace(_ requests: [ProcessWatch]) {
        let former = watches
        watches = requests.map { request in
            former.first { $0.request == request } ?? ProcessCount(request)
        }
        guard !watches.isEmpty else { return close() }
        open()
        scan()
    }

    private func close() {
        if let monitor { loop.unwatch(monitor.raw) }
        monitor = nil
        hasTriedMonitor = false
        for handle in handles.values { loop.unwatch(handle.raw) }
        handles = [:]
        nextScan = nil
    }

    private func open() {
        guard !hasTriedMonitor else { return }
        hasTriedMonitor = true
        do throws(SystemError) {
            let monitor = try ProcessMonitor()
            try loop.watch(monitor.raw) { [unowned self] in take() }
            self.monitor = monitor
        } catch {
            log(
                .notice, "processes are counted each second: the kernel does not tell of them here (\(error))"
            )
        }
    }

    func tick(_ now: Int64) {
        if let nextScan, nextScan <= now { scan() }
        conclude(now)
    }

    /// Counts everything anew.
    private func scan() {
        let now = MonotonicClock.now
        let processes = RunningProcess.all
        for place in watches.indices {
            watches[place].pids = Set(processes.filter { watches[place].counts($0) }.map(\.pid))
        }
        nextScan = monitor == nil ? now + Self.scanPause : nil
        if monitor == nil { followEnds() }
        conclude(now)
    }

    private func take() {
        for event in monitor?.events() ?? [] {
            switch event {
            case .changed(let pid):
                let process = RunningProcess(pid: pid)
                for place in watches.indices {
                    if process.map({ watches[place].counts($0) }) ?? false {
                        watches[place].pids.insert(pid)
                    } else {
                        watches[place].pids.remove(pid)
                    }
                }
            case .ended(let pid):
                for place in watches.indices { watches[place].pids.remove(pid) }
            case .overflow: scan()
            }
        }
        conclude(MonotonicClock.now)
    }

    private func followEnds() {
        let wanted = watches.reduce(into: Set<Int32>()) { $0.formUnion($1.pids) }
        for (pid, handle) in handles where !wanted.contains(pid) {
            loop.unwatch(handle.raw)
            handles[pid] = nil
        }
        for pid in wanted where handles[pid] == nil && handles.count < Self.handleLimit {
            guard let handle = try? RunningProcess.handle(pid) else { continue }
            try? loop.watch(handle.raw) { [unowned self] in ended(pid) }
            handles[pid] = handle
        }
    }

    private func ended(_ pid: Int32) {
        if let handle = handles.removeValue(forKey: pid) { loop.unwatch(handle.raw) }
        for place in watches.indices { watches[place].pids.remove(pid) }
        conclude(MonotonicClock.now)
    }

    private func conclude(_ now: Int64) {
        for place in watches.indices {
            guard let isUp = watches[place].settle(now) else { continue }
            let name = watches[place].request.name
            log(.notice, "Quorum \(isUp ? "gained" : "lost") for tracked process \(name)")
            onResult?(name, isUp ? 1 : 0)
        }
    }
}

/// The processes of one watch.
private struct ProcessCount {
    let request: ProcessWatch
    var pids: Set<Int32> = []
    /// What was reported; nil: nothing yet.
    private var isUp: Bool?
    private var lastCount = 0
    /// When a change that lasts will count.
    private(set) var deadline: Int64?

    init(_ request: ProcessWatch) { self.request = request }

    func counts(_ process: RunningProcess) -> Bool {
        guard let wanted = request.words.first else { return false }
        if request.comparesFullCommand {
            guard process.arguments.first == wanted else { return false }
        } else {
            guard process.name == String(decoding: Array(wanted.utf8.prefix(15)), as: UTF8.self) else {
                return false
            }
        }
        let parameters = request.words.dropFirst()
        let actual = process.arguments.dropFirst()
        switch request.parameterMatch {
        case .ignored: return true
        case .exact: return actual.elementsEqual(parameters)
        case .partial: return actual.starts(with: parameters)
        case .initial:
            guard let last = parameters.last, actual.count >= parameters.count else {
                return parameters.isEmpty
            }
            let place = actual.startIndex + parameters.count - 1
            return actual.starts(with: parameters.dropLast()) && actual[place].hasPrefix(last)
        }
    }

    /// What is to be reported now; nil: nothing new.
    mutating func settle(_ now: Int64) -> Bool? {
        let count = pids.count
        let isEnough = count >= Int(request.quorum) && count <= Int(request.quorumMaximum)
        defer { lastCount = count }
        guard let known = isUp else {
            isUp = isEnough
            return isEnough
        }
        guard isEnough != known else {
            deadline = nil
            return nil
        }
        if deadline == nil {
            let delay = count > lastCount ? request.forkDelayMicroseconds : request.terminateDelayMicroseconds
            deadline = now + Int64(delay) * 1000
        }
        guard let deadline, deadline <= now else { return nil }
        self.deadline = nil
        isUp = isEnough
        return isEnough
    }
}
