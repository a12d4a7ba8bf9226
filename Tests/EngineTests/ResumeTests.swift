// After a crash: what a new engine makes of what the guard remembers.

import Configuration
import Control
import Election
import Engine
import Foundation
import Glibc
import Testing
import Wire

@Suite struct ResumeTests {
    /// What a master leaves.
    private static func former(_ text: String = Stage.standard) -> Resumption {
        let stage = Stage(text)
        stage.runToDeadline()
        var former = Resumption()
        former.isRespawn = true
        for message in stage.host.messages {
            if case .will(let will) = message { former.wills.append(will) }
            if case .standing(let standing) = message { former.standings.append(standing) }
        }
        return former
    }

    private static func host(_ text: String, _ former: Resumption) -> VirtualHost {
        let host = VirtualHost()
        let engine = Engine(
            host: host, configuration: ConfigurationParser.parse(text: text).configuration,
            options: EngineOptions(hostName: "lb1"))
        engine.resynchronise(
            interfaces: [Interface(index: 2, name: "eth0", isUp: true, mac: .zero)],
            addresses: [
                AssignedAddress(interfaceIndex: 2, address: Stage.own, prefixLength: 24, isTentative: false),
                AssignedAddress(
                    interfaceIndex: 2, address: Stage.address("192.168.50.88"), prefixLength: 24,
                    isTentative: false),
            ])
        engine.start(resuming: former)
        return host
    }

    @Test func aMasterGoesOnAtOnceAndNobodyIsTold() {
        let host = Self.host(Stage.standard, Self.former())
        #expect(host.sent.map { $0.message[2] } == [100])
        #expect(host.programmed.map(\.operation) == [.add])
        #expect(!host.messages.contains { if case .standing = $0 { true } else { false } })
        #expect(host.lines.contains("(VI_1) goes on as MASTER"))
    }

    @Test func aBackupGoesOnAsBackup() {
        var former = Resumption()
        former.isRespawn = true
        former.standings = [Standing(instance: "VI_1", state: "BACKUP")]
        let host = Self.host(Stage.standard, former)
        // The leftover goes; nothing is said.
        #expect(host.programmed.map(\.operation) == [.remove])
        #expect(host.sent.isEmpty)
        #expect(!host.messages.contains { if case .standing = $0 { true } else { false } })
    }

    /// The guard is told how long it may wait for the next one: half the shortest interval, 50 to 500 ms.
    @Test func theHeartbeatFollowsTheIntervals() {
        func text(_ intervals: [String]) -> String {
            intervals.enumerated().map { place, interval in
                """
                vrrp_instance V\(place) {
                    interface eth0
                    virtual_router_id \(place + 1)
                    version 3
                    advert_int \(interval)
                    virtual_ipaddress { 192.168.50.\(place + 80)/24 }
                }
                """
            }.joined(separator: "\n")
        }
        let stage = Stage(text(["1"]), sendsHeartbeat: true)
        func nextBeat() -> Duration? {
            stage.host.forget()
            for _ in 0..<20 {
                stage.tickAtDeadline()
                for case .alive(let moment, let beat, _, _) in stage.host.messages {
                    #expect(moment == stage.host.now.nanoseconds)
                    return .nanoseconds(beat)
                }
            }
            return nil
        }
        #expect(nextBeat() == .milliseconds(500))
        let former = stage.host.now
        #expect(nextBeat() == .milliseconds(500))
        #expect(stage.host.now - former == .milliseconds(500))
        for (intervals, beat) in [
            (["1", "0.2"], 100), (["1", "0.02"], 50), (["1"], 500), (["20"], 500), ([], 500),
        ] {
            stage.engine.reload(ConfigurationParser.parse(text: text(intervals)).configuration)
            #expect(nextBeat() == .milliseconds(beat))
        }
    }

