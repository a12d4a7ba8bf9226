// The examples' configurations: nothing is wrong with them, the two of a pair fit together, and what has to be the
// same in several files is.

import Configuration
import Foundation
import Testing

@Suite("Files of the examples")
struct ExampleFileTests {
    static let pairs = [
        [
            "nginx-tomcat-redis/balancer/keepalived.conf.lb1",
            "nginx-tomcat-redis/balancer/keepalived.conf.lb2",
        ],
        [
            "nginx-tomcat-redis/store/keepalived.conf.store1",
            "nginx-tomcat-redis/store/keepalived.conf.store2",
        ],
        [
            "nginx-tomcat-memcached/store/keepalived.conf.store1",
            "nginx-tomcat-memcached/store/keepalived.conf.store2",
        ],
    ].map { $0.map { "examples/\($0)" } }

    @Test("a pair's files have no problem, alone and together", arguments: pairs)
    func pair(_ names: [String]) throws {
        let nodes = try names.map { name in
            ClusterNode(
                name: name,
                parsed: ConfigurationParser.parse(text: try #require(Repository.this[name]), name: name))
        }
        #expect(nodes.flatMap(\.parsed.diagnostics).map(\.message) == [])
        #expect(PeerComparison.diagnostics(nodes).map(\.message) == [])
    }

    @Test("every keepalived.conf of the examples is one of a pair")
    func complete() {
        let all = Repository.this.texts.map(\.path).filter {
            $0.hasPrefix("examples/") && $0.contains("/keepalived.conf")
        }
        #expect(Set(all) == Set(Self.pairs.joined()))
    }

    @Test("scripts that hosts run may be executed")
    func executables() {
        let scripts = Repository.this.texts.filter {
            $0.path.hasPrefix("examples/") && $0.text.hasPrefix("#!")
        }
        #expect(scripts.count >= 6)
        for script in scripts { #expect(Repository.this.executables.contains(script.path), "\(script.path)") }
    }
}
