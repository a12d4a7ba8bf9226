// Files that are made to cost time, memory or a reader's patience: what they cost is bounded by their size.

import Configuration
import Foundation
import Testing

@Suite struct ComplexityTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let text: String
        /// Of processor time, with optimisation.
        var limit = Duration.milliseconds(200)
    }

    private static func lines(_ count: Int, _ line: (Int) -> String) -> String {
        (0..<count).map { line($0) + "\n" }.joined()
    }

    private static func instance(_ name: String, _ lines: String) -> String {
        """
        vrrp_instance \(name) {
        interface eth0
        virtual_router_id 5
        virtual_ipaddress { 10.0.0.9 }
        \(lines)
        }

        """
    }

    /// Each took at least ten times its limit when its cost grew with the square of its size, or had no bound.
    static let cases: [Case] = [
        Case(
            testDescription: "blocks within blocks",
            text: String(repeating: "a {\n", count: 20_000) + String(repeating: "}\n", count: 20_000)),
        Case(
            testDescription: "references that do not end",
            text: "global_defs {\nrouter_id " + String(repeating: "${", count: 30_000) + "\n}"),
        Case(
            testDescription: "unknown words", text: "global_defs {\n" + lines(10_000) { "frob\($0) x" } + "}"),
        Case(
            testDescription: "addresses",
            text: instance(
                "A", "virtual_ipaddress_excluded {\n" + lines(10_000) { "11.0.\($0 / 250).\($0 % 250)" } + "}"
            )),
        Case(
            testDescription: "scripts",
            text: lines(3_000) { "vrrp_script S\($0) { script /bin/true }" }
                + instance("A", "track_script {\n" + lines(3_000) { "S\($0)" } + "}")),
        Case(
            testDescription: "instances with unicast peers",
            text: lines(1_500) { instance("V\($0)", "unicast_peer { 10.1.\($0 / 250).\($0 % 250) }") }),
        Case(
            testDescription: "repetitions of repetitions",
            text: "~SEQ(A,1,1000) ~SEQ(B,1,1000) ~SEQ(C,1,1000) foo",
            limit: .milliseconds(100)),
        Case(
            testDescription: "definitions of definitions",
            text: "$A0= \\\nx \\\ny\n" + lines(30) { "$A\($0 + 1)= \\\n$A\($0) \\\n$A\($0)" } + "$A30",
            limit: .milliseconds(100)),
        Case(
            testDescription: "values of values",
            text: "$A0=xxxxxxxxxx\n" + lines(30) { "$A\($0 + 1)=${A\($0)}${A\($0)}" } + "x ${A30}",
            limit: .milliseconds(100)),
        Case(testDescription: "braces that close nothing", text: String(repeating: "}\n", count: 20_000)),
        Case(
            testDescription: "a long line that stands often",
            text: "~SEQ(A,1,1000) " + String(repeating: "x ", count: 10_000)),
    ]

    @Test(arguments: cases) func isReadInTime(_ one: Case) {
        let start = CorpusTests.processorTime()
        let parsed = ConfigurationParser.parse(text: one.text)
        let text = DiagnosticText(sources: parsed.sources)
        let count = parsed.diagnostics.map { text.render($0).utf8.count }.reduce(0, +)
        let time = CorpusTests.processorTime() - start
        #expect(time < one.limit * CorpusTests.unoptimised, "\(time)")
        #expect(count < 100_000, "\(count) octets of messages")
    }

    @Test func nestingBeyondTheLimitIsFatalAndKeptOut() {
        let depth = 20_000
        let text = String(repeating: "a {\n", count: depth) + String(repeating: "}\n", count: depth)
        let parsed = ConfigurationParser.parse(text: text)
        #expect(parsed.diagnostics.map(\.code) == ["unknown-keyword", "nesting"])
        #expect(parsed.isFatal)
    }

    @Test func tooMuchTextIsOneMessage() {
        let parsed = ConfigurationParser.parse(text: "~SEQ(A,1,300) ~SEQ(B,1,300) x${A}${B}")
        let codes = parsed.diagnostics.compactMap { $0.location == nil ? nil : $0.code }
        #expect(codes == ["too-much-text"])
    }

    /// What is left out is said, and counts for the verdict.
    @Test func manyProblemsOfAKindAreCutOff() {
        let parsed = ConfigurationParser.parse(text: Self.lines(1000) { _ in "}" })
        let found = parsed.diagnostics.filter { $0.code == "unbalanced-brace" }
        #expect(found.count == 201)
        #expect(found.last?.message.contains("more such problems") == true)
        #expect(found.last?.severity == .fatal)
    }

    @Test func manyMissingInterfacesAreCutOff() {
        let text = Self.instance("A", "track_interface {\n" + Self.lines(1000) { "eth\($0 + 1)" } + "}")
        let found = ConfigurationParser.parse(text: text).configuration.diagnostics(onHostWith: [])
        #expect(found.count == 201)
        #expect(found.contains { $0.severity == .fatal })
    }

    @Test func aLongWordIsShownInPart() throws {
        let text = "global_defs {\n" + String(repeating: "x", count: 60_000) + "\n}"
        let parsed = ConfigurationParser.parse(text: text)
        let found = try #require(parsed.diagnostics.first { $0.code == "unknown-keyword" })
        #expect(found.message.count < 700)
        #expect(DiagnosticText(sources: parsed.sources).render(found).count < 1500)
    }
}
