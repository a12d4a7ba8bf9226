// Every code of a diagnostic has a text for `baton explain`, and no text is for a code that is gone.

import Configuration
import Testing

@Suite("Explanations")
struct ExplanationTests {
    @Test("every code in the sources has a text, every text a code")
    func complete() { #expect(explanationProblems(.this, Explanations.all.map(\.code)) == []) }

    @Test("each code stands there once, and all three parts say something")
    func texts() {
        let codes = Explanations.all.map(\.code)
        #expect(Set(codes).count == codes.count)
        for explanation in Explanations.all {
            for part in [explanation.meaning, explanation.effect, explanation.remedy] {
                #expect(part.count > 5 && part.hasSuffix("."), "\(explanation.code): \(part)")
            }
        }
    }

    @Test("lines fit a terminal")
    func width() {
        for explanation in Explanations.all {
            #expect(
                explanation.text.split(separator: "\n").allSatisfy { $0.count <= 78 }, "\(explanation.code)")
        }
    }

    @Test("a mistyped code gets a suggestion, another one none")
    func suggestion() {
        #expect(Explanations.nearest(to: "peers-wieght-too-small") == "peers-weight-too-small")
        #expect(Explanations.nearest(to: "xyzzy") == nil)
    }

    @Test("the check finds what it looks for")
    func broken() {
        let repository = Repository([
            "Sources/A/A.swift": """
            findings.report(.error, "first-code", at: word, "text")
            Diagnostic(code: "second-code", severity: .note)
            isFatal ? .fatal : .warning,
                "third-code", at: word
            report("fourth-code", location, "x-y")
            return leaveOut(value, "fifth-code", "a", findings)
            static let code = "sixth-code"
            .note, "plain", at: word
            fatal(
                "seventh-code", instance)
            """,
            "Sources/Configuration/Explanations/B.swift": "Explanation(\"eighth-code\")",
        ])
        let codes = ["first-code", "second-code", "third-code", "fourth-code", "fifth-code", "sixth-code"]
        #expect(explanationProblems(repository, codes + ["plain", "seventh-code"]) == [])
        #expect(
            explanationProblems(repository, codes + ["old"]) == [
                "plain has no text", "seventh-code has no text", "old is no code",
            ])
    }
}

private func explanationProblems(_ repository: Repository, _ explained: [String]) -> [String] {
    let patterns = [
        /\bcode(?:: | = )"([a-z][a-z0-9-]*)"/,
        /\.(?:note|warning|error|fatal),\s*"([a-z][a-z0-9-]*)"/,
        /\b(?:report|fatal|leaveOut|reportFamily)\(\s*(?:[\w.\[\]]+, )?"([a-z][a-z0-9-]*)"/,
    ].map { $0.wordBoundaryKind(.simple) }
    let sources = repository.files(under: "Sources/", ending: ".swift").filter {
        !$0.path.hasPrefix("Sources/Configuration/Explanations/")
    }
    let used = Set(
        sources.flatMap { file in
            patterns.flatMap { file.text.matches(of: $0).map { String($0.output.1) } }
        })
    guard !used.isEmpty else { return ["no codes found"] }
    return used.subtracting(explained).sorted().map { "\($0) has no text" }
        + Set(explained).subtracting(used).sorted().map { "\($0) is no code" }
}
