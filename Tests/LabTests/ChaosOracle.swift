// Judges a chaos run by what the kernel and the switch say, not by what the daemons say. All rules and all excuses stand here.

/// What happened on one host. Moments are nanoseconds since 1970.
struct HostRecord: Sendable {
    /// It had the address.
    var holds = Spans()
    /// Processes that were there, and neither dead nor stopped. A process that replaces another one begins a new span.
    var engineRuns = Spans()
    var guardRuns = Spans()
    /// Stopped or not.
    var guardExists = Spans()
    /// The operator wants the daemon to run: from a start until SIGTERM, or until the guard is killed.
    var isWanted = Spans()
    var isUnplugged = Spans()
    var isIsolated = Spans()
    /// When each reload was asked for.
    var reloads: [Int64] = []
}

struct ChaosViolation: Sendable, CustomStringConvertible {
    enum Rule: String, Sendable { case none, both, stale }
    let rule: Rule
    let hosts: [Int]
    let span: Range<Int64>
    /// Nanoseconds that were permitted.
    let limit: Int64

    var description: String {
        let names = hosts.map { "lb\($0 + 1)" }.joined(separator: " and ")
        let length = Double((span.upperBound - span.lowerBound) / 1000) / 1000
        return "\(rule.rawValue)-hold: \(names) for \(length) ms, permitted \(Double(limit) / 1e6) ms"
    }
}

/// The longest of each kind, in milliseconds; permitted or not.
struct ChaosFigures: Sendable {
    /// An able host neither held the address nor heard a host that served it.
    var none = 0.0
    /// Two hosts that hear each other held it: nothing else was wrong; two parts of the network met, or a process had
    /// begun to run; a process was dead or stopped.
    var handover = 0.0
    var reunion = 0.0
    var overdue = 0.0
    /// A host held it while its engine was dead or stopped.
    var stale = 0.0
}

struct ChaosOracle {
    /// What the hosts are configured with; nanoseconds.
    struct Settings: Sendable {
        var advertisementInterval: Int64
        /// Of the lowest priority that is used.
        var longestSkew: Int64
        /// What the kernel keeps an address for without a renewal: three intervals, in whole seconds.
        var lease: Int64

        private static let millisecond: Int64 = 1_000_000

        /// A backup waits that long for its master. Added: processes start, an engine learns of its link, and the watch of the
        /// processes is late, on a busy machine.
        var patience: Int64 { 3 * advertisementInterval + longestSkew + 600 * Self.millisecond }
        /// The loser of two masters hears the winner's next advertisement, or makes it answer by its own.
        var reunion: Int64 { advertisementInterval + 200 * Self.millisecond }
        /// Make before break: the successor has the address before the former master lets it go.
        var handover: Int64 { 50 * Self.millisecond }
        /// The kernel looks at leases at whole seconds, half a second late at the worst.
        var overdue: Int64 { lease + 500 * Self.millisecond }
        var stale: Int64 { lease + 700 * Self.millisecond }
        /// A reload is read by a thread of its own; a backup then waits anew.
        var reload: Int64 { 1000 * Self.millisecond }
        /// An engine that has just been started waits for the guard's word.
        var youth: Int64 { 1000 * Self.millisecond }
    }

    let settings: Settings
    let hosts: [HostRecord]
    /// By pairs of hosts, the lower one first.
    let separations: [Spans]
    let window: Range<Int64>
    private(set) var violations: [ChaosViolation] = []
    private(set) var figures = ChaosFigures()

    /// `separations` are those of lb1 and lb2, lb1 and lb3, lb2 and lb3.
    init(settings: Settings, hosts: [HostRecord], separations: [Spans], window: Range<Int64>) {
        self.settings = settings
        self.hosts = hosts
        self.separations = separations
        self.window = window
        for host in hosts.indices {
            judgeNone(host)
            judgeStale(host)
            for other in hosts.indices where other > host { judgeBoth(host, other) }
        }
        violations.sort { $0.span.lowerBound < $1.span.lowerBound }
    }

    // MARK: What follows from the records

