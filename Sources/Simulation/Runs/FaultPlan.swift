// Draws faults and their repairs for a cluster, all of them before the run begins: what the hosts do does not move
// them, so a plan can be cut down and still means the same.

import Control
import Election

/// An act and its moment after the beginning.
package struct PlannedAct: Sendable, Hashable {
    package var time: Duration
    package var act: Act

    package init(time: Duration, act: Act) {
        self.time = time
        self.act = act
    }
}

package struct FaultPlan: Sendable {
    package private(set) var acts: [PlannedAct] = []
    private let cluster: ClusterPlan
    private var random: SplitMix64
    /// No fault begins on a host before this.
    private var busy: [Duration]
    private var time: Duration = .zero

    /// The hosts start together; the first fault comes when they have settled.
    package static let settling: Duration = .seconds(20)

    package init(_ cluster: ClusterPlan, seed: UInt64, length: Duration) {
        self.cluster = cluster
        random = SplitMix64(seed: seed)
        busy = cluster.names.map { _ in .zero }
        for host in cluster.names.indices { add(.start(host: host), after: jitter(0, 500)) }
        time = Self.settling
        while time < length {
            drawFault()
            // Faults come in bursts; between them everything can settle.
            time += random.happens(600) ? jitter(50, 12_000) : jitter(20_000, 240_000)
        }
        acts = acts.enumerated().sorted {
            ($0.element.time, $0.offset) < ($1.element.time, $1.offset)
        }.map(\.element)
        // Times fall behind the last repair.
        let end = max(acts.last?.time ?? length, length)
        acts.append(PlannedAct(time: end + .seconds(1), act: .heal))
    }

    private mutating func jitter(_ low: Int, _ high: Int) -> Duration {
        random.duration(in: .milliseconds(low)...(.milliseconds(high)))
    }

    private mutating func add(_ act: Act, after span: Duration = .zero) {
        acts.append(PlannedAct(time: time + span, act: act))
    }

    private mutating func add(_ fault: Act, mendedBy mending: Act, _ repair: Duration) {
        add(fault)
        add(mending, after: repair)
    }

    private mutating func parts() -> [DaemonPart] {
        let bits = random.number(in: 1...7)
        return DaemonPart.allCases.enumerated().filter { bits & (1 << $0.offset) != 0 }.map(\.element)
    }

    private mutating func drawFault() {
        let free = cluster.names.indices.filter { busy[$0] <= time }
        guard let host = random.element(of: free) else { return }
        let repair = random.happens(700) ? jitter(100, 15_000) : jitter(15_000, 90_000)
        busy[host] = time + repair
        switch random.number(below: 4) {
        case 0: drawProcessFault(host, repair)
        case 1: drawNetworkFault(host, repair)
        case 2: drawOperator(host, repair)
        default: drawMachineFault(host, repair)
        }
    }

    private mutating func drawProcessFault(_ host: Int, _ repair: Duration) {
        switch random.number(below: 5) {
        case 0, 1:
            let parts = parts()
            add(.kill(host: host, parts))
            if parts.contains(.guard) { add(.start(host: host), after: repair) }
        case 2, 3:
            add(.freeze(host: host, parts()), mendedBy: .thaw(host: host), repair)
        default: add(.crashLoop(host: host, deaths: random.number(in: 2...6)))
        }
    }

    private mutating func drawNetworkFault(_ host: Int, _ repair: Duration) {
        let interface = random.number(below: cluster.segments)
        switch random.number(below: 6) {
        case 0:
            add(
                .plug(host: host, interface: interface, false),
                mendedBy: .plug(host: host, interface: interface, true), repair)
        case 1:
            add(
                .link(host: host, interface: interface, isUp: false),
                mendedBy: .link(host: host, interface: interface, isUp: true), repair)
        case 2:
            add(.isolate(host: host, true), mendedBy: .isolate(host: host, false), repair)
        case 3: cut(host, repair)
        case 4:
            let noise = Noise(
                loss: random.number(in: 0...400), duplication: random.number(in: 0...300),
                delay: jitter(0, 300))
            add(.noise(host: host, noise), mendedBy: .noise(host: host, Noise()), repair)
        default:
            // The link flaps.
            for flap in 0..<random.number(in: 2...6) {
                let start = Duration.milliseconds(flap * 700)
                add(.plug(host: host, interface: interface, false), after: start)
                add(.plug(host: host, interface: interface, true), after: start + jitter(50, 600))
            }
        }
    }

    /// Between two hosts, one way or both.
    private mutating func cut(_ host: Int, _ repair: Duration) {
        let others = cluster.names.indices.filter { $0 != host }
        guard let other = random.element(of: others) else { return }
        let ways = random.happens(500) ? [(host, other)] : [(host, other), (other, host)]
        for (from, to) in ways {
            add(.cut(from: from, to: to, true), mendedBy: .cut(from: from, to: to, false), repair)
        }
        busy[other] = max(busy[other], time + repair)
    }

    private mutating func drawOperator(_ host: Int, _ repair: Duration) {
        switch random.number(below: 6) {
        case 0:
            add(.stop(host: host))
            add(.start(host: host), after: repair + .seconds(13))
            busy[host] += .seconds(13)
        case 1: add(.restart(host: host))
        case 2: add(.reload(host: host, priority: random.happens(500) ? random.number(in: 40...240) : nil))
        case 3: add(.deleteAddresses(host: host))
        default:
            guard let tracker = random.element(of: cluster.trackers), let kind = tracker.watchKind else {
                return add(.reload(host: host, priority: nil))
            }
            watch(host, kind, tracker.name, repair)
        }
    }

    private mutating func watch(_ host: Int, _ kind: WatchKind, _ name: String, _ repair: Duration) {
        let repair = max(repair, .seconds(8))
        busy[host] = time + repair
        let (fault, well): (Int32, Int32) =
            switch kind {
            case .file: (Int32(random.number(in: -60...60)), 0)
            case .script, .process: (0, 1)
            }
        add(
            .watch(host: host, kind, name: name, value: fault),
            mendedBy: .watch(host: host, kind, name: name, value: well), repair)
    }

    private mutating func drawMachineFault(_ host: Int, _ repair: Duration) {
        switch random.number(below: 10) {
        case 0: add(.drift(host: host, partsPerMillion: random.number(in: -2000...2000)))
        case 1: add(.jump(host: host, seconds: random.number(in: -100_000...100_000)))
        case 2:
            add(.sleep(host: host), mendedBy: .wake(host: host), repair)
        case 3:
            add(.slow(host: host, jitter(5, 400)), mendedBy: .slow(host: host, .zero), repair)
        case 4:
            add(.lateReports(host: host, jitter(5, 800)), mendedBy: .lateReports(host: host, .zero), repair)
        case 5: add(.overflow(host: host))
        case 6:
            add(.refuseAddresses(host: host, true), mendedBy: .refuseAddresses(host: host, false), repair)
        case 7:
            add(.refuseSending(host: host, true), mendedBy: .refuseSending(host: host, false), repair)
        default:
            add(.power(host: host, false), mendedBy: .power(host: host, true), repair)
        }
    }
}
