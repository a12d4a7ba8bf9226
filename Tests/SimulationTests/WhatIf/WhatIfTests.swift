// What becomes of real pairs: a sound one passes every question, and each fault of a configuration is found by the
// questions that an operator would ask.

import Configuration
import Election
import Simulation
import Testing

@Suite struct WhatIfTests {
    private static let tracked = "track_script {\n chk weight -60\n}"

    @Test func aSoundPairPassesEverything() throws {
        let lines =
            "track_script {\n chk weight -60\n}\nnotify /etc/notify\nauthentication {\n auth_type PASS\n auth_pass x\n}"
        let cluster = try Pairs.cluster(
            Pairs.file(150, lines, before: Pairs.check), Pairs.file(100, lines, before: Pairs.check))
        let outcomes = Pairs.play(cluster)
        #expect(outcomes.complaints(cluster) == [])
        #expect(
            outcomes.map { $0.whatIf.title(cluster) } == [
                "all hosts start at once", "lb1 dies", "lb2 dies", "lb1 is stopped", "lb2 is stopped",
                "eth0 of lb1 has no link", "eth0 of lb2 has no link", "script chk fails on lb1",
                "script chk fails on lb2", "lb1 and lb2 do not hear each other", "lb1 is reloaded",
                "lb2 is reloaded",
            ])
        let death = try #require(outcomes.first("host-dies")?.courses.first)
        #expect((death.before, death.after, death.end) == ([0], [1], [0]))
        // The backup's down interval, since the master had just advertised.
        #expect(death.fault.outage >= .milliseconds(3600) && death.fault.outage < .milliseconds(3700))
        #expect(death.fault.unheld >= .milliseconds(3600) && death.repair?.outage == .zero)
        let stop = try #require(outcomes.first("host-stops")?.courses.first)
        #expect((stop.before, stop.after) == ([0], [1]))
        #expect(stop.fault.outage < .milliseconds(10))
        let partition = try #require(outcomes.first("partition"))
        #expect(partition.courses[0].after == [0, 1] && partition.courses[0].end == [0])
        #expect(partition.courses[0].fault.doubled > .seconds(5))
        #expect(partition.verdicts.map(\.severity) == [.note])
    }

    /// An interval of 2 s, and two failures in a row.
    @Test func aCheckTakesAsLongAsItsSettingsSay() throws {
        let cluster = try Pairs.cluster(
            Pairs.file(150, Self.tracked, before: Pairs.check),
            Pairs.file(100, Self.tracked, before: Pairs.check))
        let outcome = try #require(Pairs.play(cluster).first("check-fails"))
        let counts = outcome.timeline.filter { $0.text.contains("counts as") }
        #expect(counts.map(\.text) == ["script chk counts as failed", "script chk counts as well"])
        #expect(counts.first?.time == .seconds(4))
        #expect(outcome.courses[0].after == [1] && outcome.courses[0].end == [0])
    }

    struct Fault: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let files: [String]
        /// Each is among the complaints.
        let complaints: [String]
        let says: String
    }

    private static func authenticated(_ priority: Int, _ password: String) -> String {
        Pairs.file(priority, "authentication {\n auth_type PASS\n auth_pass \(password)\n}")
    }

    static let faults: [Fault] = [
        Fault(
            testDescription: "a password that is not the other's",
            files: [authenticated(150, "x"), authenticated(100, "y")],
            complaints: [
                "failed split-brain: all hosts start at once", "failed split-brain: lb2 is reloaded",
            ],
            says: "lb1 and lb2 both hold 192.168.50.88 for more than 4s, and are connected"),
        Fault(
            testDescription: "a key of another authentication header",
            files: ["x", "y"].map { "authentication {\n auth_type AH\n auth_pass \($0)\n}" }.map {
                Pairs.file(100, $0)
            },
            complaints: ["failed split-brain: all hosts start at once"], says: "both hold 192.168.50.88"),
        Fault(
            testDescription: "another VRID", files: [Pairs.file(150), Pairs.file(100, vrid: 52)],
            complaints: ["failed split-brain: all hosts start at once"], says: "both hold 192.168.50.88"),
        Fault(
            testDescription: "another interval in version 2",
            files: [Pairs.file(150, "advert_int 1"), Pairs.file(100, "advert_int 2")],
            complaints: ["failed split-brain: all hosts start at once"], says: "both hold 192.168.50.88"),
        Fault(
            testDescription: "a unicast peer that is missing",
            files: [
                Pairs.file(150, "unicast_src_ip 192.168.50.1\nunicast_peer {\n192.168.50.3\n}"),
                Pairs.file(100, "unicast_src_ip 192.168.50.2\nunicast_peer {\n192.168.50.1\n}"),
            ], complaints: ["failed split-brain: all hosts start at once"], says: "both hold 192.168.50.88"),
        Fault(
            testDescription: "one source for both",
            files: [
                Pairs.file(150, "mcast_src_ip 192.168.50.1"), Pairs.file(100, "mcast_src_ip 192.168.50.1"),
            ],
            complaints: ["failed split-brain: all hosts start at once"], says: "both hold 192.168.50.88"),
        Fault(
            testDescription: "an address that one host lacks",
            files: [Pairs.file(150, addresses: "192.168.50.88/24\n192.168.50.89/24"), Pairs.file(100)],
            complaints: ["failed no-holder: lb1 dies", "failed no-holder: eth0 of lb1 has no link"],
            says: "nobody holds 192.168.50.89: only lb1 has it"),
        Fault(
            testDescription: "a single host", files: [Pairs.file(150)],
            complaints: ["failed no-holder: lb1 dies", "failed no-holder: lb1 is stopped"],
            says: "nobody holds 192.168.50.88: a second host is missing"),
        Fault(
            testDescription: "a weight that is too small",
            files: [150, 100].map {
                Pairs.file($0, "track_script {\n chk weight -20\n}", before: Pairs.check)
            },
            complaints: ["warning no-effect: script chk fails on lb1"],
            says: "its priority of 130 is still above lb2's 100"),
        Fault(
            testDescription: "a weight that ends in a tie",
            files: [150, 100].map {
                Pairs.file($0, "track_script {\n chk weight -50\n}", before: Pairs.check)
            },
            complaints: ["warning no-effect: script chk fails on lb1"],
            says: "its priority of 100 is equal to lb2's"),
        Fault(
            testDescription: "a weight with nopreempt on the other host",
            files: [
                Pairs.file(150, "track_script {\n chk weight -60\n}", before: Pairs.check),
                Pairs.file(100, "nopreempt\ntrack_script {\n chk weight -60\n}", before: Pairs.check),
            ], complaints: ["warning no-effect: script chk fails on lb1"],
            says: "lb2 has priority 100 against 90, but nopreempt"),
        Fault(
            testDescription: "a weight of a tracked interface that is too small",
            files: [150, 100].map { Pairs.file($0, "track_interface {\n eth1 weight -20\n}") },
            complaints: ["warning no-effect: eth1 of lb1 has no link"],
            says: "eth1 has no effect on 192.168.50.88"),
        Fault(
            testDescription: "a check without a weight, and nobody else",
            files: [Pairs.file(150, "track_script {\n chk\n}", before: Pairs.check)],
            complaints: ["failed no-holder: script chk fails on lb1"], says: "a second host is missing"),
    ]

    @Test(arguments: faults) func aFaultIsFound(_ fault: Fault) throws {
        let cluster = try ConfiguredCluster(Pairs.nodes(fault.files))
        let outcomes = Pairs.play(cluster)
        let complaints = outcomes.complaints(cluster)
        for complaint in fault.complaints { #expect(complaints.contains(complaint), "\(complaints)") }
        let words = outcomes.flatMap(\.verdicts).map(\.words)
        #expect(words.contains { $0.contains(fault.says) }, "\(words)")
    }

    /// What no configuration can bring about: a part of the simulation is broken.
    @Test(arguments: [
        (Sabotage.nobodyPreempts, "failed no-fail-back: lb1 dies"),
        (.announcementsAreLost, "failed client-unanswered: lb1 dies"),
        (.additionsAreLies, "failed no-holder: all hosts start at once"),
        (.removalsAreLies, "failed broken-rule: lb1 is stopped"),
        (.verdictsAreReversed, "failed broken-rule: all hosts start at once"),
    ])
    func whatBatonDoesWrongIsFound(_ sabotage: Sabotage, _ complaint: String) throws {
        let cluster = try Pairs.cluster(
            Pairs.file(150, Self.tracked, before: Pairs.check),
            Pairs.file(100, Self.tracked, before: Pairs.check))
        let outcomes = WhatIf.standard(cluster).map {
            WhatIfRun.play($0, in: cluster, seed: 1, sabotage: [sabotage])
        }
        let complaints = outcomes.complaints(cluster)
        #expect(complaints.contains(complaint), "\(complaints)")
    }

    @Test(arguments: [
        (
            [Pairs.file(150, "nopreempt"), Pairs.file(100, "nopreempt")],
            "192.168.50.88 stays on lb2: lb1 has nopreempt"
        ),
        ([Pairs.file(100), Pairs.file(100)], "192.168.50.88 stays on lb2: lb1 has the same priority 100"),
    ])
    func whatIsMeantToStayIsNoted(_ files: [String], _ words: String) throws {
        let cluster = try ConfiguredCluster(Pairs.nodes(files))
        let outcomes = Pairs.play(cluster)
        #expect(outcomes.complaints(cluster) == [])
        let notes = outcomes.flatMap(\.verdicts).filter { $0.kind == .noFailBack }
        #expect(notes.contains { $0.words == words }, "\(notes)")
    }

    private static func group(_ inside: Int, _ outside: Int) -> String {
        """
        vrrp_sync_group G { group { IN OUT } }
        vrrp_instance IN { interface eth1
          virtual_router_id 51
          priority \(inside)
          virtual_ipaddress { 10.0.0.88/24 } }
        vrrp_instance OUT { interface eth0
          virtual_router_id 52
          priority \(outside)
          virtual_ipaddress { 192.168.50.88/24 } }
        """
    }

    @Test func aSyncGroupOverTwoInterfacesMovesAsOne() throws {
        let cluster = try Pairs.cluster(Self.group(150, 150), Self.group(100, 100))
        #expect(cluster.segments == 2)
        let outcomes = Pairs.play(cluster)
        #expect(outcomes.complaints(cluster) == [])
        for outcome in outcomes.filter({ $0.whatIf.kind == "link-fails" && $0.whatIf.hosts == [0] }) {
            #expect(outcome.courses.map(\.after) == [[1], [1]])
            #expect(outcome.courses.map(\.end) == [[0], [0]])
        }
    }

    /// lb1 is better in one and worse in the other: whoever has both keeps them.
    @Test func aSyncGroupWhosePrioritiesCrossStaysWhereItIs() throws {
        let cluster = try Pairs.cluster(Self.group(150, 100), Self.group(100, 150))
        let outcomes = Pairs.play(cluster)
        #expect(!outcomes.complaints(cluster).contains { $0.contains("no-fail-back") })
    }

    @Test func addressesOfIPv6MoveAsWell() throws {
        let cluster = try Pairs.cluster(
            Pairs.file(150, "version 3", addresses: "fe80::88/64\n2001:db8::88/64"),
            Pairs.file(100, "version 3", addresses: "fe80::88/64\n2001:db8::88/64"))
        let outcomes = Pairs.play(cluster)
        #expect(outcomes.complaints(cluster) == [])
        #expect(outcomes.first("host-dies")?.courses[0].after == [1])
    }

    @Test func fourHostsOnUnicastPassEverything() throws {
        let files = (1...4).map { host in
            let peers = (1...4).filter { $0 != host }.map { "10.0.0.\($0)" }.joined(separator: "\n")
            return Pairs.file(
                200 - 10 * host, "unicast_src_ip 10.0.0.\(host)\nunicast_peer {\n\(peers)\n}",
                addresses: "10.0.0.88/24")
        }
        let cluster = try ConfiguredCluster(Pairs.nodes(files))
        let outcomes = Pairs.play(cluster)
        #expect(outcomes.complaints(cluster) == [])
        #expect(outcomes.count { $0.whatIf.kind == "partition" } == 6)
    }

    @Test(arguments: ["preempt_delay 30", "startup_delay 8", "garp_master_delay 0\ndown_timer_adverts 5"])
    func waitsAreWaitedFor(_ lines: String) throws {
        let global = lines.hasPrefix("startup") ? "global_defs { vrrp_startup_delay 8 }" : ""
        let own = lines.hasPrefix("startup") ? "" : lines
        let cluster = try Pairs.cluster(
            Pairs.file(150, own, before: global), Pairs.file(100, own, before: global))
        let outcomes = Pairs.play(cluster)
        #expect(outcomes.complaints(cluster) == [])
        #expect(outcomes.first("host-dies")?.courses[0].end == [0])
    }

    /// Well is what raises the priority, failed what lowers it, whichever way round a check is.
    @Test(arguments: [
        ("vrrp_script chk { script /etc/chk }", "track_script {\n chk weight -60 reverse\n}"),
        ("vrrp_script chk { script /etc/chk }", "track_script {\n chk weight 60\n}"),
        ("vrrp_track_file chk { file /etc/chk\n weight 1 }", "track_file {\n chk\n}"),
        ("vrrp_track_file chk { file /etc/chk\n weight -2 }", "track_file {\n chk\n}"),
        ("vrrp_track_file chk { file /etc/chk\n weight 0 }", "track_file {\n chk\n}"),
        ("vrrp_track_process chk { process nginx\n weight -60 }", "track_process {\n chk\n}"),
    ])
    func aFailureIsOneWhicheverWayRoundTheCheckIs(_ definition: String, _ lines: String) throws {
        let cluster = try Pairs.cluster(
            Pairs.file(130, lines, before: definition), Pairs.file(100, lines, before: definition))
        let outcomes = Pairs.play(cluster)
        #expect(outcomes.complaints(cluster) == [])
        #expect(outcomes.first("check-fails")?.courses[0].after == [1])
    }

    @Test func theSameSeedTellsTheSameStory() throws {
        let cluster = try Pairs.cluster(Pairs.file(150), Pairs.file(100))
        let stories = (0...1).map { _ in
            Pairs.play(cluster).map { $0.timeline.map { "\($0.time) \($0.host) \($0.text)" } }
        }
        #expect(stories[0] == stories[1])
    }
}
