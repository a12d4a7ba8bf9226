// The questions that are asked of every cluster. Each is one thing that goes wrong, or is done, and what ends it.

import Control
import Election

package enum WhatIf: Sendable, Hashable {
    /// All hosts start at once.
    case start
    case hostDies(Int)
    case hostStops(Int)
    case linkFails(host: Int, interface: Int)
    case checkFails(host: Int, WatchedCheck)
    /// Two hosts do not hear each other; everybody else hears both.
    case partition(Int, Int)
    case reload(Int)

    /// A stable name.
    package var kind: String {
        switch self {
        case .start: "start"
        case .hostDies: "host-dies"
        case .hostStops: "host-stops"
        case .linkFails: "link-fails"
        case .checkFails: "check-fails"
        case .partition: "partition"
        case .reload: "reload"
        }
    }

    /// Every question that there is for this cluster.
    package static func standard(_ cluster: ConfiguredCluster) -> [WhatIf] {
        let hosts = Array(cluster.hosts.indices)
        var all: [WhatIf] = [.start]
        all += hosts.map { .hostDies($0) }
        all += hosts.map { .hostStops($0) }
        for host in hosts {
            for interface in cluster.interfaces[host].indices
            where cluster.interfaces[host][interface].name != "lo" {
                all.append(.linkFails(host: host, interface: interface))
            }
        }
        for host in hosts {
            all += cluster.configurations[host].checks.map { .checkFails(host: host, $0) }
        }
        for host in hosts { all += hosts.dropFirst(host + 1).map { .partition(host, $0) } }
        return all + hosts.map { .reload($0) }
    }

    package func title(_ cluster: ConfiguredCluster) -> String {
        func name(_ host: Int) -> String { cluster.hosts[host].name }
        return switch self {
        case .start: "all hosts start at once"
        case .hostDies(let host): "\(name(host)) dies"
        case .hostStops(let host): "\(name(host)) is stopped"
        case .linkFails(let host, let interface):
            "\(cluster.interfaces[host][interface].name) of \(name(host)) has no link"
        case .checkFails(let host, let check): "\(check.words) fails on \(name(host))"
        case .partition(let one, let other): "\(name(one)) and \(name(other)) do not hear each other"
        case .reload(let host): "\(name(host)) is reloaded"
        }
    }

    /// Hosts that it is about.
    package var hosts: [Int] {
        switch self {
        case .start: []
        case .hostDies(let host), .hostStops(let host), .linkFails(let host, _), .checkFails(let host, _),
            .reload(let host):
            [host]
        case .partition(let one, let other): [one, other]
        }
    }

    /// What happens.
    var acts: [Act] {
        switch self {
        case .start, .checkFails: []
        case .hostDies(let host): [.power(host: host, false)]
        case .hostStops(let host): [.stop(host: host)]
        case .linkFails(let host, let interface): [.plug(host: host, interface: interface, false)]
        case .partition(let one, let other):
            [.cut(from: one, to: other, true), .cut(from: other, to: one, true)]
        case .reload(let host): [.reload(host: host, priority: nil)]
        }
    }

    /// What ends it; empty for what has no end.
    var repairs: [Act] {
        switch self {
        case .start, .reload, .checkFails: []
        case .hostDies(let host): [.power(host: host, true)]
        case .hostStops(let host): [.start(host: host)]
        case .linkFails(let host, let interface): [.plug(host: host, interface: interface, true)]
        case .partition(let one, let other):
            [.cut(from: one, to: other, false), .cut(from: other, to: one, false)]
        }
    }

    package var isMended: Bool {
        switch self {
        case .start, .reload: false
        case .hostDies, .hostStops, .linkFails, .checkFails, .partition: true
        }
    }
}
