// Draws a cluster: each setting that is worth trying with any other one.

import Election
import Wire

extension ClusterPlan {
    package static func draw(_ random: inout SplitMix64) -> ClusterPlan {
        var plan = ClusterPlan()
        let count = random.number(in: 2...4)
        plan.names = ["a", "b", "c", "d"].prefix(count).map { $0 }
        plan.behaviours = Array(repeating: .baton, count: count)
        plan.version = random.happens(500) ? .v2 : .v3
        let choices: [Duration] =
            plan.version == .v2
            ? [.seconds(1), .seconds(1), .seconds(1), .seconds(2), .seconds(3)]
            : [
                // Short intervals take ten times as long to simulate.
                .milliseconds(100), .milliseconds(300), .seconds(1), .seconds(1), .seconds(1), .seconds(1),
                .milliseconds(1500), .milliseconds(1500), .seconds(2), .seconds(2),
            ]
        plan.interval = random.element(of: choices) ?? .seconds(1)
        plan.isUnicast = random.happens(250)
        plan.segments = random.number(in: 1...2)
        plan.drawInstances(&random)
        plan.isGrouped = plan.instances.count > 1 && random.happens(600)
        plan.preempts = !random.happens(200)
        if plan.preempts, random.happens(200) { plan.preemptDelay = random.number(in: 1...20) }
        plan.handover = random.happens(200) ? "break_before_make" : plan.handover
        plan.lease = random.element(of: ["auto", "auto", "auto", "off", "4"]) ?? plan.lease
        if !plan.isGrouped { plan.drawTrackers(&random) }
        if random.happens(150) { plan.extras.append("lower_prio_no_advert true") }
        if random.happens(150) { plan.extras.append("garp_master_refresh 10") }
        plan.drawBehaviours(&random)
        return plan
    }

    private mutating func drawInstances(_ random: inout SplitMix64) {
        let families: [AddressFamily] = version == .v2 ? [.ipv4] : [.ipv4, .ipv6]
        // The order of the hosts is the same for all instances, or a group could not decide.
        var order: [Int] = []
        for host in names.indices { order.insert(host, at: random.number(below: order.count + 1)) }
        let isEqual = random.happens(100)
        for place in 0..<random.number(in: 1...3) {
            let segment = place % segments
            let family = random.element(of: families) ?? .ipv4
            instances.append(
                Instance(
                    name: "V\(place + 1)", segment: segment, vrid: 51 + place,
                    address: Self.virtual(place, segment, family),
                    priorities: order.map { isEqual ? 100 : 60 + 40 * $0 }))
        }
    }

    private mutating func drawTrackers(_ random: inout SplitMix64) {
        let choices = [
            Tracker(kind: "script", name: "check", weight: 0),
            Tracker(kind: "script", name: "check", weight: -50),
            Tracker(kind: "script", name: "check", weight: 30),
            Tracker(kind: "process", name: "server", weight: 0),
            Tracker(kind: "process", name: "server", weight: -45),
            Tracker(kind: "file", name: "level", weight: 1),
        ]
        for _ in 0..<random.number(below: 3) {
            guard let tracker = random.element(of: choices),
                !trackers.contains(where: { $0.name == tracker.name })
            else { continue }
            trackers.append(tracker)
        }
    }

    /// Some clusters are in the middle of a migration.
    private mutating func drawBehaviours(_ random: inout SplitMix64) {
        guard random.happens(200) else { return }
        let other = version == .v3 && random.happens(400) ? Behaviour.frr : .keepalived
        behaviours[random.number(below: names.count)] = other
    }
}
