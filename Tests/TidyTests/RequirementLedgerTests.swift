// Every MUST and SHOULD of the RFCs has a test that shows it, or a reason.

import Foundation
import Testing

@Suite("Requirements of the RFCs")
struct RequirementLedgerTests {
    @Test("each MUST and SHOULD has a test or a reason, and each id in a test is one")
    func complete() { #expect(RequirementLedger.problems(.this) == []) }

    @Test("docs/rfc-ledger.md is what the requirements and the tests say")
    func page() throws {
        let page = RequirementLedger.page(.this)
        if ProcessInfo.processInfo.environment["BATON_REGENERATE"] != nil {
            let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
                .deletingLastPathComponent()
            try page.write(to: root.appending(path: "docs/rfc-ledger.md"), atomically: true, encoding: .utf8)
        } else {
            #expect(Repository.this["docs/rfc-ledger.md"] == page)
        }
    }

    @Test("the check finds what it looks for")
    func broken() {
        let list = """
            Words before.
            # One
            RFC9568-1.2-01 MUST do this
            RFC9568-1.2-02 SHOULD NOT* do that
                why: nobody does
            RFC9568-1.2-03 MUST do more
            RFC9568-1.2-04 MAY do less
            RFC9568-1.2-01 MUST again
            RFC9568-1.2-05 WANT do
            """
        let id = "RFC" + "9568-1.2-"
        let tests = """
            @Suite struct A {
                // \(id)01, and a reason.
                @Test("\(id)02: x",
                    arguments: [1])
                func both(_ n: Int) {
                    // \(id)04 in passing
                    check(n)
                }
                @Test func other() {}
                // \(id)09
                @Test func unknown() {}
            }
            """
        let repository = Repository(["docs/rfc-requirements.txt": list, "Tests/ATests/A.swift": tests])
        #expect(
            RequirementLedger.problems(repository) == [
                "line 8: '\(id)01 MUST again'", "line 9: '\(id)05 WANT do'",
                "Tests/ATests/A.swift:6: \(id)04 belongs to no test", "\(id)09 is no requirement",
                "\(id)03 MUST: neither a test nor a reason",
            ])
        let page = RequirementLedger.page(repository)
        #expect(page.contains("| \(id)01 | MUST | do this | `A.both` |\n"))
        #expect(page.contains("| \(id)02 | SHOULD NOT* | do that | `A.both`; nobody does |\n"))
        #expect(page.contains("| \(id)04 | MAY | do less | – |\n"))
    }
}
