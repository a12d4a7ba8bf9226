// Named pipes that tell of events (`notify_fifo`): a line for each. A reader that is slow loses no final state:
// lines wait, and when too many do, older lines about a subject give way to its newest.

import Control
import Glibc
import Linux

/// The pipes of one runner.
final class EventPipes {
    private let loop: EventLoop
    private let log: (LogPriority, String) -> Void
    private var pipes: [EventPipe] = []

    init(loop: EventLoop, log: @escaping (LogPriority, String) -> Void) {
        self.loop = loop
        self.log = log
    }

    /// Everything was written, or nobody reads.
    var isIdle: Bool { pipes.allSatisfy(\.isIdle) }

    /// Pipes that stay are left alone, readers included: a reload neither loses a line nor starts a second reader.
    func replace(_ requests: [PipeRequest]) {
        let former = pipes
        pipes = requests.map { request in
            former.first { $0.request == request } ?? EventPipe(request, loop: loop, log: log)
        }
        for pipe in former where !pipes.contains(where: { $0 === pipe }) { pipe.close() }
        for pipe in pipes { pipe.open() }
    }

    func write(subject: String, line: String) {
        for pipe in pipes { pipe.write(subject: subject, line: line) }
    }

    func close() {
        for pipe in pipes { pipe.close() }
        pipes = []
    }
}

/// One pipe and its reader.
private final class EventPipe {
    let request: PipeRequest
    private let loop: EventLoop
    private let log: (LogPriority, String) -> Void
    private var descriptor: Descriptor?
    private var madeIt = false
    private var reader: ChildProcess?
    private var waiting: [(subject: String, line: String)] = []
    private var isWaitingForRoom = false
    private var folded = 0
    private static let limit = 1000
    /// Between SIGTERM and SIGKILL, in hundredths of a second.
    private static let patience = 20

    init(_ request: PipeRequest, loop: EventLoop, log: @escaping (LogPriority, String) -> Void) {
        self.request = request
        self.loop = loop
        self.log = log
    }

    var isIdle: Bool { waiting.isEmpty || descriptor == nil }

    func open() {
        guard descriptor == nil else { return }
        do throws(SystemError) {
            let (descriptor, isNew) = try NamedPipe.open(
                request.path, owner: UserDatabase.lookUp(user: request.user ?? "", group: request.group))
            self.descriptor = descriptor
            madeIt = isNew
        } catch {
            return log(.error, "events are not written to \(request.path): \(error)")
        }
        if !request.readerWords.isEmpty { startReader() }
    }

    private func startReader() {
        do throws(ScriptFailure) {
            let command = ScriptRequest(
                lane: "", words: request.readerWords + [request.path], user: request.readerUser,
                group: request.readerGroup, label: "notify_fifo_script",
                requiresSecurity: request.requiresSecurity)
            let program = try ScriptProgram(command)
            do throws(SystemError) {
                let process = try program.start(command)
                try loop.watch(process.raw) { [weak self] in self?.readerEnded() }
                reader = process
            } catch {
                throw ScriptFailure("\(error)")
            }
        } catch {
            log(.error, "the reader of \(request.path) cannot be run: \(error.reason)")
        }
    }

    private func readerEnded() {
        guard let reader, let status = reader.reap() else { return }
        loop.unwatch(reader.raw)
        self.reader = nil
        log(.warning, "the reader of \(request.path) \(status)")
    }

    func write(subject: String, line: String) {
        guard descriptor != nil else { return }
        waiting.append((subject, line))
        if waiting.count > Self.limit { fold() }
        flush()
    }

    /// The oldest line that a newer one about the same subject outdates; if there is none, the oldest.
    private func fold() {
        let outdated = waiting.indices.first { index in
            waiting[(index + 1)...].contains { $0.subject == waiting[index].subject }
        }
        waiting.remove(at: outdated ?? 0)
        folded += 1
        if folded == 1 {
            log(.warning, "nobody reads \(request.path) fast enough: older events give way to newer ones")
        }
    }

    private func flush() {
        guard let descriptor else { return }
        while let next = waiting.first {
            let octets = Array(next.line.utf8)
            // At most PIPE_BUF octets: whole or not at all (pipe(7)).
            let count = Glibc.write(descriptor.raw, octets, octets.count)
            if count == octets.count {
                waiting.removeFirst()
                continue
            }
            if count < 0, errno == EINTR { continue }
            guard count < 0, errno == EAGAIN else {
                log(.error, "an event is lost: \(request.path) cannot be written")
                waiting.removeFirst()
                continue
            }
            return waitForRoom(descriptor)
        }
        if folded > 0 {
            log(.notice, "\(request.path) is read again; \(folded) outdated events were left out")
        }
        folded = 0
        guard isWaitingForRoom else { return }
        loop.unwatch(descriptor.raw)
        isWaitingForRoom = false
    }

    private func waitForRoom(_ descriptor: Descriptor) {
        guard !isWaitingForRoom else { return }
        isWaitingForRoom = true
        try? loop.watch(descriptor.raw, for: .writing) { [weak self] in self?.flush() }
    }

    /// Ends the reader, and removes the pipe if it was made here.
    func close() {
        if let descriptor, isWaitingForRoom { loop.unwatch(descriptor.raw) }
        descriptor = nil
        if let reader { end(reader) }
        reader = nil
        if madeIt { FileSystem.remove(request.path) }
    }

    /// Nothing reads beside the reader that follows: what does not end by itself is killed with its group.
    private func end(_ reader: ChildProcess) {
        loop.unwatch(reader.raw)
        reader.signalGroup(15)
        for _ in 0..<Self.patience {
            if reader.reap() != nil { return }
            usleep(10_000)
        }
        reader.signalGroup(9)
        try? loop.watch(reader.raw) { [loop] in
            if reader.reap() != nil { loop.unwatch(reader.raw) }
        }
    }
}
