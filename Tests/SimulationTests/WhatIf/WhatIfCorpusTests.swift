// Real files, each as two hosts of which one has lower priorities: every question is answered, in bounded time.

import Configuration
import Election
import Foundation
import Simulation
import Testing

@Suite struct WhatIfCorpusTests {
    /// In the folder of shared material beside the project; absent in a lone checkout. A part of them, since each is
    /// asked some dozen questions.
    static let files: [URL] = {
        var root = URL(filePath: #filePath)
        for _ in 0..<5 { root.deleteLastPathComponent() }
        let found = try? FileManager.default.contentsOfDirectory(
            at: root.appending(path: "shared/corpus/conf"), includingPropertiesForKeys: nil)
        return (found ?? []).sorted { $0.path < $1.path }.enumerated().filter { $0.offset % 8 == 3 }.map(
            \.element)
    }()

    @Test(.enabled(if: !files.isEmpty)) func realFilesAreAnswered() throws {
        var (clusters, questions, broken) = (0, 0, [String]())
        let clock = ContinuousClock()
        var slowest = (file: "", time: Duration.zero)
        for file in Self.files {
            guard let cluster = try Self.cluster(file), cluster.services.count <= 20 else { continue }
            clusters += 1
            let time = clock.measure {
                let outcomes = Pairs.play(cluster)
                questions += outcomes.count
                broken += outcomes.flatMap(\.verdicts).filter { $0.kind == .brokenRule }.map {
                    "\(file.lastPathComponent): \($0.words)"
                }
            }
            if time > slowest.time { slowest = (file.lastPathComponent, time) }
        }
        print("\(clusters) clusters, \(questions) what-ifs; slowest: \(slowest.file), \(slowest.time)")
        #expect(clusters > 20)
        #expect(broken == [])
        #expect(slowest.time < .seconds(60))
    }

    /// Nil: nothing that can be simulated.
    private static func cluster(_ file: URL) throws -> ConfiguredCluster? {
        let octets = Array(try Data(contentsOf: file))
        var nodes = ["a", "b"].map { name in
            ClusterNode(
                name: name, parsed: ConfigurationParser.parse(octets: octets, name: file.lastPathComponent))
        }
        guard !nodes[0].parsed.isFatal else { return nil }
        for place in nodes[1].parsed.configuration.instances.indices {
            let former = nodes[1].parsed.configuration.instances[place].router.basePriority
            nodes[1].parsed.configuration.instances[place].router.basePriority = max(former / 2, 1)
        }
        return try? ConfiguredCluster(nodes)
    }
}
