// "Did you mean": the known word nearest to a mistyped one.

enum Suggestion {
    /// Octets of a word; longer ones are no typing errors.
    private static let lengthLimit = 64

    /// The hint of a diagnostic; nil: nothing is near.
    static func hint(to word: String, among words: some Sequence<String>) -> String? {
        nearest(to: word, among: words).map { "did you mean '\($0)'?" }
    }

    /// The nearest of `words`, if it is near enough to be what was meant. Ties fall to the first in
    /// alphabetical order.
    static func nearest(to word: String, among words: some Sequence<String>) -> String? {
        let octets = Array(word.utf8)
        guard octets.count <= lengthLimit else { return nil }
        var limit = max(1, word.count / 3)
        var best: (word: String, distance: Int)?
        for candidate in words where abs(candidate.utf8.count - octets.count) <= limit {
            guard let distance = distance(octets, Array(candidate.utf8), limit: limit) else { continue }
            if let best, distance == best.distance, best.word <= candidate { continue }
            best = (candidate, distance)
            limit = distance
        }
        return best?.word
    }

    /// Edits between two words: insert, delete, replace, or exchange two neighbours. Nil: more than `limit`.
    static func distance(_ left: [UInt8], _ right: [UInt8], limit: Int = .max) -> Int? {
        var beforeLast: [Int] = []
        var last = Array(0...right.count)
        for row in 1..<(left.count + 1) {
            var current = [row]
            current.reserveCapacity(right.count + 1)
            for column in 1..<(right.count + 1) {
                let isSame = left[row - 1] == right[column - 1]
                var cost = min(last[column] + 1, current[column - 1] + 1, last[column - 1] + (isSame ? 0 : 1))
                if row > 1, column > 1, left[row - 1] == right[column - 2],
                    left[row - 2] == right[column - 1]
                {
                    cost = min(cost, beforeLast[column - 2] + 1)
                }
                current.append(cost)
            }
            // An exchange reaches back two rows.
            if let least = current.min(), let before = last.min(), min(least, before) > limit { return nil }
            beforeLast = last
            last = current
        }
        return last[right.count] <= limit ? last[right.count] : nil
    }
}
