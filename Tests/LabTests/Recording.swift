// What an act on one of two hosts does to the service: how long a client gets no answer, how long both hosts
// hold the address, how long none does. The rows of docs/failover.md are made of these.

import Foundation
import Glibc
import Lab
import Linux
import Testing
import Wire

/// What the documented run changes: `BATON_ROUNDS` for each planned act, `BATON_STOP_SECONDS` of a stopped
/// daemon, `BATON_PATIENCE` seconds for a client to get an answer again, `BATON_TABLE` for some of the pairs.
enum TableSettings {
    private static func number(_ name: String, else usual: Int) -> Int {
        Environment[name].flatMap { Int($0) } ?? usual
    }
    /// Milliseconds more than the table permits where nobody asks for the table: the machine may be busy with other work.
    static let slack: Double = Environment["BATON_TABLE"] == nil ? 95 : 0
    static let rounds = max(1, number("BATON_ROUNDS", else: 3))
    static let meetings = max(1, number("BATON_MEETINGS", else: 1))
    static let stopSeconds = max(8, number("BATON_STOP_SECONDS", else: 8))
    static let patience = max(1, number("BATON_PATIENCE", else: 6))

    static let keepalived: [Program] = [.keepalived, .keepalived]
    static let baton: [Program] = [.baton, .baton]
    static let mixed: [Program] = [.baton, .keepalived]

    /// All of `wanted` that `BATON_TABLE`, a list of `keepalived`, `baton` and `mixed`, does not leave out.
    static func pairs(_ wanted: [[Program]]) -> [[Program]] {
        let words = (Environment["BATON_TABLE"] ?? "baton,mixed").split(separator: ",")
        let names = [keepalived: "keepalived", baton: "baton", mixed: "mixed"]
        return wanted.filter { pair in words.contains { $0 == names[pair] ?? "" } }
    }
    static let two = pairs([keepalived, baton])
    static let three = pairs([keepalived, baton, mixed])
}

/// What came of one act. All in milliseconds.
struct Effect {
    /// The longest stretch in which the client got no answer.
    var outage: Double
    /// In all, while both hosts held the address; while none did.
    var both: Double
    var none: Double
    /// At the end of the window both still held the address; the client still got no answer.
    var isBothAtEnd: Bool
    var isSilentAtEnd: Bool

    /// The worst of several, figure by figure.
    static func worst(of effects: [Effect]) -> Effect {
        Effect(
            outage: effects.map(\.outage).max() ?? 0, both: effects.map(\.both).max() ?? 0,
            none: effects.map(\.none).max() ?? 0, isBothAtEnd: effects.contains { $0.isBothAtEnd },
            isSilentAtEnd: effects.contains { $0.isSilentAtEnd })
    }

    /// One line of the table.
    func print(_ row: String, _ programs: [Program]) {
        func text(_ value: Double, _ isOpen: Bool) -> String {
            (isOpen ? "≥ " : "") + String(format: "%.1f", value)
        }
        let figures = [text(outage, isSilentAtEnd), text(both, isBothAtEnd), text(none, false)]
        let program = Set(programs).count == 1 ? "\(programs[0])" : "\(programs[0]) × \(programs[1])"
        Swift.print("\(row) | \(program) | \(figures.joined(separator: " | "))")
        // A run may be long, and its output a file.
        fflush(nil)
    }
}

/// A client probes the address and both hosts are watched, until `finish`.
final class Recording {
    private let pair: Pair
    private let address: IPAddress
    private let prober: Prober
    private let watches: [AddressWatch]
    private var begin: Int64

    /// Begins when the address answers.
    init(_ pair: Pair) throws {
        self.pair = pair
        address = IPAddress(pair.virtualAddress) ?? .unspecified(.ipv4)
        watches = try pair.hosts.map { try AddressWatch(on: $0) }
        let prober = try Prober(from: pair.client, target: address)
        self.prober = prober
        try Wait.until(seconds: 5, "the address does not answer\n\(pair.logs)") { prober.isAnswered }
        usleep(100_000)
        begin = RealtimeClock.nanoseconds
    }

