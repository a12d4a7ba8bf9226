// What the lab cannot do to real hosts that share one kernel, and why. docs/simulation.md lists the scenarios that
// are not played for it.

import Election
import Simulation
import Wire

extension Scenario {
    /// Why it cannot be played in the lab, the first reason; nil: it can.
    package var labObstacle: String? {
        if let obstacle = cluster.labObstacle { return obstacle }
        for step in steps {
            if case .act(let act, _) = step.deed, let obstacle = act.labObstacle(in: cluster) {
                return obstacle
            }
        }
        return nil
    }
}

extension ClusterPlan {
    var labObstacle: String? {
        guard behaviours.contains(.frr) else { return nil }
        let isPlain = instances.count == 1 && version == .v3 && interval == .seconds(1) && !isUnicast
        return isPlain
            ? nil
            : "the lab cannot run FRR but with version 3, multicast, one instance and an interval of a second"
    }
}

extension Act {
    /// Nil: the lab can do it.
    func labObstacle(in cluster: ClusterPlan) -> String? {
        switch self {
        case .kill, .freeze, .thaw, .start, .stop, .restart, .plug, .link, .isolate, .cut, .watch,
            .refuseSending,
            .power, .crashLoop, .heal:
            nil
        case .reload(let host, _):
            cluster.behaviours[host] == .frr ? "the lab cannot reload FRR" : nil
        case .deleteAddresses(let host):
            cluster.behaviours[host] == .frr ? "the lab cannot delete FRR's addresses" : nil
        case .noise(_, let noise):
            noise.duplication == 0 && noise.delay == .zero
                ? nil : "the lab cannot duplicate or delay packets: there is no netem"
        case .drift, .jump: "the lab cannot set clocks: all hosts have the machine's"
        case .sleep, .wake: "the lab cannot let a machine sleep: all hosts are one machine"
        case .slow: "the lab cannot slow a machine down: all hosts are one machine"
        case .lateReports, .overflow: "the lab cannot delay or lose the kernel's reports"
        case .refuseAddresses: "the lab cannot make the kernel refuse addresses"
        }
    }
}
