// What keepalived 2.2.7 says of 469 files, and what is said here: each difference has one of a few reasons, which
// docs/differences.md explains.

import Configuration
import Foundation
import Testing

/// A row of the corpus's index.
struct CorpusVerdict {
    let file: String
    let verdict: String
    let messages: [String]

    var isAccepted: Bool { verdict == "accept" || verdict == "accept-but-script-security" }

    static let all: [CorpusVerdict] = {
        let index = CorpusTests.shared.appending(path: "corpus/index.tsv")
        let text = (try? String(contentsOf: index, encoding: .utf8)) ?? ""
        return text.split(separator: "\n").dropFirst().map { row in
            let fields = row.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
            return CorpusVerdict(
                file: fields[0], verdict: fields.count > 7 ? fields[7] : "",
                messages: fields[fields.count - 1].components(separatedBy: " || ").filter { !$0.isEmpty })
        }
    }()

    func parse() throws -> ParsedConfiguration {
        let file = CorpusTests.shared.appending(path: "corpus/conf/\(file)")
        return ConfigurationParser.parse(octets: Array(try Data(contentsOf: file)), name: self.file)
    }
}

@Suite(.enabled(if: !CorpusTests.files.isEmpty)) struct VerdictTests {
    /// Why keepalived complains of something that is not complained of here, or elsewhere: the reason, as
    /// docs/differences.md names it, and how such messages begin or what they hold.
    static let reasons: [(reason: String, messages: [String])] = [
        (
            "another host",
            [
                "doesn't exist", "unknown interface", "Unknown interface", "Config files missing",
                "requires either an interface or default interface", "not a private macvlan",
                "not found/accessible", "Unable to set default user", "tracked interface",
                "Non-existent interface",
            ]
        ),
        ("script security is a warning when a script runs", ["SECURITY VIOLATION"]),
        ("names are looked up when they are needed", ["Invalid smtp server"]),
        ("an interval of 0 is no limit", ["outside range [0.000001", "_interval '0' is invalid"]),
        (
            "the place is where the mistake stands",
            [
                "empty notification_email", "requires vmac_xmit_base", "Truncating auth_pass", "No file set",
                "track script", "No script set", "track file", "already using",
                "unicast keyword has been specified", "There are",
            ]
        ),
        ("routes without an interface are tracked as well", ["cannot track route"]),
        (
            "an unknown block is one mistake",
            ["Unknown keyword", "Unexpected '{'", "Extra '}'", "missing '}'s"]
        ),
        (
            "what does not act is checked for its words only",
            [
                "irtual server", "BFD instance", "lvs_sync_daemon", "quorum", "Quorum", "misc script",
                "nftables already specified", "real server", "no scheduler", "has no entries",
            ]
        ),
        ("definitions are put in in more places", ["$"]),
    ]

    /// Errors here where keepalived accepts, by code.
    static let ownErrors: [String: String] = [
        "not-served": "not in this release", "no-bfd": "not in this release",
        "not-yet-supported": "not in this release", "no-script": "conditions of another host",
        "not-defined": "conditions of another host", "duplicate-vrid": "conditions of another host",
        "bad-route": "an option that nobody knows is an error",
    ]

    @Test func whatKeepalivedAcceptsIsAccepted() throws {
        #expect(CorpusVerdict.all.count == 469 || CorpusVerdict.all.count == 470)
        var problems: [String] = []
        for row in CorpusVerdict.all where row.isAccepted {
            for diagnostic in try row.parse().diagnostics
            where diagnostic.severity >= .error && Self.ownErrors[diagnostic.code] == nil {
                problems.append(DiagnosticText.line(diagnostic))
            }
        }
        #expect(problems.isEmpty, "\(problems.joined(separator: "\n"))")
    }

    /// Every message of keepalived with a line: something is said of that line here, or there is a reason.
    @Test func whatKeepalivedFindsIsFound() throws {
        var found = 0
        var excused: [String: Int] = [:]
        var missing: [String] = []
        for row in CorpusVerdict.all {
            let parsed = try row.parse()
            let lines = Set(parsed.diagnostics.compactMap(\.location?.line))
            for message in row.messages {
                let match = message.firstMatch(of: /^\((?:FILE: )?Line (\d+)\)/)
                if let line = match.flatMap({ Int($0.output.1) }), lines.contains(line) {
                    found += 1
                } else if match == nil, !parsed.diagnostics.isEmpty {
                    // Found after reading, without a line: one of ours has it.
                    found += 1
                } else if let reason = Self.reasons.first(where: {
                    $0.messages.contains { message.contains($0) }
                }) {
                    excused[reason.reason, default: 0] += 1
                } else {
                    missing.append("\(row.file): \(message)")
                }
            }
        }
        print(
            "keepalived's messages: \(found) found here, by reason: \(excused.sorted { $0.value > $1.value })"
        )
        #expect(missing.isEmpty, "\(missing.joined(separator: "\n"))")
        #expect(found > 2 * excused.values.reduce(0, +))
    }

    @Test func everyReasonIsInTheDocument() throws {
        let path = CorpusTests.shared.deletingLastPathComponent().appending(path: "shared")
        let project = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let text = try String(contentsOf: project.appending(path: "docs/differences.md"), encoding: .utf8)
        #expect(!path.path.isEmpty)
        for reason in Self.reasons.map(\.reason) + Self.ownErrors.values {
            #expect(text.contains(reason), "\(reason)")
        }
    }

    @Test func printingIsTheIdentity() throws {
        var problems: [String] = []
        for row in CorpusVerdict.all {
            let parsed = try row.parse()
            let once = ConfigurationPrinter.print(parsed.configuration, showsSecrets: true)
            let again = ConfigurationParser.parse(text: once)
            let twice = ConfigurationPrinter.print(again.configuration, showsSecrets: true)
            if twice != once { problems.append(row.file) }
            if again.configuration.instances.map(\.router) != parsed.configuration.instances.map(\.router) {
                problems.append("\(row.file): routers")
            }
        }
        #expect(problems.isEmpty, "\(problems)")
    }

    /// Damage at random places of real files. BATON_MUTATIONS sets how many; run with the address sanitizer.
    @Test func damagedFilesAreNoCrash() throws {
        let count = ProcessInfo.processInfo.environment["BATON_MUTATIONS"].flatMap { Int($0) } ?? 2_000
        var random = SystemRandomNumberGenerator.Seeded(state: 4711)
        let files = try CorpusTests.files.map { Array(try Data(contentsOf: $0)) }.filter {
            $0.count < 6_000 && !$0.isEmpty
        }
        let words = [
            "{", "}", "\"", "$A", "${A}", "~SEQ(A,1,9) ", "@x ", "$A=$A", "\\\n", "include /x\n", "\0", "é",
        ]
        .map { Array($0.utf8) }
        for _ in 0..<count {
            var octets = files[Int.random(in: 0..<files.count, using: &random)]
            for _ in 0..<Int.random(in: 1...8, using: &random) {
                let place = Int.random(in: 0..<max(octets.count, 1), using: &random)
                switch Int.random(in: 0...4, using: &random) {
                case 0: octets.removeSubrange(place..<min(place + 7, octets.count))
                case 1:
                    octets.insert(
                        contentsOf: words[Int.random(in: 0..<words.count, using: &random)],
                        at: min(place, octets.count))
                case 2:
                    if !octets.isEmpty {
                        octets[min(place, octets.count - 1)] = UInt8.random(in: 0...255, using: &random)
                    }
                case 3:
                    let other = files[Int.random(in: 0..<files.count, using: &random)]
                    let start = Int.random(in: 0..<other.count, using: &random)
                    octets.insert(
                        contentsOf: other[start..<min(start + 60, other.count)], at: min(place, octets.count))
                default: octets = Array(octets.prefix(place)) + Array(octets.prefix(place).suffix(100))
                }
            }
            let parsed = ConfigurationParser.parse(octets: octets, name: "damaged")
            let text = DiagnosticText(sources: parsed.sources)
            for diagnostic in parsed.diagnostics.prefix(3) { _ = text.render(diagnostic) }
            if !parsed.isFatal { _ = ConfigurationPrinter.print(parsed.configuration, showsSecrets: true) }
        }
    }
}
