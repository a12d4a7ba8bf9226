// What will happen in the simulation, in order: by time, and at one time in the order in which it was scheduled.

import Election

/// A binary heap. Nothing is taken out but the first: what has become stale is recognised when its time has come.
struct EventQueue {
    private struct Entry {
        let time: Timestamp
        let sequence: UInt64
        let occurrence: Occurrence

        func precedes(_ other: Entry) -> Bool {
            time == other.time ? sequence < other.sequence : time < other.time
        }
    }
    private var heap: [Entry] = []
    private var sequence: UInt64 = 0

    var count: Int { heap.count }

    mutating func schedule(_ occurrence: Occurrence, at time: Timestamp) {
        sequence += 1
        heap.append(Entry(time: time, sequence: sequence, occurrence: occurrence))
        rise()
    }

    /// The first occurrence, unless it is later than `limit`.
    mutating func next(until limit: Timestamp) -> (time: Timestamp, occurrence: Occurrence)? {
        guard let first = heap.first, first.time <= limit else { return nil }
        let last = heap.removeLast()
        if !heap.isEmpty {
            heap[0] = last
            sink()
        }
        return (first.time, first.occurrence)
    }

    private mutating func rise() {
        var place = heap.count - 1
        while place > 0, heap[place].precedes(heap[(place - 1) / 2]) {
            heap.swapAt(place, (place - 1) / 2)
            place = (place - 1) / 2
        }
    }

    private mutating func sink() {
        var place = 0
        while true {
            var first = place
            for child in [2 * place + 1, 2 * place + 2]
            where child < heap.count && heap[child].precedes(heap[first]) {
                first = child
            }
            guard first != place else { return }
            heap.swapAt(place, first)
            place = first
        }
    }
}
