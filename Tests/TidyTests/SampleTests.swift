// The sample configurations that get installed: nothing is wrong with them, neither as they are nor with
// every commented line in force.

import Configuration
import Election
import Testing
import Wire

@Suite("Samples")
struct SampleTests {
    static let names = ["etc/keepalived.conf.master.sample", "etc/keepalived.conf.backup.sample"]

    @Test("a sample has no problem", arguments: names)
    func asInstalled(name: String) throws {
        #expect(problems(try #require(Repository.this[name])) == [])
    }

    @Test("a sample with all its optional lines has no problem", arguments: names)
    func withEverything(name: String) throws {
        let sample = try #require(Repository.this[name])
        // `#word` is an optional line, `# word` prose.
        let full = sample.replacing(/(?m)^ +#(?=[a-z}]| +ops)/, with: "")
        #expect(full.contains("\nsmtp_alert") && full.contains("\nnotify_master"))
        #expect(problems(full) == [])
    }

    @Test("the two samples agree on what both hosts must share, and on who is master")
    func pair() throws {
        let pair = try Self.names.map { name in
            let text = try #require(Repository.this[name])
            return try #require(ConfigurationParser.parse(text: text).configuration.instances.first)
        }
        #expect(pair[0].router.vrid == pair[1].router.vrid)
        #expect(pair[0].router.advertisementInterval == pair[1].router.advertisementInterval)
        #expect(pair[0].authentication == pair[1].authentication)
        #expect(pair[0].authentication != .none)
        #expect(pair[0].addresses == pair[1].addresses)
        #expect(pair[0].router.basePriority > pair[1].router.basePriority)
    }

    @Test("the check finds a wrong word")
    func broken() throws {
        let sample = try #require(Repository.this[Self.names[0]])
        #expect(problems(sample.replacing("auth_type PASS", with: "auto_type PASS")).count == 2)
    }

    private func problems(_ text: String) -> [String] {
        ConfigurationParser.parse(text: text).diagnostics.map { "\($0.code): \($0.message)" }
    }
}
