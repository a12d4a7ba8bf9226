// Reload as a transaction, at the size of a large site: what did not change notices nothing.

import Foundation
import Glibc
import Lab
import Linux
import Testing

@Suite(.serialized) struct ReloadTests {
    private static func configuration(changed: Int? = nil, extra: String = "") -> String {
        let instances = (1...250).map { vrid in
            """
            vrrp_instance VI_\(vrid) {
                interface eth0
                virtual_router_id \(vrid)
                version 3
                priority \(vrid == changed ? 120 : 100)
                advert_int 1
                garp_master_delay 0
                garp_master_repeat 1
                virtual_ipaddress {
                    10.9.0.\(vrid)/32
                }
            }
            """
        }
        return instances.joined(separator: "\n") + "\n" + extra
    }

    /// When each VRID advertised, in nanoseconds.
    private func beats(_ observer: Observer) -> [UInt8: [Int64]] {
        observer.sightings.reduce(into: [:]) { result, sighting in
            if case .advertisement(_, let vrid, _) = sighting.kind {
                result[vrid, default: []].append(sighting.moment)
            }
        }
    }

    @Test(.timeLimit(.minutes(3))) func oneOfTwoHundredAndFiftyChanges() throws {
        let network = try Network()
        let host = try network.addHost("lb1", number: 133)
        let watcher = try network.addHost("watcher", number: 10)
        let daemon = try KeepalivedLike(
            Program.baton.path, on: host, configuration: Self.configuration(), flags: Program.baton.flags)
        try daemon.start()
        func masters() -> Int { daemon.log.components(separatedBy: "Entering MASTER STATE").count - 1 }
        try Wait.until(
            seconds: 30,
            "\(masters()) masters\n\(daemon.log.split(separator: "\n").filter { !$0.contains(") Entering") && !$0.contains("Receive adv") && !$0.contains("grat") && !$0.contains("setting VIP") }.prefix(40).joined(separator: "\n"))"
        ) { masters() == 250 }
        sleep(2)
        let observer = try Observer(on: watcher)
        sleep(3)
        try host.write(Self.configuration(changed: 77), to: KeepalivedLike.configurationPath)
        daemon.process?.signal(SIGHUP)
        try Wait.until(seconds: 10, daemon.log) { daemon.log.contains("Reload complete") }
        sleep(3)
        // A file that cannot work changes nothing.
        try host.write(
            Self.configuration(extra: "vrrp_instance BAD { interface eth0 }"),
            to: KeepalivedLike.configurationPath)
        daemon.process?.signal(SIGHUP)
        try Wait.until(seconds: 10, daemon.log) { daemon.log.contains("the old one stays in force") }
        sleep(3)
        observer.stop()
        let beats = beats(observer)
        #expect(beats.count == 250)
        var worst: Double = 0
        for (vrid, moments) in beats where vrid != 77 {
            let gaps = zip(moments.dropFirst(), moments).map { Double($0 - $1) / 1e9 }
            worst = max(worst, gaps.max() ?? .infinity)
        }
        print("reload of 250 instances: longest gap \(worst) s")
        #expect(worst <= 1.2)
        #expect(masters() == 250)
        #expect(!daemon.log.contains("Entering BACKUP STATE\n"))
        let last = observer.sightings.reversed().compactMap { sighting -> UInt8? in
            if case .advertisement(_, 77, let priority) = sighting.kind { priority } else { nil }
        }.first
        #expect(last == 120)
        try daemon.stop()
    }
}
