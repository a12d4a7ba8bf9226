// Real configurations, and random damage to them: no crash, no hang, and what keepalived accepts without
// features that this release lacks is accepted.

import Configuration
import Foundation
import Testing
import Wire

@Suite struct CorpusTests {
    /// The folder of shared material beside the project; absent in a lone checkout.
    static let shared = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appending(path: "shared")

    static let files: [URL] = {
        let folder = shared.appending(path: "corpus/conf")
        let found = try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        return (found ?? []).sorted { $0.path < $1.path }
    }()

    @Test(.enabled(if: !files.isEmpty)) func everyRealFileIsReadQuickly() throws {
        var slowest = (file: "", time: Duration.zero)
        for file in Self.files {
            let octets = Array(try Data(contentsOf: file))
            // Processor time: what else the machine does at the moment does not count.
            let start = Self.processorTime()
            let parsed = ConfigurationParser.parse(octets: octets, name: file.lastPathComponent)
            let time = Self.processorTime() - start
            if time > slowest.time { slowest = (file.lastPathComponent, time) }
            let text = DiagnosticText(sources: parsed.sources)
            for diagnostic in parsed.diagnostics { #expect(!text.render(diagnostic).isEmpty) }
        }
        print("slowest of \(Self.files.count) files: \(slowest.file), \(slowest.time)")
        #expect(slowest.time < .milliseconds(100) * Self.unoptimised)
    }

    /// How much slower the parser may be when it is built without optimisation.
    static let unoptimised: Int = {
        var factor = 1
        assert(
            {
                factor = 10; return true
            }())
        return factor
    }()

    static func processorTime() -> Duration {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }

    /// A fatal problem must not be found where keepalived finds none.
    @Test(.enabled(if: !files.isEmpty)) func whatKeepalivedAcceptsStartsHereToo() throws {
        let index = try String(contentsOf: Self.shared.appending(path: "corpus/index.tsv"), encoding: .utf8)
        var accepted: Set<String> = []
        for row in index.split(separator: "\n").dropFirst() {
            let fields = row.split(separator: "\t", omittingEmptySubsequences: false)
            if fields.count > 7, fields[7] == "accept" { accepted.insert(String(fields[0])) }
        }
        #expect(accepted.count > 50)
        var problems: [String] = []
        for file in Self.files where accepted.contains(file.lastPathComponent) {
            let octets = Array(try Data(contentsOf: file))
            let text = String(decoding: octets, as: UTF8.self)
            // Definitions, conditions and includes decide what the file says; they come later.
            guard !text.contains("$"), !text.contains("@"), !text.contains("include"), !text.contains("~SEQ")
            else { continue }
            let parsed = ConfigurationParser.parse(octets: octets, name: file.lastPathComponent)
            problems += parsed.diagnostics.filter { $0.severity == .fatal }.map { DiagnosticText.line($0) }
        }
        #expect(problems.isEmpty, "\(problems.joined(separator: "\n"))")
    }

    @Test(.enabled(if: !files.isEmpty), arguments: ["master", "backup"])
    func theTutorialsFiles(_ role: String) throws {
        let file = Self.shared.appending(path: "seed/keepalived-\(role).conf")
        let parsed = ConfigurationParser.parse(octets: Array(try Data(contentsOf: file)), name: "k.conf")
        #expect(parsed.diagnostics.map(\.code) == ["mail-not-sent", "password-unused", "unknown-keyword"])
        #expect(parsed.diagnostics.last?.hint == "did you mean 'auth_type'?")
        #expect(parsed.diagnostics.last?.location?.line == 30)
        #expect(parsed.configuration.instances.first?.addresses.first?.address.description == "192.168.50.88")
        #expect(parsed.configuration.global.routerID == "LVS_DEVEL")
    }

    @Test func randomDamageIsNeverACrash() {
        var random = SystemRandomNumberGenerator.Seeded(state: 11)
        let alphabet = Array("{}\"'#!\\ \n\tabc019.:/$@~%\u{e9}".utf8)
        let base = Array(ModelTests.full.utf8)
        for _ in 0..<3_000 {
            var octets = base
            for _ in 0..<Int.random(in: 1...12, using: &random) {
                let place = Int.random(in: 0..<octets.count, using: &random)
                switch Int.random(in: 0...2, using: &random) {
                case 0: octets.remove(at: place)
                case 1: octets.insert(alphabet.randomElement(using: &random) ?? 0, at: place)
                default: octets[place] = UInt8.random(in: 0...255, using: &random)
                }
            }
            let parsed = ConfigurationParser.parse(octets: octets, name: "x")
            let text = DiagnosticText(sources: parsed.sources)
            for diagnostic in parsed.diagnostics { _ = text.render(diagnostic) }
        }
    }

    @Test func aHugeFileTakesLinearTime() {
        let line = "    # a long line of a comment that says nothing at all, again and again\n"
        let text = String(repeating: line, count: 40_000) + DiagnosticTests.instance("")
        let time = ContinuousClock().measure { _ = ConfigurationParser.parse(text: text) }
        #expect(time < .seconds(10))
    }
}

extension SystemRandomNumberGenerator {
    /// The same numbers each time.
    struct Seeded: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return (state >> 29) ^ state
        }
    }
}
