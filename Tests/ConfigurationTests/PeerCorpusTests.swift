// Real clusters: pairs of files that belong together, and files that serve several hosts with lines of `@ID`. What is
// said of them was read against the files.

import Configuration
import Foundation
import Testing

@Suite(.enabled(if: !CorpusTests.files.isEmpty)) struct PeerCorpusTests {
    /// Files of one site, and what is wrong between them.
    static let pairs: [(files: [String], codes: [String])] = [
        (["seed/keepalived-master.conf", "seed/keepalived-backup.conf"], []),
        // A weight of 2 between priorities of 200 and 100.
        (["corpus/conf/064.conf", "corpus/conf/065.conf"], ["peers-weight-too-small"]),
        (["corpus/conf/094.conf", "corpus/conf/095.conf"], []),
        (["corpus/conf/229.conf", "corpus/conf/230.conf"], []),
        (["corpus/conf/205.conf", "corpus/conf/206.conf"], []),
        (["corpus/conf/199.conf", "corpus/conf/200.conf"], []),
        (["corpus/conf/034.conf", "corpus/conf/035.conf"], []),
        (["corpus/conf/419.conf", "corpus/conf/420.conf"], []),
    ]

    @Test(arguments: pairs) func realPairs(_ files: [String], _ codes: [String]) throws {
        let nodes = try zip(["a", "b"], files).map { name, file in
            try Self.node(name, CorpusTests.shared.appending(path: file))
        }
        let findings = PeerComparison.diagnostics(nodes)
        #expect(findings.map(\.code) == codes, "\(findings.map { DiagnosticText.line($0) })")
    }

    /// One file for two hosts, and what is said of it.
    static let shared: [(file: String, codes: [String])] = [
        // Equal priorities with nopreempt are meant.
        ("373.conf", ["peers-equal-priority", "peers-equal-priority"]),
        // Each host lists itself instead of the other.
        (
            "744.conf",
            ["peers-not-listed", "peers-not-listed", "peers-state-master", "peers-equal-priority"]
        ),
        // The lower host's peers are left out, so it sends by multicast.
        ("301.conf", ["peers-transport", "peers-equal-priority"]),
        // One host has IPv4 addresses and the other IPv6 ones.
        ("345.conf", ["peers-alone", "peers-alone"]),
        // Weights of 2 between priorities of 120 and 100, and of 10 between 131 and 101; twice each.
        (
            "647.conf",
            [
                "peers-state-master", "peers-weight-too-small", "peers-weight-too-small",
                "peers-weight-too-small", "peers-weight-too-small",
            ]
        ),
    ]

    @Test(arguments: shared) func oneFileForTwoHosts(_ file: String, _ codes: [String]) throws {
        let path = CorpusTests.shared.appending(path: "corpus/conf/\(file)")
        let findings = PeerComparison.diagnostics(try ["high", "low"].map { try Self.node($0, path) })
        #expect(findings.map(\.code) == codes, "\(findings.map { DiagnosticText.line($0) })")
    }

    /// A file beside itself: whatever it says, it says on both hosts, so what is found is about priorities, sources
    /// and weights alone.
    @Test func aFileAgreesWithItself() throws {
        let ofOneHost: Set<String> = [
            "peers-equal-priority", "peers-several-owners", "peers-state-master", "peers-same-source",
            "peers-weight-too-small", "peers-weight-nopreempt",
        ]
        for file in CorpusTests.files {
            let nodes = try ["a", "b"].map { try Self.node($0, file, id: "lb") }
            let others = PeerComparison.diagnostics(nodes).filter { !ofOneHost.contains($0.code) }
            #expect(others.isEmpty, "\(others.map { DiagnosticText.line($0) })")
        }
    }

    @Test func everyCodeThatIsFoundHasAText() throws {
        var codes: Set<String> = []
        for file in CorpusTests.files {
            codes.formUnion(try Self.node("a", file).parsed.diagnostics.map(\.code))
        }
        #expect(codes.count > 30)
        #expect(codes.filter { Explanations.of($0) == nil } == [])
    }

    private static func node(_ name: String, _ file: URL, id: String? = nil) throws -> ClusterNode {
        var options = SourceOptions()
        options.configID = id ?? name
        let octets = Array(try Data(contentsOf: file))
        return ClusterNode(
            name: name,
            parsed: ConfigurationParser.parse(octets: octets, name: file.lastPathComponent, options: options))
    }
}
