// `baton simulate` as an operator runs it: what it prints, its JSON, and the status that a pipeline sees.

import Foundation
import Testing

@Suite struct SimulateTests {
    private static func file(_ priority: Int, _ lines: String = "", address: String = "192.168.50.88/24")
        -> String
    {
        """
        vrrp_script chk {
            script /etc/chk
        }
        vrrp_instance VI_1 {
            interface eth0
            virtual_router_id 51
            priority \(priority)
            notify_master /etc/master
            track_script {
                chk weight -60
            }
            \(lines)
            virtual_ipaddress {
                \(address)
            }
        }

        """
    }

    private static func withPair<Value>(
        _ first: String, _ second: String, _ body: (Tool) throws -> Value
    ) throws -> Value {
        let tool = try Tool()
        defer { tool.remove() }
        try tool.write(first, to: "lb1.conf")
        try tool.write(second, to: "lb2.conf")
        return try body(tool)
    }

    /// BATON_REGENERATE=1 writes the golden text anew.
    @Test func theTextOfASoundPair() throws {
        let output = try Self.withPair(Self.file(150), Self.file(100)) {
            try $0.run("simulate", "lb1.conf", "lb2.conf")
        }
        #expect(output.status == 0)
        let golden = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden/pair.txt")
        if ProcessInfo.processInfo.environment["BATON_REGENERATE"] != nil {
            try output.text.write(to: golden, atomically: true, encoding: .utf8)
        } else {
            #expect(output.text == (try String(contentsOf: golden, encoding: .utf8)))
        }
    }

    struct Ending: Sendable, CustomTestStringConvertible {
        let testDescription: String
        var first = SimulateTests.file(150)
        var second = SimulateTests.file(100)
        var arguments = ["lb1.conf", "lb2.conf"]
        let status: Int32
        let says: String
    }

    static let endings: [Ending] = [
        Ending(
            testDescription: "a warning", second: file(150), status: 0,
            says: "WARNING  (VI_1) lb1 and lb2 have the same priority 150"),
        Ending(
            testDescription: "a failed verdict", second: file(100, address: "192.168.50.89/24"), status: 1,
            says: "FAILED  nobody holds 192.168.50.88: only lb1 has it"),
        Ending(
            testDescription: "one file alone", arguments: ["lb1.conf"], status: 1,
            says:
                "\nA second host is missing: give its file as well.\n\n--- all hosts start at once\n       0.000  -  start lb1"
        ),
        Ending(
            testDescription: "an error in a file",
            second: file(100).replacing("priority 100", with: "priority x"),
            status: 5, says: "not simulated: there are errors to mend first"),
        Ending(
            testDescription: "no instance", first: "global_defs { }", second: "global_defs { }", status: 5,
            says: "there is no vrrp_instance in any of the files"),
        Ending(
            testDescription: "a file that is not there", arguments: ["lb1.conf", "lb3.conf"], status: 6,
            says: "cannot read lb3.conf"),
        Ending(
            testDescription: "two hosts of one name", arguments: ["a=lb1.conf", "a=lb2.conf"], status: 64,
            says: ""),
        Ending(
            testDescription: "an address of nobody",
            arguments: ["lb1.conf", "lb2.conf", "--address", "lb3:eth0=10.0.0.1"], status: 64, says: ""),
        Ending(
            testDescription: "an address that is none",
            arguments: ["lb1.conf", "lb2.conf", "--address", "lb1:eth0=10.0.0"], status: 64, says: ""),
        Ending(
            testDescription: "an address",
            arguments: ["lb1.conf", "lb2.conf", "--address", "lb1:eth0=192.168.50.7/25"],
            status: 0, says: "eth0 on network 1 192.168.50.7/25 (given)"),
        Ending(
            testDescription: "random runs",
            arguments: ["lb1.conf", "lb2.conf", "--runs", "2", "--seed", "5"],
            status: 0, says: "2 runs of 900s"),
        Ending(
            testDescription: "random runs that break a rule",
            second: file(100, "authentication {\n auth_type PASS\n auth_pass x\n}"),
            arguments: ["lb1.conf", "lb2.conf", "--runs", "1", "--seed", "5"], status: 1,
            says: "repeat it with --runs 1 --seed 5"),
        Ending(
            testDescription: "a scenario", first: file(150),
            arguments: ["lb1=lb1.conf", "lb2=lb2.conf", "--scenario", "good"], status: 0,
            says: "expect lb2 master within 4s: yes"),
        Ending(
            testDescription: "a scenario whose expectation does not hold",
            arguments: ["lb1=lb1.conf", "lb2=lb2.conf", "--scenario", "bad"], status: 1,
            says: "FAILED  bad:2: not so: expect lb2 master"),
        Ending(
            testDescription: "a scenario with hosts of its own",
            arguments: ["lb1.conf", "lb2.conf", "--scenario", "own"], status: 5,
            says: "own:1: 'hosts' is said by the configuration files"),
        Ending(
            testDescription: "a scenario that is not there",
            arguments: ["lb1.conf", "lb2.conf", "--scenario", "gone"], status: 6, says: "cannot read gone"),
    ]