    /// Only what happens from now on counts.
    func restart() { begin = RealtimeClock.nanoseconds }

    var holders: [Bool] { watches.map { $0.holds(address) } }

    /// False: it does not come to that.
    @discardableResult
    func await(_ wanted: [Bool], seconds: Double) -> Bool {
        (try? Wait.until(seconds: seconds, "") { holders == wanted }) != nil
    }

    /// Ends as soon as the address answers again and has for half a second.
    func finish() -> Effect {
        // What is asked now was sent a moment ago.
        usleep(200_000)
        try? Wait.until(seconds: Double(TableSettings.patience), "") { prober.isAnswered }
        usleep(500_000)
        let end = RealtimeClock.nanoseconds
        let isBothAtEnd = holders == [true, true]
        let report = prober.stop()
        for watch in watches { watch.stop() }
        let holding = Holding(watches.map { $0.stretches(of: address) })
        let silence = report.silence(since: begin)
        return Effect(
            outage: max(report.longestOutage(since: begin), silence ?? 0),
            both: holding.milliseconds(in: begin..<end) { $0 > 1 },
            none: holding.milliseconds(in: begin..<end) { $0 == 0 }, isBothAtEnd: isBothAtEnd,
            isSilentAtEnd: silence != nil)
    }
}

extension ProbeReport {
    /// Milliseconds of a last gap that has not ended; nil: the last probes were answered.
    fileprivate func silence(since moment: Int64) -> Double? {
        let trailing = probes.reversed().prefix { !$0.isAnswered && $0.sent >= moment }
        guard trailing.count > 20, let first = trailing.last, let last = trailing.first else { return nil }
        return Double(last.sent - first.sent) / 1e6
    }
}

/// Two hosts in service, and a row of the table that is made with them.
struct Trial {
    let row: String
    let programs: [Program]
    let pair: Pair

    var isBaton: Bool { programs[0] == .baton }

    /// `interval` in seconds, as the configuration has it. `lines` are put into the instance.
    init(
        _ row: String, _ programs: [Program], _ flavour: Flavour = .v2, interval: String = "1",
        lines: String = ""
    ) throws {
        self.row = row
        self.programs = programs
        let texts = [(133, 150), (134, 100)].map { number, priority in
            flavour.configuration(number: number, priority: priority)
                .replacing("advert_int 1\n", with: "advert_int \(interval)\n\(lines)")
        }
        pair = try Pair(programs, configurations: texts)
        // A host that forwards hides that a client asks the wrong one: it sends the question on.
        for host in pair.hosts { try host.check("echo 0 > /proc/sys/net/ipv4/ip_forward") }
        try pair.start()
    }

    /// Records an act; the line is printed unless several are to be one row.
    func measure(_ name: String? = nil, isQuiet: Bool = false, _ act: (Recording) throws -> Void) throws
        -> Effect
    {
        let recording = try Recording(pair)
        try act(recording)
        let effect = recording.finish()
        if !isQuiet { effect.print(name ?? row, programs) }
        return effect
    }

    /// How often the second host has become master.
    var takeovers: Int {
        pair.daemons[1].log.split(separator: "\n").count { $0.hasSuffix("Entering MASTER STATE") }
    }

    // MARK: Acts on the first host

    private var processes: [Int32] { pair.daemons[0].process?.tree ?? [] }

    /// The process that speaks VRRP, by the pid file of `-r`.
    func signalEngine(_ name: String) throws {
        let file = pair.hosts[0].read("/run/lab/vrrp.pid").trimmingCharacters(in: .whitespacesAndNewlines)
        let pid = try #require(Int32(file))
        try pair.hosts[0].check("kill -\(name) \(pid)")
    }

    func signalGuard(_ number: Int32) { pair.daemons[0].process?.signal(number) }

    /// As a control group is killed: none of them sees another one die.
    func killAll() {
        ProcessTree.killAtOnce(processes)
    }

    func signalAll(_ number: Int32) {
        for pid in processes { kill(pid, number) }
    }
}
