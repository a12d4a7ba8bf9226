// What happened, line by line. Each line enters a digest, so that two runs can be compared without keeping them.

import Election

/// The story of a run.
package struct Trace: Sendable {
    package enum Detail: Sendable { case digest, story, everything }
    package struct Line: Sendable {
        package let time: Timestamp
        package let host: String
        package let text: String
        package let isStory: Bool
    }
    private let detail: Detail
    package private(set) var lines: [Line] = []
    /// FNV-1a over all lines.
    package private(set) var digest: UInt64 = 0xcbf2_9ce4_8422_2325

    init(_ detail: Detail) { self.detail = detail }

    /// A story line belongs in a transcript: what an operator would tell.
    mutating func add(_ text: String, of host: String, at time: Timestamp, isStory: Bool) {
        mix(UInt64(bitPattern: time.nanoseconds))
        for octet in host.utf8 { mix(UInt64(octet)) }
        for octet in text.utf8 { mix(UInt64(octet)) }
        switch detail {
        case .digest: return
        case .story: guard isStory else { return }
        case .everything: break
        }
        lines.append(Line(time: time, host: host, text: text, isStory: isStory))
    }

    /// What has no line of its own but must be the same as well.
    mutating func mix(_ number: UInt64) { digest = (digest ^ number) &* 0x0000_0100_0000_01b3 }

    mutating func removeLines() { lines.removeAll(keepingCapacity: true) }
}

extension Trace.Line: CustomStringConvertible {
    package var description: String { "\(time.seconds)  \(host)  \(text)" }
}

extension Timestamp {
    /// Seconds with milliseconds, rounded down: `12.345`.
    package var seconds: String {
        let milliseconds = nanoseconds / 1_000_000
        let fraction = String(milliseconds % 1000)
        let zeros = String(repeating: "0", count: 3 - fraction.utf8.count)
        return "\(milliseconds / 1000).\(zeros)\(fraction)"
    }
}