    @Test(arguments: endings) func itEndsAsPromised(_ ending: Ending) throws {
        let output = try Self.withPair(ending.first, ending.second) { tool in
            try tool.write("run 10s\nkill -9 lb1\nexpect lb2 master within 4s\n", to: "good")
            try tool.write("run 10s\nexpect lb2 master\n", to: "bad")
            try tool.write("hosts a=1\n", to: "own")
            return try tool.run(["simulate"] + ending.arguments)
        }
        #expect(output.status == ending.status, "\(output.text)")
        #expect(output.text.contains(ending.says) || ending.says.isEmpty, "\(output.text)")
    }

    // MARK: JSON

    /// As docs/simulation.md describes it.
    private struct Document: Decodable {
        struct Host: Decodable {
            struct Interface: Decodable {
                struct Address: Decodable {
                    let address: String
                    let prefixLength: Int
                    let origin: String
                }
                let name: String
                let network: Int
                let addresses: [Address]
            }
            let name: String
            let file: String
            let interfaces: [Interface]
        }
        struct Service: Decodable {
            let name: String
            let addresses: [String]
            let hosts: [String]
        }
        struct Finding: Decodable {
            let code: String
            let severity: String
        }
        struct WhatIf: Decodable {
            struct Moment: Decodable {
                let seconds: Double
                let host: String?
                let text: String
            }
            struct Course: Decodable {
                struct Spell: Decodable {
                    let outageSeconds: Double
                    let unheldSeconds: Double
                    let doubledSeconds: Double
                }
                let before: [String]
                let after: [String]
                let end: [String]?
                let fault: Spell
                let repair: Spell?
            }
            struct Verdict: Decodable {
                let kind: String
                let severity: String
                let service: Int?
                let message: String
            }
            let kind: String
            let title: String
            let hosts: [String]
            let mendedSeconds: Double?
            let timeline: [Moment]
            let services: [Course]
            let verdicts: [Verdict]
        }
        struct Run: Decodable {
            struct Violation: Decodable {
                let seconds: Double
                let rule: String
                let message: String
            }
            let seed: UInt64
            let faults: Int
            let worstOutageSeconds: Double
            let violations: [Violation]
        }
        struct Scenario: Decodable {
            let transcript: [String]
            let failures: [String]
        }
        let hosts: [Host]
        let services: [Service]
        let findings: [Finding]
        let comparison: [Finding]
        let whatIfs: [WhatIf]?
        let runs: [Run]?
        let scenario: Scenario?
        let failed: Int
        let warnings: Int
    }

    private static func decode(_ output: Tool.Output) throws -> Document {
        try JSONDecoder().decode(Document.self, from: Data(output.text.utf8))
    }

    @Test func theDocumentSaysTheSame() throws {
        let output = try Self.withPair(Self.file(150), Self.file(150)) {
            try $0.run("simulate", "--json", "lb1.conf", "lb2.conf")
        }
        let document = try Self.decode(output)
        #expect(document.hosts.map(\.name) == ["lb1", "lb2"])
        #expect(document.hosts[1].interfaces[0].addresses[0].address == "192.168.50.12")
        #expect(document.services.map(\.addresses) == [["192.168.50.88"]])
        #expect(document.comparison.map(\.code).contains("peers-equal-priority"))
        let death = try #require(document.whatIfs?.first { $0.kind == "host-dies" })
        #expect(death.services[0].before == ["lb1"] && death.services[0].after == ["lb2"])
        #expect((3.0...4.0).contains(death.services[0].fault.outageSeconds))
        #expect(death.verdicts.map(\.kind) == ["no-fail-back"] && death.verdicts[0].severity == "note")
        #expect(death.timeline.contains { $0.host == "lb2" && $0.text == "runs /etc/master" })
        #expect(death.mendedSeconds.map { $0 > 10 } == true)
        #expect(document.runs == nil && document.scenario == nil)
        #expect(document.failed == 0 && document.warnings == 1 && output.status == 0)
    }

    @Test func runsAndScenariosHaveTheirParts() throws {
        let other = Self.file(100, "authentication {\n auth_type PASS\n auth_pass x\n}")
        let documents = try Self.withPair(Self.file(150), other) { tool in
            try tool.write("run 10s\nexpect lb2 backup\n", to: "story")
            return try [
                tool.run("simulate", "--json", "lb1.conf", "lb2.conf", "--runs", "2", "--seed", "3"),
                tool.run("simulate", "--json", "lb1.conf", "lb2.conf", "--scenario", "story"),
            ].map(Self.decode)
        }
        #expect(documents[0].runs?.map(\.seed) == [3, 4])
        #expect(documents[0].runs?[0].violations.contains { $0.rule == "split brain" } == true)
        #expect(documents[1].scenario?.failures.first == "story:2: not so: expect lb2 backup")
        #expect(documents[1].whatIfs == nil)
    }

    @Test func errorsAreFindings() throws {
        let output = try Self.withPair(Self.file(150), Self.file(100).replacing("interface eth0", with: "")) {
            try $0.run("simulate", "--json", "lb1.conf", "lb2.conf")
        }
        struct Refusal: Decodable { let findings: [Document.Finding] }
        let refusal = try JSONDecoder().decode(Refusal.self, from: Data(output.text.utf8))
        #expect(output.status == 5)
        #expect(refusal.findings.contains { $0.code == "no-interface" })
    }
}
