// The words for an act: a line of a scenario.

import Control
import Election

extension World {
    package func words(_ act: Act) -> String { act.words(hosts.map(\.plan)) }
}

extension Act {
    package func words(_ plans: [HostPlan]) -> String {
        func name(_ host: Int) -> String { plans[host].name }
        func interface(_ host: Int, _ place: Int) -> String {
            "\(name(host)) \(plans[host].interfaces[place].name)"
        }
        return switch self {
        case .kill(let host, let parts): "kill -9 \(name(host))\(parts.words)"
        case .freeze(let host, let parts): "freeze \(name(host))\(parts.words)"
        case .thaw(let host): "thaw \(name(host))"
        case .start(let host): "start \(name(host))"
        case .stop(let host): "stop \(name(host))"
        case .restart(let host): "restart \(name(host))"
        case .reload(let host, let priority):
            "reload \(name(host))\(priority.map { " priority \($0)" } ?? "")"
        case .plug(let host, let place, let isPlugged):
            "\(isPlugged ? "plug" : "unplug") \(interface(host, place))"
        case .link(let host, let place, let isUp): "link \(interface(host, place)) \(isUp ? "up" : "down")"
        case .isolate(let host, let isIsolated): "\(isIsolated ? "isolate" : "join") \(name(host))"
        case .cut(let from, let to, let isCut): "\(isCut ? "cut" : "mend") \(name(from)) \(name(to))"
        case .noise(let host, let noise): "noise \(name(host)) \(noise.words)"
        case .deleteAddresses(let host): "delete addresses \(name(host))"
        case .watch(let host, let kind, let watched, let value):
            "set \(name(host)) \(kind) \(watched) \(value)"
        case .drift(let host, let rate): "drift \(name(host)) \(rate)ppm"
        case .jump(let host, let seconds): "jump \(name(host)) \(seconds)s"
        case .sleep(let host): "sleep \(name(host))"
        case .wake(let host): "wake \(name(host))"
        case .slow(let host, let span): "slow \(name(host)) \(span.words)"
        case .lateReports(let host, let span): "late reports \(name(host)) \(span.words)"
        case .overflow(let host): "overflow \(name(host))"
        case .refuseAddresses(let host, let isOn): "refuse addresses \(name(host)) \(isOn ? "on" : "off")"
        case .refuseSending(let host, let isOn): "refuse sending \(name(host)) \(isOn ? "on" : "off")"
        case .power(let host, let isOn): "power \(name(host)) \(isOn ? "on" : "off")"
        case .crashLoop(let host, let deaths): "crash loop \(name(host)) \(deaths)"
        case .heal: "heal"
        }
    }
}

extension [DaemonPart] {
    /// All of them are not named.
    var words: String {
        count == DaemonPart.allCases.count ? "" : " " + map(\.rawValue).joined(separator: " ")
    }
}

extension Noise {
    var words: String { "loss \(loss) duplication \(duplication) delay \(delay.words)" }
}

extension Duration {
    /// `1s`, `250ms` or `250us`: the coarsest unit that says it whole.
    package var words: String {
        if nanoseconds % 1_000_000_000 == 0 { return "\(nanoseconds / 1_000_000_000)s" }
        if nanoseconds % 1_000_000 == 0 { return "\(nanoseconds / 1_000_000)ms" }
        return "\(nanoseconds / 1000)us"
    }

    /// `3.212 s`
    package var spoken: String { Timestamp(nanoseconds: nanoseconds).seconds + " s" }
}
