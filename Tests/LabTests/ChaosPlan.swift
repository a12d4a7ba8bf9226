// The faults of a chaos run: which host, what, when. Drawn from a seed before the run begins, so that the same seed
// gives the same faults at the same moments whatever the daemons do.

import Glibc
import Simulation

/// What is done to a host.
enum ChaosAct: Sendable, CustomStringConvertible {
    case kill([DaemonPart])
    case freeze([DaemonPart])
    /// Continues all its processes.
    case thaw
    case terminate
    /// Starts the daemon unless it runs.
    case start
    case restart
    case reload(priority: Int)
    /// Takes the link down: at the switch, or by hand on the host.
    case unplug(isByHand: Bool)
    case plug(isByHand: Bool)
    /// The link stays up, but nobody is at its other end.
    case isolate
    case join
    /// These two hosts do not hear each other; the third hears both.
    case separate(from: Int)
    case reunite(with: Int)
    case deleteAddress

    var description: String {
        switch self {
        case .kill(let parts): "SIGKILL \(parts.map(\.rawValue).joined(separator: "+"))"
        case .freeze(let parts): "SIGSTOP \(parts.map(\.rawValue).joined(separator: "+"))"
        case .thaw: "SIGCONT"
        case .terminate: "SIGTERM"
        case .start: "start"
        case .restart: "restart"
        case .reload(let priority): "reload, priority \(priority)"
        case .unplug(let isByHand): isByHand ? "ip link set eth0 down" : "unplug"
        case .plug(let isByHand): isByHand ? "ip link set eth0 up" : "plug"
        case .isolate: "isolate"
        case .join: "join"
        case .separate(let other): "separate from lb\(other + 1)"
        case .reunite(let other): "reunite with lb\(other + 1)"
        case .deleteAddress: "ip addr del"
        }
    }
}

struct ChaosStep: Sendable, CustomStringConvertible {
    /// Seconds after the beginning.
    let moment: Double
    let host: Int
    let act: ChaosAct
    /// Else it ends a fault.
    let isFault: Bool

    var description: String {
        let tenths = (moment * 100).rounded() / 100
        return "\(tenths) s: lb\(host + 1) \(act)"
    }
}

struct ChaosPlan: Sendable {
    static let hosts = 3
    /// Each host's usual priority, and the one that a reload may give it.
    static let priorities = [[150, 90], [120, 140], [100, 160]]

    private(set) var steps: [ChaosStep] = []

    private var random: SplitMix64
    /// The consequences of each host's faults are over.
    private var quiet = [Double](repeating: 0, count: hosts)
    /// No fault that could end its service hits this host, so that somebody can always hold the address. The
    /// next one is spared as well until it has recovered from its faults.
    private var refuge = 0
    private var nextRefuge: Int?
    private var refugeEnds = 25.0
    private var linkFree = [Double](repeating: 0, count: hosts)
    private var pairFree = 0.0
    private var priorityNow = priorities.map { $0[0] }

    /// How long a host needs after a fault before others may rely on it: it starts, and waits once.
    private static let recovery = 8.0

    init(seed: UInt64, seconds: Double) {
        random = SplitMix64(state: seed)
        var moment = 0.0
        while true {
            moment += number(2...8)
            guard moment < seconds else { break }
            chooseRefuge(at: moment)
            draw(at: moment)
        }
        steps = steps.enumerated().sorted { ($0.element.moment, $0.offset) < ($1.element.moment, $1.offset) }
            .map(\.element)
    }

    private mutating func number(_ range: ClosedRange<Double>) -> Double {
        Double.random(in: range, using: &random)
    }

    private mutating func chooseRefuge(at moment: Double) {
        if nextRefuge == nil, moment > refugeEnds {
            nextRefuge = (0..<Self.hosts).filter { $0 != refuge }.randomElement(using: &random)
        }
        guard let next = nextRefuge, quiet[next] + Self.recovery < moment else { return }
        (refuge, nextRefuge, refugeEnds) = (next, nil, moment + number(15...40))
    }

