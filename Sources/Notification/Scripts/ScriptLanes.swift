// Runs notify scripts: one at a time in each lane, in order, with a timeout; lanes side by side. Never
// waits: ends of processes arrive through the event loop.

import Control
import Linux

/// The queues of scripts and those that run.
final class ScriptLanes {
    private let loop: EventLoop
    private let log: (LogPriority, String) -> Void
    /// In the order of their first request.
    private var lanes: [Lane] = []
    private var warnedPaths: Set<String> = []

    /// Scripts that wait in a lane; beyond it the oldest is dropped, for the newest tells the true state.
    private static let queueLimit = 256
    /// Between SIGTERM and SIGKILL, in nanoseconds.
    private static let killDelay: Int64 = 2_000_000_000

    private final class Lane {
        let name: String
        var queue: [ScriptRequest] = []
        var running: Running?
        init(_ name: String) { self.name = name }
    }

    private struct Running {
        let request: ScriptRequest
        let process: ChildProcess
        let started: Int64
        var deadline: Int64
        var isTerminating = false
    }

    init(loop: EventLoop, log: @escaping (LogPriority, String) -> Void) {
        self.loop = loop
        self.log = log
    }

    var isIdle: Bool { lanes.allSatisfy { $0.running == nil && $0.queue.isEmpty } }

    /// When a running script must be reminded of its end; nil: none runs.
    var nextDeadline: Int64? { lanes.compactMap { $0.running?.deadline }.min() }

    func enqueue(_ request: ScriptRequest) {
        let lane = lanes.first { $0.name == request.lane } ?? Lane(request.lane)
        if !lanes.contains(where: { $0 === lane }) { lanes.append(lane) }
        lane.queue.append(request)
        if lane.queue.count > Self.queueLimit {
            let dropped = lane.queue.removeFirst()
            log(.warning, "(\(lane.name)) \(dropped.label) is not run: too many scripts wait")
        }
        advance(lane)
    }

    /// Ends scripts that have run for too long.
    func tick() {
        let now = MonotonicClock.now
        for lane in lanes {
            guard var running = lane.running, running.deadline <= now else { continue }
            if running.isTerminating {
                running.process.signalGroup(9)
                running.deadline = .max
            } else {
                log(
                    .warning,
                    "(\(lane.name)) \(running.request.label) runs for more than"
                        + " \(running.request.timeoutSeconds) s: ending it")
                running.process.signalGroup(15)
                running.isTerminating = true
                running.deadline = now + Self.killDelay
            }
            lane.running = running
        }
    }

    /// Starts the next script of a lane, and the one after it if that cannot be started.
    private func advance(_ lane: Lane) {
        while lane.running == nil, !lane.queue.isEmpty {
            let request = lane.queue.removeFirst()
            do throws(ScriptFailure) {
                try start(request, lane)
            } catch {
                log(.error, "(\(lane.name)) \(request.label) cannot be run: \(error.reason)")
            }
        }
    }

    private func start(_ request: ScriptRequest, _ lane: Lane) throws(ScriptFailure) {
        let program = try ScriptProgram(request)
        if program.isWritableByOthers, warnedPaths.insert(program.path).inserted {
            log(
                .warning,
                "\(program.path) runs as root, but \(program.weakness ?? "others") can be changed by others:"
                    + " set its owner and mode, then enable_script_security")
        }
        do throws(SystemError) {
            let process = try program.start(request)
            let now = MonotonicClock.now
            let limit = Int64(request.timeoutSeconds) * 1_000_000_000
            lane.running = Running(request: request, process: process, started: now, deadline: now + limit)
            try loop.watch(process.raw) { [weak self, weak lane] in
                if let self, let lane { self.ended(lane) }
            }
        } catch {
            throw ScriptFailure("\(error)")
        }
    }

    private func ended(_ lane: Lane) {
        guard let running = lane.running, let status = running.process.reap() else { return }
        loop.unwatch(running.process.raw)
        // What the script left behind in its group ends with it if it had to be ended.
        if running.isTerminating { running.process.signalGroup(9) }
        lane.running = nil
        let milliseconds = (MonotonicClock.now - running.started) / 1_000_000
        let request = running.request
        let command = request.words.first ?? ""
        log(
            status.isSuccess ? .info : .warning,
            "(\(lane.name)) \(request.label) \(command) \(status) after \(milliseconds) ms")
        advance(lane)
    }
}
