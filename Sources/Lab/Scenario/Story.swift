// A transcript as a value: what was done, and what states and addresses came of it, host by host.

import Election
import Wire

/// Read from the lines of a transcript of either world.
package struct Story: Sendable {
    /// A line that tells of something done, or expected.
    struct Anchor: Sendable {
        let milliseconds: Int
        /// An expectation without its answer's time.
        let words: String
    }
    /// A change of a state, or of who has an address.
    struct Event: Sendable {
        let milliseconds: Int
        let host: String
        /// The instance, or the address.
        let subject: String
        /// The state, `added` or `removed`.
        let word: String
        /// The kernel removed it since nobody had renewed it, or a daemon put it back at once.
        let isLeaseEnd: Bool
        /// How many acts came before it.
        let anchor: Int
    }
    private(set) var anchors: [Anchor] = []
    private(set) var events: [Event] = []

    /// `12.345  a  V1 MASTER`. Lines of other kinds, a guard's for instance, are no part of the story.
    package init(_ transcript: [String]) {
        for line in transcript {
            let parts = line.split(separator: " ", maxSplits: 2).map(String.init)
            guard parts.count == 3, let time = Self.milliseconds(parts[0]) else { continue }
            let text = String(parts[2].drop { $0 == " " })
            if parts[1] == "-" {
                anchors.append(Anchor(milliseconds: time, words: Self.withoutTime(text)))
            } else {
                read(text, parts[1], time)
            }
        }
    }

    private mutating func read(_ text: String, _ host: String, _ time: Int) {
        let words = text.split(separator: " ").map(String.init)
        func add(_ subject: String, _ word: String, isLeaseEnd: Bool = false) {
            events.append(
                Event(
                    milliseconds: time, host: host, subject: subject, word: word, isLeaseEnd: isLeaseEnd,
                    anchor: anchors.count))
        }
        if words.count == 3, words[0] == "address" {
            let former = events.last { $0.host == host && $0.subject == words[1] }
            let isAnswer = former.map { $0.isLeaseEnd && time - $0.milliseconds < 50 } ?? false
            add(words[1], words[2], isLeaseEnd: isAnswer)
        } else if words.count == 4, words[0] == "lease", words[3] == "ends" {
            add(words[2], "removed", isLeaseEnd: true)
        } else if words.count == 2, StateName(rawValue: words[1]) != nil {
            add(words[0], words[1])
        }
    }

    private static func milliseconds(_ text: String) -> Int? {
        let parts = text.split(separator: ".").compactMap { Int($0) }
        return parts.count == 2 ? parts[0] * 1000 + parts[1] : nil
    }

    private static func withoutTime(_ text: String) -> String {
        text.firstRange(of: ", after ").map { String(text[..<$0.lowerBound]) } ?? text
    }
}
