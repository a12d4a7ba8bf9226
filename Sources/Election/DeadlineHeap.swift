// The deadlines of many routers, the earliest first. Each slot has at most one deadline, so a stale
// one cannot exist. Ties fall to the lower slot: the same events give the same actions, always.

/// An indexed binary heap: setting a slot's deadline costs O(log n), reading the earliest O(1).
struct DeadlineHeap: Sendable {
    private var heap: [(deadline: Timestamp, slot: Int)] = []
    /// Where each slot stands in the heap; -1: nowhere.
    private var positions: [Int] = []

    var earliest: (deadline: Timestamp, slot: Int)? { heap.first }

    mutating func set(_ slot: Int, _ deadline: Timestamp?) {
        while positions.count <= slot { positions.append(-1) }
        let position = positions[slot]
        switch (position, deadline) {
        case (-1, nil):
            break
        case (-1, let deadline?):
            heap.append((deadline, slot))
            positions[slot] = heap.count - 1
            rise(from: heap.count - 1)
        case (_, nil):
            remove(at: position)
        case (_, let deadline?):
            guard heap[position].deadline != deadline else { return }
            heap[position].deadline = deadline
            settle(position)
        }
    }

    private mutating func remove(at position: Int) {
        positions[heap[position].slot] = -1
        let last = heap.removeLast()
        guard position < heap.count else { return }
        heap[position] = last
        positions[last.slot] = position
        settle(position)
    }

    private mutating func settle(_ position: Int) {
        rise(from: position)
        sink(from: position)
    }

    private func precedes(_ left: Int, _ right: Int) -> Bool {
        (heap[left].deadline, heap[left].slot) < (heap[right].deadline, heap[right].slot)
    }

    private mutating func exchange(_ left: Int, _ right: Int) {
        heap.swapAt(left, right)
        positions[heap[left].slot] = left
        positions[heap[right].slot] = right
    }

    private mutating func rise(from start: Int) {
        var position = start
        while position > 0, precedes(position, (position - 1) / 2) {
            exchange(position, (position - 1) / 2)
            position = (position - 1) / 2
        }
    }

    private mutating func sink(from start: Int) {
        var position = start
        while true {
            var smallest = position
            for child in [2 * position + 1, 2 * position + 2] where child < heap.count {
                if precedes(child, smallest) { smallest = child }
            }
            guard smallest != position else { return }
            exchange(position, smallest)
            position = smallest
        }
    }
}
