// A cluster: hosts with the same instances and other priorities. Random runs draw one, scenarios write one down; both
// become configuration files of the ordinary language.

import Control
import Election
import Wire

package struct ClusterPlan: Sendable, Hashable {
    package struct Instance: Sendable, Hashable {
        package var name: String
        package var segment: Int
        package var vrid: Int
        package var family: AddressFamily
        package var address: String
        /// One for each host.
        package var priorities: [Int]

        package init(name: String, segment: Int, vrid: Int, address: String, priorities: [Int]) {
            self.name = name
            self.segment = segment
            self.vrid = vrid
            family = address.contains(":") ? .ipv6 : .ipv4
            self.address = address
            self.priorities = priorities
        }
    }
    package struct Tracker: Sendable, Hashable {
        package var kind: String
        package var name: String
        package var weight: Int
        /// The weight counts while it fails.
        package var isReversed = false

        /// Nil: it is of no known kind.
        package var watchKind: WatchKind? { WatchKind(word: kind) }

        package init(kind: String, name: String, weight: Int) {
            self.kind = kind
            self.name = name
            self.weight = weight
        }
    }
    package var names: [String] = []
    package var behaviours: [Behaviour] = []
    package var instances: [Instance] = []
    package var version = VRRPVersion.v2
    package var interval: Duration = .seconds(1)
    package var segments = 1
    package var isUnicast = false
    package var isGrouped = false
    package var preempts = true
    package var preemptDelay = 0
    package var handover = "make_before_break"
    package var lease = "auto"
    package var trackers: [Tracker] = []
    package var extras: [String] = []

    package init() {}

    // MARK: Hosts

    package var hosts: [HostPlan] {
        names.indices.map { host in
            HostPlan(
                name: names[host], interfaces: interfaces(of: host), configuration: text(of: host),
                behaviour: behaviours[host])
        }
    }

    private func interfaces(of host: Int) -> [InterfacePlan] {
        (0..<segments).map { segment in
            let texts = [
                (Self.own(host, segment, .ipv4), UInt8(24)), ("fe80::\(segment + 1):\(host + 1)", UInt8(64)),
                (Self.own(host, segment, .ipv6), UInt8(64)),
            ]
            let own = texts.compactMap { text, length in IPAddress(text).map { OwnAddress($0, length) } }
            return InterfacePlan(name: "eth\(segment)", segment: segment, addresses: own)
        }
    }

    /// A host's own address on a segment.
    static func own(_ host: Int, _ segment: Int, _ family: AddressFamily) -> String {
        switch family {
        case .ipv4: "192.168.\(50 + segment).\(11 + host)"
        case .ipv6: "2001:db8:\(segment + 1)::\(11 + host)"
        }
    }

    static func virtual(_ place: Int, _ segment: Int, _ family: AddressFamily) -> String {
        switch family {
        case .ipv4: "192.168.\(50 + segment).\(88 + place)/24"
        case .ipv6: "2001:db8:\(segment + 1)::\(88 + place)/64"
        }
    }

    // MARK: Text

    /// Where scripts and files are that the configuration names.
    package static let folder = "/run/lab"

    /// The configuration file of a host. With `imitates` a host that behaves like another program has the statements that
    /// make Baton's election do so; else it is the text for that program.
    package func text(of host: Int, imitates: Bool = true) -> String {
        var lines = ["global_defs {", "    router_id \(names[host])", "}"]
        for tracker in trackers { lines += tracker.definition }
        if isGrouped {
            lines += ["vrrp_sync_group G {", "    group {"]
            lines += instances.map { "        \($0.name)" }
            lines += ["    }"] + tracked + ["}"]
        }
        for instance in instances { lines += text(of: instance, host, imitates) }
        return lines.joined(separator: "\n") + "\n"
    }

    private func text(of instance: Instance, _ host: Int, _ imitates: Bool) -> [String] {
        var lines = [
            "vrrp_instance \(instance.name) {", "    version \(version.rawValue)",
            "    interface eth\(instance.segment)", "    virtual_router_id \(instance.vrid)",
            "    priority \(instance.priorities[host])", "    advert_int \(seconds)",
            "    notify \(Self.folder)/notify",
        ]
        if !preempts { lines.append("    nopreempt") }
        if preemptDelay > 0 { lines.append("    preempt_delay \(preemptDelay)") }
        if behaviours[host] == .baton {
            lines += ["    handover \(handover)", "    vip_lease \(lease)"]
        }
        if imitates { lines += behaviours[host].settings.map { "    \($0)" } }
        lines += extras.map { "    \($0)" }
        if isUnicast { lines += unicast(instance, host) }
        if !isGrouped { lines += tracked }
        lines += ["    virtual_ipaddress {", "        \(instance.address)", "    }", "}"]
        return lines
    }

    /// What an instance tracks, or a sync group for its members.
    private var tracked: [String] {
        ["script", "process", "file"].flatMap { kind -> [String] in
            let some = trackers.filter { $0.kind == kind }
            guard !some.isEmpty else { return [] }
            let lines = some.map {
                "        \($0.name) weight \($0.weight)\($0.isReversed ? " reverse" : "")"
            }
            return ["    track_\(kind) {"] + lines + ["    }"]
        }
    }

    private func unicast(_ instance: Instance, _ host: Int) -> [String] {
        func own(_ host: Int) -> String { Self.own(host, instance.segment, instance.family) }
        let peers = names.indices.filter { $0 != host }.map { "        \(own($0))" }
        return ["    unicast_src_ip \(own(host))", "    unicast_peer {"] + peers + ["    }"]
    }

    /// `0.25`, `2`: what `advert_int` takes.
    private var seconds: String {
        let hundredths = interval.centiseconds
        guard hundredths % 100 != 0 else { return String(hundredths / 100) }
        let fraction = hundredths % 100
        return "\(hundredths / 100).\(fraction < 10 ? "0" : "")\(fraction)"
    }
}

extension ClusterPlan.Tracker {
    fileprivate var definition: [String] {
        switch kind {
        case "script":
            [
                "vrrp_script \(name) {", "    script \(ClusterPlan.folder)/\(name)", "    interval 1",
                "    weight \(weight)",
                "}",
            ]
        case "process":
            ["vrrp_track_process \(name) {", "    process \(name)", "    weight \(weight)", "}"]
        default:
            [
                "vrrp_track_file \(name) {", "    file \(ClusterPlan.folder)/\(name)", "    weight \(weight)",
                "}",
            ]
        }
    }
}
