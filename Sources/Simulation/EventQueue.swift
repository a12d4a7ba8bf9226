// What will happen in the simulation, in order: by time, and at one time in the order in which it was scheduled.

import Election

/// A binary heap. Nothing is taken out but the first: what has become stale is recognised when its time has come.
struct EventQueue {
    /// Small and without references, since a heap moves its entries a lot; the occurrence itself stays in its slot.
    private struct Entry {
        let time: Int64
        let sequence: UInt64
        let slot: Int

        func precedes(_ other: Entry) -> Bool {
            time == other.time ? sequence < other.sequence : time < other.time
        }
    }
    private var heap: [Entry] = []
    private var slots: [Occurrence] = []
    private var free: [Int] = []
    private var sequence: UInt64 = 0

    mutating func schedule(_ occurrence: consuming Occurrence, at time: Timestamp) {
        sequence += 1
        let slot: Int
        if let place = free.popLast() {
            slots[place] = occurrence
            slot = place
        } else {
            slots.append(occurrence)
            slot = slots.count - 1
        }
        heap.append(Entry(time: time.nanoseconds, sequence: sequence, slot: slot))
        rise()
    }

    /// The first occurrence, unless it is later than `limit`.
    mutating func next(until limit: Timestamp) -> (time: Timestamp, occurrence: Occurrence)? {
        guard let first = heap.first, first.time <= limit.nanoseconds else { return nil }
        let last = heap.removeLast()
        if !heap.isEmpty {
            heap[0] = last
            sink()
        }
        free.append(first.slot)
        return (Timestamp(nanoseconds: first.time), exchange(&slots[first.slot], with: .probe))
    }

    private mutating func rise() {
        var place = heap.count - 1
        let entry = heap[place]
        while place > 0, entry.precedes(heap[(place - 1) / 2]) {
            heap[place] = heap[(place - 1) / 2]
            place = (place - 1) / 2
        }
        heap[place] = entry
    }

    private mutating func sink() {
        let entry = heap[0]
        var place = 0
        while true {
            var child = 2 * place + 1
            guard child < heap.count else { break }
            if child + 1 < heap.count, heap[child + 1].precedes(heap[child]) { child += 1 }
            guard heap[child].precedes(entry) else { break }
            heap[place] = heap[child]
            place = child
        }
        heap[place] = entry
    }
}
