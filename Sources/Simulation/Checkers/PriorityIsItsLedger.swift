// The effective priority is the sum of its ledger; what is advertised is that priority, or zero; and what the ledger
// says of each tracker is true, five seconds after the last disturbance.

import Configuration
import Control
import Election
import Engine
import Wire

package struct PriorityIsItsLedger: Checker {
    package let rule = "ledger"
    package let watchesTraffic = true
    private var sums: StretchTable
    private var truths: StretchTable
    private static let patience: Duration = .seconds(5)

    init(_ world: World) {
        sums = StretchTable(rows: world.routerCount, columns: world.hosts.count)
        truths = sums
    }

    package mutating func sent(
        _ transmission: Transmission, by host: SimulatedHost, _ violations: inout [Violation]
    ) {
        guard let (place, priority) = host.sender(of: transmission), priority != 0 else { return }
        // Views that something has changed meanwhile have nothing to say.
        guard !host.viewsAreStale, let ledger = host.views[place].ledger else { return }
        guard ledger.sum != Int(priority), host.plan.behaviour == .baton else { return }
        violations.append(
            Violation(
                rule: rule, time: host.world.now,
                words: "\(host.name) advertises \(priority), its ledger says \(ledger.sum)"))
    }

    package mutating func observe(_ observation: Observation, _ violations: inout [Violation]) {
        for router in observation.routers.indices {
            for host in observation.hosts {
                guard let view = observation.view(host, router), let ledger = view.ledger else { continue }
                let isWrong = ledger.sum != Int(view.priority)
                if sums[router, host.index].update(isWrong, at: observation.now, limit: .zero) != nil {
                    violations.append(
                        observation.violation(
                            rule, "\(host.name): priority \(view.priority), ledger \(ledger.sum)"))
                }
                let liar = ledger.entries.first { entry in
                    observation.truth(of: entry.tracker, on: host).map { $0 != entry.health } ?? false
                }
                let length = truths[router, host.index].update(
                    liar != nil && observation.sound[host.index] && host.runner?.isFrozen == false,
                    at: observation.now, from: observation.world.disturbed[host.index],
                    limit: Self.patience)
                guard let length, let liar else { continue }
                violations.append(
                    observation.violation(
                        rule,
                        "\(host.name) takes \(liar.tracker.name) for \(liar.health) for \(length.words)"))
            }
        }
    }
}

extension PriorityLedger {
    /// Added up anew, without the ledger's own sum.
    fileprivate var sum: Int {
        guard base != 255 else { return 255 }
        var sum = Int(base)
        for entry in entries { sum += entry.contribution }
        return min(max(sum, 1), 254)
    }
}
