// What the engine has to tell a guard that does not read at the moment, perhaps for days: what is out of date gives way.

import Control

/// Messages in order.
struct Backlog {
    private var messages: [(key: Key?, message: EngineMessage)] = []

    /// The last word counts.
    private enum Key: Hashable {
        case life
        case will(String)
        case standing(String)

        init?(_ message: EngineMessage) {
            switch message {
            case .alive: self = .life
            case .will(let will): self = .will(will.instance)
            case .revokeWill(let instance): self = .will(instance)
            case .standing(let standing): self = .standing(standing.instance)
            case .ready, .runner, .reloaded, .parameter, .stopped: return nil
            }
        }
    }

    var first: EngineMessage? { messages.first?.message }

    mutating func append(_ message: EngineMessage) {
        let key = Key(message)
        // What was said before `ready` counts as said by then: it stays.
        let start = messages.lastIndex { $0.message == .ready } ?? messages.startIndex
        if let key, let old = messages[start...].firstIndex(where: { $0.key == key }) {
            messages.remove(at: old)
        }
        messages.append((key, message))
    }

    mutating func removeFirst() { messages.removeFirst() }
}
