// What a diagnostic's code stands for, for somebody who sees it for the first time: `baton explain CODE` and the
// documents read it here and nowhere else. A tidy test holds the list against the codes in use.

/// A code in a few sentences.
package struct Explanation: Sendable, Hashable {
    package let code: String
    /// What was found.
    package let meaning: String
    /// What the daemon does then, and what an operator would see.
    package let effect: String
    /// What to do about it.
    package let remedy: String

    init(_ code: String, _ meaning: String, then effect: String, mend remedy: String) {
        self.code = code
        self.meaning = meaning
        self.effect = effect
        self.remedy = remedy
    }

    /// Several lines for a terminal, the last without a newline.
    package var text: String {
        let parts = [("", meaning), ("Then: ", effect), ("Mend: ", remedy)]
        return ([code] + parts.map { Self.wrapped($0 + $1, indent: "  ") }).joined(separator: "\n")
    }

    private static let columns = 78

    private static func wrapped(_ text: String, indent: String) -> String {
        var lines = [indent]
        for word in text.split(separator: " ") {
            let isFirst = lines[lines.count - 1] == indent
            if !isFirst, lines[lines.count - 1].count + 1 + word.count > columns {
                lines.append(indent + word)
            } else {
                lines[lines.count - 1] += (isFirst ? "" : " ") + word
            }
        }
        return lines.joined(separator: "\n")
    }
}

package enum Explanations {
    /// By code.
    package static let all: [Explanation] =
        (language + values + instances + addresses + tracking + features + cluster).sorted {
            $0.code < $1.code
        }

    package static func of(_ code: String) -> Explanation? { all.first { $0.code == code } }

    /// The code that was probably meant.
    package static func nearest(to code: String) -> String? {
        Suggestion.nearest(to: code, among: all.map(\.code))
    }
}
