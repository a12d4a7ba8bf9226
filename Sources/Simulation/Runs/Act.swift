// One thing that is done to the cluster: a fault, its repair, or an operator's command. Random runs draw them,
// scenarios write them down; both print the same words.

import Control
import Election

package enum Act: Sendable, Hashable {
    case kill(host: Int, [DaemonPart])
    case freeze(host: Int, [DaemonPart])
    case thaw(host: Int)
    case start(host: Int)
    case stop(host: Int)
    case restart(host: Int)
    /// Nil: the configuration stays as it is.
    case reload(host: Int, priority: Int?)
    case plug(host: Int, interface: Int, Bool)
    case link(host: Int, interface: Int, isUp: Bool)
    case isolate(host: Int, Bool)
    /// One way only.
    case cut(from: Int, to: Int, Bool)
    case noise(host: Int, Noise)
    case deleteAddresses(host: Int)
    case watch(host: Int, WatchKind, name: String, value: Int32)
    case drift(host: Int, partsPerMillion: Int)
    case jump(host: Int, seconds: Int)
    case sleep(host: Int)
    case wake(host: Int)
    case slow(host: Int, Duration)
    case lateReports(host: Int, Duration)
    case overflow(host: Int)
    case refuseAddresses(host: Int, Bool)
    case refuseSending(host: Int, Bool)
    case power(host: Int, Bool)
    /// The engine dies that often as soon as it has begun, the first time now.
    case crashLoop(host: Int, deaths: Int)
    /// Ends everything that is wrong with the network and the machines, and starts what does not run.
    case heal

    /// The hosts that it concerns; nil: all.
    package var hosts: [Int]? {
        switch self {
        case .kill(let host, _), .freeze(let host, _), .thaw(let host), .start(let host), .stop(let host),
            .restart(let host), .reload(let host, _), .plug(let host, _, _), .link(let host, _, _),
            .isolate(let host, _), .noise(let host, _), .deleteAddresses(let host),
            .watch(let host, _, _, _), .drift(let host, _), .jump(let host, _), .sleep(let host),
            .wake(let host), .slow(let host, _), .lateReports(let host, _), .overflow(let host),
            .refuseAddresses(let host, _), .refuseSending(let host, _), .power(let host, _),
            .crashLoop(let host, _):
            [host]
        case .cut(let from, let to, _): [from, to]
        case .heal: nil
        }
    }

    /// Something goes wrong or is asked for; else it ends a fault.
    package var isFault: Bool {
        switch self {
        case .kill, .freeze, .stop, .restart, .reload, .deleteAddresses, .jump, .sleep, .overflow,
            .crashLoop, .watch, .drift:
            true
        case .thaw, .start, .wake, .heal: false
        case .plug(_, _, let isPlugged): !isPlugged
        case .link(_, _, let isUp): !isUp
        case .isolate(_, let isIsolated): isIsolated
        case .cut(_, _, let isCut): isCut
        case .noise(_, let noise): noise != Noise()
        case .slow(_, let span), .lateReports(_, let span): span > .zero
        case .refuseAddresses(_, let isOn), .refuseSending(_, let isOn): isOn
        case .power(_, let isOn): !isOn
        }
    }
}

extension World {
    package func perform(_ act: Act) {
        trace.add(words(act), of: "-", at: now, isStory: true)
        if act.isFault { faults += 1 }
        disturb(act.hosts)
        apply(act)
        isDirty = true
    }

    var lastDisturbance: Timestamp { disturbed.max() ?? now }

    func disturb(_ concerned: [Int]?, for span: Duration = .zero) {
        for host in concerned ?? Array(hosts.indices) { disturbed[host] = max(disturbed[host], now + span) }
    }

    private func apply(_ act: Act) {
        switch act {
        case .kill(let host, let parts): hosts[host].kill(parts)
        case .freeze(let host, let parts): hosts[host].freeze(parts)
        case .thaw(let host): hosts[host].thaw()
        case .start(let host): hosts[host].startService()
        case .stop(let host): hosts[host].stopService()
        case .restart(let host): hosts[host].restartService()
        case .reload(let host, let priority): hosts[host].reload(priority: priority)
        case .plug(let host, let place, let isPlugged): hosts[host].plug(place, isPlugged)
        case .link(let host, let place, let isUp): hosts[host].setLink(place, isUp: isUp)
        case .isolate(let host, let isIsolated): network.isolate(host, isIsolated)
        case .cut(let from, let to, let isCut): network.cut(from: from, to: to, isCut)
        case .noise(let host, let noise): network.setNoise(noise, of: host)
        case .deleteAddresses(let host): hosts[host].deleteAddresses()
        case .watch(let host, let kind, let name, let value): hosts[host].change(kind, name, value)
        case .drift(let host, let rate): hosts[host].drift(rate)
        case .jump(let host, let seconds): hosts[host].clock.jump(.seconds(seconds))
        case .sleep(let host): hosts[host].sleep()
        case .wake(let host): hosts[host].wake()
        case .slow(let host, let span): hosts[host].slowness = span
        case .lateReports(let host, let span): hosts[host].reportDelay = span
        case .overflow(let host): hosts[host].overflowReports()
        case .refuseAddresses(let host, let isOn): hosts[host].refuseAddresses(isOn)
        case .refuseSending(let host, let isOn): hosts[host].refusesSending = isOn
        case .power(let host, let isOn): isOn ? hosts[host].powerOn() : hosts[host].powerOff()
        case .crashLoop(let host, let deaths):
            hosts[host].engineDeaths = deaths - 1
            hosts[host].kill([.engine])
        case .heal: heal()
        }
    }

    /// Everything is as it was in the beginning, but for priorities and clocks.
    private func heal() {
        network.heal()
        for host in hosts { host.heal() }
    }
}