    /// Its engine died between the farewell and the successor's first word.
    @Test func aMasterThatWasLeavingLeaves() {
        var former = Self.former()
        former.standings = [Standing(instance: "VI_1", state: "LEAVING")]
        let host = Self.host(Stage.standard, former)
        #expect(host.sent.map { $0.message[2] } == [0])
        #expect(host.lines.contains("(VI_1) goes on as MASTER that leaves"))
        #expect(host.messages.contains(.standing(Standing(instance: "VI_1", state: "LEAVING"))))
    }

    /// It had let go, but the kernel had not removed everything.
    @Test(arguments: ["BACKUP", "FAULT"]) func whatWasNotRemovedMakesNoMaster(_ state: String) {
        var former = Self.former()
        former.standings = [Standing(instance: "VI_1", state: state)]
        let host = Self.host(Stage.standard, former)
        #expect(host.sent.isEmpty)
        #expect(host.programmed.map(\.operation) == [.remove])
        #expect(host.messages.contains(.revokeWill(instance: "VI_1")))
        #expect(!host.lines.contains("(VI_1) goes on as MASTER"))
    }

    @Test func anotherRouterOfThatNameIsNotResumed() {
        let text = Stage.standard.replacing("virtual_router_id 51", with: "virtual_router_id 52")
        let host = Self.host(text, Self.former())
        #expect(host.sent.isEmpty)
        #expect(host.programmed.map(\.operation) == [.remove])
    }

    @Test func anAddressThatTheFileHasLostGoes() {
        let text = Stage.standard.replacing("192.168.50.88/24", with: "192.168.50.89/24")
        let host = Self.host(text, Self.former())
        let removed = host.programmed.filter { $0.operation == .remove }.map(\.address)
        #expect(removed == [Stage.address("192.168.50.88")])
        #expect(host.programmed.last?.address == Stage.address("192.168.50.89"))
    }

    @Test func aRouteThatTheFileHasLostGoes() throws {
        let place = "virtual_ipaddress {"
        let former = Self.former(
            Stage.standard.replacing(
                place, with: "virtual_routes {\n10.1.0.0/16 dev eth0\n10.2.0.0/16 dev eth0\n}\n\(place)"))
        let requests = try #require(former.wills.last?.requests)
        #expect(requests.count == 2)
        let text = Stage.standard.replacing(
            place, with: "virtual_routes {\n10.1.0.0/16 dev eth0\n}\n\(place)")
        let host = Self.host(text, former)
        // In the reverse order of adding: that of 10.2.0.0/16.
        #expect(host.undone == [requests[0]])
        #expect(host.routed.map(\.operation) == [.add])
    }

    /// No step takes so long that the guard would take the engine for hung: half a second.
    @Test func threeThousandInstances() {
        let instances = (0..<3000).map { number in
            """
            vrrp_instance V\(number) {
                interface eth0
                virtual_router_id \(number % 255 + 1)
                mcast_dst_ip 224.0.\(1 + number / 255).18
                virtual_ipaddress { 10.\(number / 250).1.\(number % 250 + 1)/32 }
            }
            """
        }
        let text = instances.joined(separator: "\n")
        func time(_ body: () -> Void) -> Duration {
            let start = processorTime()
            body()
            return processorTime() - start
        }
        let host = VirtualHost()
        let engine = Engine(
            host: host, configuration: ConfigurationParser.parse(text: text).configuration,
            options: EngineOptions(hostName: "lb1"))
        engine.defersSettling = true
        engine.resynchronise(
            interfaces: [Interface(index: 2, name: "eth0", isUp: true, mac: .zero)],
            addresses: [Stage.assigned("192.168.50.133")])
        let start = time { engine.start() }
        let promotion = time {
            host.now = host.now + .seconds(4)
            engine.tick()
            engine.settle()
        }
        let changed = ConfigurationParser.parse(text: text.replacing("V7 {", with: "V7 {\nadvert_int 2"))
        let reload = time { engine.reload(changed.configuration) }
        let stop = time { engine.finish() }
        print("3000 instances: start \(start), promotion \(promotion), reload \(reload), stop \(stop)")
        // Without optimisation.
        for step in [start, promotion, reload, stop] { #expect(step < .seconds(5)) }
    }

    private func processorTime() -> Duration {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }
}
