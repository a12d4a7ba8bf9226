// Real configurations with load balancing, BFD and the like, against what keepalived 2.2.7 says of them.

import Configuration
import Foundation
import Testing

@Suite(.enabled(if: !CorpusTests.files.isEmpty)) struct InertCorpusTests {
    private static func parse(_ file: URL) throws -> ParsedConfiguration {
        ConfigurationParser.parse(octets: Array(try Data(contentsOf: file)), name: file.lastPathComponent)
    }

    private static let inert = ["virtual_server", "bfd_instance", "enable_snmp", "enable_dbus", "track_bfd"]

    private static let files = CorpusTests.files.filter { file in
        guard let text = try? Data(contentsOf: file) else { return false }
        return inert.contains { String(decoding: text, as: UTF8.self).contains($0) }
    }

    @Test func printingAndReadingIsTheIdentity() throws {
        #expect(Self.files.count > 100)
        var problems: [String] = []
        for file in Self.files {
            let parsed = try Self.parse(file)
            let once = ConfigurationPrinter.print(parsed.configuration, showsSecrets: true)
            let again = ConfigurationParser.parse(text: once)
            let name = file.lastPathComponent
            if ConfigurationPrinter.print(again.configuration, showsSecrets: true) != once {
                problems.append("\(name): printed otherwise")
            }
            if again.configuration.inert.count != parsed.configuration.inert.count {
                problems.append("\(name): statements are lost")
            }
        }
        #expect(problems.isEmpty, "\(problems.joined(separator: "\n"))")
    }

    /// What is read of a virtual server alone, without the rest of its file.
    @Test func nothingInertIsFatal() throws {
        let ofSyntax: Set<String> = ["unbalanced-brace", "stray-brace", "nesting"]
        var problems: [String] = []
        for file in Self.files {
            var configuration = try Self.parse(file).configuration
            configuration.instances = []
            configuration.groups = []
            let alone = Configuration.onlyInert(of: configuration)
            let parsed = ConfigurationParser.parse(
                text: ConfigurationPrinter.print(alone, showsSecrets: true), name: file.lastPathComponent)
            problems += parsed.diagnostics.filter { $0.severity == .fatal && !ofSyntax.contains($0.code) }
                .map { DiagnosticText.line($0) }
        }
        #expect(problems.isEmpty, "\(problems.joined(separator: "\n"))")
    }

    /// `FILE:LINE` where keepalived 2.2.7 does not know a word, and this is not said here, by reason.
    private static let exceptions: [String: Set<String>] = [
        "the block of an unknown keyword is skipped as a whole, not read word by word": [
            "066.conf:16", "097.conf:3", "244.conf:3", "287.conf:17",
        ],
        "a brace too much is told as such": ["325.conf:46"],
        "a keyword of keepalived that its tested build lacks": ["423.conf:18", "639.conf:13"],
        "${NAME} without a definition stays in its word and opens no block": [
            "629.conf:54", "629.conf:55", "630.conf:53", "630.conf:54", "703.conf:44", "731.conf:16",
            "731.conf:18", "813.conf:99", "813.conf:100", "849.conf:17", "849.conf:19", "856.conf:17",
            "856.conf:19", "909.conf:17", "909.conf:19",
        ],
        "a comment is one, with a backslash at its end as well": [
            "683.conf:114", "812.conf:893", "812.conf:894", "812.conf:895", "876.conf:97", "876.conf:98",
            "876.conf:99",
        ],
        "told at the line within the definition, not where that is used": ["884.conf:81"],
    ]

    @Test func unknownKeywordsAreFoundWhereKeepalivedFindsThem() throws {
        let index = try String(
            contentsOf: CorpusTests.shared.appending(path: "corpus/index.tsv"), encoding: .utf8)
        var missing: [String] = []
        var count = 0
        let excepted = Self.exceptions.values.reduce(into: Set()) { $0.formUnion($1) }
        for row in index.split(separator: "\n").dropFirst() {
            let fields = row.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
            guard let name = fields.first, let messages = fields.last, messages.contains("Unknown keyword")
            else { continue }
            let file = CorpusTests.shared.appending(path: "corpus/conf/\(name)")
            let found = try Self.parse(file).diagnostics
            for match in messages.matches(of: /Line (\d+)\) Unknown keyword '([^']*)'/) {
                count += 1
                let place = "\(name):\(match.output.1)"
                let isFound = found.contains {
                    $0.code == "unknown-keyword" && $0.location?.line == Int(match.output.1)
                }
                if !isFound, !excepted.contains(place) { missing.append("\(place) \(match.output.2)") }
            }
        }
        #expect(count > 80)
        #expect(missing.isEmpty, "\(missing.joined(separator: "\n"))")
    }
}

extension Configuration {
    /// Its statements without effect, and nothing else.
    fileprivate static func onlyInert(of other: Configuration) -> Configuration {
        var result = Configuration()
        result.inert = other.inert
        result.global.inert = other.global.inert
        return result
    }
}
