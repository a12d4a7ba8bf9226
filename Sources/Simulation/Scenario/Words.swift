// A line's words, one after the other.

import Election

package struct Words {
    private var words: ArraySlice<Substring>

    package init(_ line: Substring) { words = line.split(separator: " ")[...] }

    package var peek: String? { words.first.map { String($0) } }

    package var remaining: String { words.joined(separator: " ") }

    package mutating func next() -> String? { words.popFirst().map { String($0) } }

    /// The whole rest of the line.
    package mutating func rest() -> String {
        defer { words = [] }
        return remaining
    }

    mutating func number() -> Int? { next().flatMap { Int($0) } }

    mutating func duration() -> Duration? { next().flatMap { Duration(words: $0) } }

    mutating func onOff() -> Bool? {
        switch next() {
        case "on": true
        case "off": false
        default: nil
        }
    }
}

extension Duration {
    /// `2s`, `1.5s`, `250ms`, `80us`; nil: it is something else, or longer than a year.
    package init?(words: String) {
        let units: [(String, Int64)] = [("ms", 1_000_000), ("us", 1000), ("s", 1_000_000_000)]
        guard let (unit, scale) = units.first(where: { words.hasSuffix($0.0) }) else { return nil }
        let parts = words.dropLast(unit.count).split(separator: ".", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), let whole = Int64(parts[0]), (0...31_536_000_000).contains(whole)
        else { return nil }
        var fraction: Int64 = 0
        if parts.count == 2 {
            guard (1...9).contains(parts[1].count), parts[1].allSatisfy(\.isNumber),
                let digits = Int64(parts[1])
            else { return nil }
            fraction = digits * scale
            for _ in 0..<parts[1].count { fraction /= 10 }
        }
        self = .nanoseconds(whole * scale + fraction)
    }
}
