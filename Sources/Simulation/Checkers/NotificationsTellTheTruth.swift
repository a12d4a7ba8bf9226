// The scripts of an instance run in the order of its changes, and the last one was told of the state that it has: three
// seconds after the last disturbance at the latest. What a killed runner had in its hands is lost and excused.

import Configuration
import Control
import Election

package struct NotificationsTellTheTruth: Checker {
    package let rule = "notifications"
    private var last: [[Notice?]]
    private var stretches: StretchTable
    private static let limit: Duration = .seconds(3)

    init(_ world: World) {
        last = Array(
            repeating: Array(repeating: nil, count: world.hosts.count), count: world.routerCount)
        stretches = StretchTable(rows: world.routerCount, columns: world.hosts.count)
    }

    package mutating func ran(
        _ notice: Notice, on host: SimulatedHost, _ violations: inout [Violation]
    ) {
        let router = host.profiles.firstIndex { $0.name == notice.lane }
        guard let router, last.indices.contains(router) else { return }
        defer { last[router][host.index] = notice }
        guard let former = last[router][host.index], former.number > notice.number else { return }
        violations.append(
            Violation(
                rule: rule, time: host.world.now,
                words:
                    "\(host.name) is told of \(notice.lane) \(notice.state) after the later \(former.state)"
            ))
    }

    package mutating func observe(_ observation: Observation, _ violations: inout [Violation]) {
        for (router, plan) in observation.routers.enumerated() where last.indices.contains(router) {
            for host in observation.hosts {
                guard let view = observation.view(host, router) else { continue }
                let isJudged =
                    observation.sound[host.index] && host.runner?.isFrozen == false
                    && view.state != .initialize && view.state != nil
                    && !host.lostNotices.contains(plan.name)
                let told = last[router][host.index]?.state
                let length = stretches[router, host.index].update(
                    isJudged && told != view.state?.rawValue, at: observation.now,
                    from: observation.world.disturbed[host.index], limit: Self.limit)
                guard let length else { continue }
                violations.append(
                    observation.violation(
                        rule,
                        "\(host.name) was last told that \(plan.name) is \(told ?? "nothing"), but it is"
                            + " \(view.state?.rawValue ?? "-") for \(length.words)"))
            }
        }
    }
}
