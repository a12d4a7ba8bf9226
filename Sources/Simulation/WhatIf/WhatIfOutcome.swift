// What came of a question: what happened, who had each address, and what is to be said of it.

import Election

package struct WhatIfOutcome: Sendable {
    /// A line of the story; times count from the act.
    package struct Moment: Sendable {
        package let time: Duration
        /// `-`: nobody's.
        package let host: String
        package let text: String
    }
    package let whatIf: WhatIf
    package let timeline: [Moment]
    /// By service.
    package let courses: [ServiceCourse]
    package let verdicts: [WhatIfVerdict]
    /// When it was ended; nil: it has no end.
    package let mended: Duration?
}

/// Who had a service, and for how long nobody did.
package struct ServiceCourse: Sendable {
    /// Hosts that had it before the act, when all had come of it, and when all had come of its end.
    package let before: [Int]
    package let after: [Int]
    package internal(set) var end: [Int]?
    /// Since the act.
    package let fault: Spell
    /// Since its end.
    package internal(set) var repair: Spell?
    let isAnswered: Bool
    var isAnsweredInTheEnd: Bool?
}

/// Something to be said of an outcome.
package struct WhatIfVerdict: Sendable, Hashable {
    package enum Kind: String, Sendable {
        case splitBrain = "split-brain"
        case noHolder = "no-holder"
        case noFailBack = "no-fail-back"
        case unanswered = "client-unanswered"
        /// A check fails where the address is, and it stays.
        case noEffect = "no-effect"
        /// One of the rules in `Checkers`.
        case brokenRule = "broken-rule"
    }
    package enum Severity: String, Sendable {
        case note, warning, failed
    }
    package let kind: Kind
    package let severity: Severity
    /// The service's place; nil: of none alone.
    package let service: Int?
    package let words: String
}
