// Messages for a process that may be busy or away.

import Linux

/// Hands messages over in order. What is not taken at once waits for 0.1 s, or for the next message.
final class Outbox {
    /// To whom; nil: it is away.
    var channel: SequencedSocket? { didSet { flush() } }
    /// The oldest of more messages than the limit was dropped.
    var onDrop: () -> Void = {}
    private let timers: Timers
    private var messages: [[UInt8]] = []
    private var isWaiting = false
    private static let limit = 1000
    private static let pause: Int64 = 100_000_000

    init(_ timers: Timers) { self.timers = timers }

    func put(_ message: [UInt8]) {
        messages.append(message)
        if messages.count > Self.limit {
            messages.removeFirst()
            onDrop()
        }
        flush()
    }

    func flush() {
        while let channel, let message = messages.first {
            guard (try? channel.send(message)) == true else { return wait() }
            messages.removeFirst()
        }
    }

    private func wait() {
        guard !isWaiting else { return }
        isWaiting = true
        timers.after(Self.pause) { [weak self] in
            self?.isWaiting = false
            self?.flush()
        }
    }
}
