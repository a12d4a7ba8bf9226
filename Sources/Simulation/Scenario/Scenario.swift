// A story about a cluster as a value: what it consists of, what is done to it, what is expected. It says nothing of
// the world that it is played in, so that the same text can be played with real hosts.

import Election

package struct Scenario: Sendable {
    package struct Step: Sendable {
        /// In the text, from 1.
        package let line: Int
        /// As it was written.
        package let words: String
        package let deed: Deed
    }

    package enum Deed: Sendable {
        case run(Duration)
        /// Runs until a moment after the beginning, then acts.
        case act(Act, at: Duration?)
        /// All claims hold: now, or at once within the time.
        case expect([Claim], within: Duration?)
    }

    /// Something that may be true of the cluster.
    package enum Claim: Sendable, Hashable {
        /// Of one instance, or of all of the host's.
        case state(host: Int, instance: Int?, StateName)
        /// No engine runs.
        case stopped(host: Int)
        case holds(host: Int, instance: Int?, Bool)
        case answered(Bool)
    }

    /// What it shows, in words.
    package var paragraph: [String] = []
    package var cluster = ClusterPlan()
    package var seed: UInt64 = 1
    /// Hosts are started by steps, not in the beginning.
    package var startsByHand = false
    package var steps: [Step] = []
    /// What is to happen, line by line; empty: not written down yet.
    package var transcript: [String] = []

    package init() {}
}

/// What is wrong with a text.
package struct ScenarioError: Error, Sendable, CustomStringConvertible {
    package let file: String
    package let line: Int
    package let message: String

    package var description: String { "\(file):\(line): \(message)" }
}
