// Sets of moments: when something was so. What a chaos run records, and what its oracle calculates with.

/// Stretches of time, sorted and apart from each other. Moments are nanoseconds.
struct Spans: Sendable, Equatable {
    private(set) var ranges: [Range<Int64>]

    init(_ ranges: [Range<Int64>] = []) {
        self.ranges = []
        for range in ranges.filter({ !$0.isEmpty }).sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if let last = self.ranges.last, range.lowerBound <= last.upperBound {
                self.ranges[self.ranges.count - 1] = last.lowerBound..<max(last.upperBound, range.upperBound)
            } else {
                self.ranges.append(range)
            }
        }
    }

    static let always = Spans([.min..<Int64.max])

    var inverse: Spans {
        let edges = [Int64.min] + ranges.flatMap { [$0.lowerBound, $0.upperBound] } + [.max]
        let pairs = stride(from: 0, to: edges.count, by: 2).map { (edges[$0], edges[$0 + 1]) }
        return Spans(pairs.filter { $0.0 < $0.1 }.map { $0.0..<$0.1 })
    }

    static func | (left: Spans, right: Spans) -> Spans { Spans(left.ranges + right.ranges) }
    static func & (left: Spans, right: Spans) -> Spans { (left.inverse | right.inverse).inverse }
    static func - (left: Spans, right: Spans) -> Spans { left & right.inverse }

    func clamped(to window: Range<Int64>) -> Spans { self & Spans([window]) }

    var longest: Int64 { ranges.map { $0.upperBound - $0.lowerBound }.max() ?? 0 }

    /// The first moment of the set that is not before `moment`.
    func first(from moment: Int64) -> Int64? {
        ranges.first { $0.upperBound > moment }.map { max($0.lowerBound, moment) }
    }
}

/// Collects when something is so.
struct SpanRecorder: Sendable {
    private var closed: [Range<Int64>] = []
    private var begin: Int64?

    var isOpen: Bool { begin != nil }

    mutating func open(at moment: Int64) { if begin == nil { begin = moment } }

    mutating func close(at moment: Int64) {
        if let begin { closed.append(begin..<max(begin, moment)) }
        begin = nil
    }

    var spans: Spans { Spans(closed + (begin.map { [$0..<Int64.max] } ?? [])) }
}