    /// The host could serve: the engine runs, the operator wants it to, and the link is up. A host that is alone counts, and
    /// has to serve itself.
    func able(_ host: Int) -> Spans {
        let record = hosts[host]
        var spans = record.engineRuns & record.guardExists & record.isWanted - record.isUnplugged
        // Excuse: the engine begins when the guard says so, which a stopped guard does not.
        let isYoung = Spans(
            record.engineRuns.ranges.map { $0.lowerBound..<Self.sum($0.lowerBound, settings.youth) })
        spans = spans - (isYoung - record.guardRuns)
        // Excuse: a reload starts the down timer again. A stopped process takes the signal later.
        let bothRun = record.engineRuns & record.guardRuns
        let reloads = record.reloads.map { moment in
            moment..<Self.sum(bothRun.first(from: moment) ?? moment, settings.reload)
        }
        return spans - Spans(reloads)
    }

    func hears(_ host: Int, _ other: Int) -> Spans {
        let pair = (min(host, other), max(host, other))
        let separation = separations[pair.0 + pair.1 - 1]
        return [hosts[host], hosts[other]].reduce(separation.inverse) { $0 - $1.isUnplugged - $1.isIsolated }
    }

    /// The host has the address, and a process that answers for it: the guard gives it up, or revives the engine, in time.
    func serves(_ host: Int) -> Spans {
        hosts[host].holds & (hosts[host].engineRuns | hosts[host].guardRuns)
    }

    private static func sum(_ moment: Int64, _ length: Int64) -> Int64 {
        let (sum, isTooMuch) = moment.addingReportingOverflow(length)
        return isTooMuch ? .max : sum
    }

    // MARK: Rules

    /// A host that is able for a whole down interval either serves or hears somebody who does.
    private mutating func judgeNone(_ host: Int) {
        let served = hosts.indices.reduce(serves(host)) { spans, other in
            other == host ? spans : spans | (serves(other) & hears(host, other))
        }
        let starved = (able(host) - served).clamped(to: window)
        figures.none = max(figures.none, Double(starved.longest) / 1e6)
        report(.none, [host], starved, limit: settings.patience)
    }

    /// An address does not outlive its engine for longer than the lease, whoever else of the daemon is alive.
    private mutating func judgeStale(_ host: Int) {
        // An engine that goes on may put the address back before its being there is noticed: a stretch of its own.
        let stale = (hosts[host].holds - hosts[host].engineRuns).clamped(to: window)
        figures.stale = max(figures.stale, Double(stale.longest) / 1e6)
        report(.stale, [host], stale, limit: settings.stale)
    }

    /// Two hosts that hear each other do not both hold the address.
    private mutating func judgeBoth(_ host: Int, _ other: Int) {
        let hearing = hears(host, other)
        let both = (hosts[host].holds & hosts[other].holds & hearing).clamped(to: window)
        var (reunion, overdue) = (Spans(), Spans())
        // Excuse: they did not hear each other before.
        reunion =
            reunion | Spans(hearing.ranges.map { $0.lowerBound..<Self.sum($0.lowerBound, settings.reunion) })
        for record in [hosts[host], hosts[other]] {
            for absence in record.engineRuns.inverse.ranges {
                // Excuse: nobody is there to remove it until the lease ends.
                let end = min(Self.sum(absence.lowerBound, settings.overdue), absence.upperBound)
                overdue = overdue | Spans([absence.lowerBound..<max(end, absence.lowerBound)])
                // Excuse: a process that goes on is told by the others that it is not master any more.
                reunion =
                    reunion | Spans([absence.upperBound..<Self.sum(absence.upperBound, settings.reunion)])
            }
        }
        func longest(_ spans: Spans) -> Double { Double(spans.longest) / 1e6 }
        let plain = both - overdue - reunion
        figures.overdue = max(figures.overdue, longest(both & overdue))
        figures.reunion = max(figures.reunion, longest((both - overdue) & reunion))
        figures.handover = max(figures.handover, longest(plain))
        report(.both, [host, other], plain, limit: settings.handover)
    }

    private mutating func report(_ rule: ChaosViolation.Rule, _ hosts: [Int], _ spans: Spans, limit: Int64) {
        for span in spans.ranges where span.upperBound - span.lowerBound > limit {
            violations.append(ChaosViolation(rule: rule, hosts: hosts, span: span, limit: limit))
        }
    }
}