    private mutating func fault(_ act: ChaosAct, on host: Int, at moment: Double) {
        steps.append(ChaosStep(moment: moment, host: host, act: act, isFault: true))
    }

    private mutating func repair(_ act: ChaosAct, of host: Int, at moment: Double) {
        steps.append(ChaosStep(moment: moment, host: host, act: act, isFault: false))
        quiet[host] = max(quiet[host], moment)
    }

    private mutating func parts() -> [DaemonPart] {
        let bits = Int.random(in: 1...7, using: &random)
        return DaemonPart.allCases.enumerated().filter { bits & (1 << $0.offset) != 0 }.map(\.element)
            .shuffled(using: &random)
    }

    private mutating func draw(at moment: Double) {
        let open = (0..<Self.hosts).filter { $0 != refuge && $0 != nextRefuge }
        let host = open.randomElement(using: &random) ?? 0
        let anybody = Int.random(in: 0..<Self.hosts, using: &random)
        switch Int.random(in: 0..<20, using: &random) {
        case 0..<5:
            let parts = parts()
            fault(.kill(parts), on: host, at: moment)
            quiet[host] = max(quiet[host], moment + 1)
            if parts.contains(.guard) { repair(.start, of: host, at: moment + number(1...6)) }
        case 5..<10:
            fault(.freeze(parts()), on: host, at: moment)
            let length = number(0.5...10)
            repair(.thaw, of: host, at: moment + length)
            // An engine that was found hung is started again meanwhile, or after a pause.
            quiet[host] += 1
        case 10..<12:
            fault(.terminate, on: host, at: moment)
            repair(.start, of: host, at: moment + number(1...6))
        case 12:
            fault(.restart, on: host, at: moment)
            quiet[host] = max(quiet[host], moment + 6)
        case 13..<15:
            if Bool.random(using: &random) {
                priorityNow[anybody] = Self.priorities[anybody].randomElement(using: &random) ?? 100
            }
            fault(.reload(priority: priorityNow[anybody]), on: anybody, at: moment)
        case 15, 16: drawLinkFault(host, at: moment)
        case 17: drawSeparation(host, at: moment)
        default: fault(.deleteAddress, on: anybody, at: moment)
        }
    }

    private mutating func drawLinkFault(_ host: Int, at moment: Double) {
        let end = moment + number(0.5...10)
        guard linkFree[host] < moment else { return fault(.deleteAddress, on: host, at: moment) }
        linkFree[host] = end + 0.5
        let (begin, over): (ChaosAct, ChaosAct) =
            switch Int.random(in: 0..<4, using: &random) {
            case 0: (.unplug(isByHand: false), .plug(isByHand: false))
            case 1: (.unplug(isByHand: true), .plug(isByHand: true))
            default: (.isolate, .join)
            }
        fault(begin, on: host, at: moment)
        repair(over, of: host, at: end)
    }

    private mutating func drawSeparation(_ host: Int, at moment: Double) {
        let other = (host + Int.random(in: 1..<Self.hosts, using: &random)) % Self.hosts
        let end = moment + number(1...10)
        // A port that has left the bridge cannot be separated, and would forget it.
        guard max(pairFree, linkFree[host], linkFree[other]) < moment else {
            return drawLinkFault(host, at: moment)
        }
        pairFree = end + 0.5
        linkFree[host] = end + 0.5
        linkFree[other] = end + 0.5
        fault(.separate(from: other), on: host, at: moment)
        repair(.reunite(with: other), of: host, at: end)
    }
}

/// Deterministic randomness.
struct SplitMix64: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var word = state
        word = (word ^ (word >> 30)) &* 0xbf58_476d_1ce4_e5b9
        word = (word ^ (word >> 27)) &* 0x94d0_49bb_1331_11eb
        return word ^ (word >> 31)
    }
}
