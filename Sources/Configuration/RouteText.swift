// Routes and rules as lines of a configuration again.

import Wire

extension ConfiguredRoute {
    /// As a line of `virtual_routes`.
    package var line: String {
        var words: [String] = []
        if route.family == .ipv6, route.destination == nil { words.append("inet6") }
        if route.type != .unicast { words.append("\(route.type)") }
        words.append(route.destination.map { "\($0)" } ?? "default")
        words.option("from", route.source)
        words += way(route.gateway)
        words.option("dev", route.interface)
        words.option("src", route.preferredSource)
        if route.table != 254 { words.option("table", route.table) }
        if route.protocolNumber != 18 { words.option("protocol", route.protocolNumber) }
        words.option("scope", route.scope)
        words.option("metric", route.priority)
        if route.typeOfService != 0 { words.option("tos", route.typeOfService) }
        if route.isOnLink { words.append("onlink") }
        words.option("expires", route.expiresSeconds)
        words.option("realms", route.realms.map(realmText))
        words += route.metrics.flatMap(\.words)
        words.option("pref", route.preference.map { $0 == 3 ? "low" : $0 == 1 ? "high" : "medium" })
        words.option("ttl-propagate", route.propagatesTTL.map { $0 ? "enabled" : "disabled" })
        if !isTracked { words.append("no_track") }
        if let trackGroup { words += ["track_group", trackGroup.asWord] }
        for hop in route.nextHops {
            words.append("nexthop")
            words += way(hop.gateway)
            words.option("dev", hop.interface)
            words.option("weight", hop.weight)
            if hop.isOnLink { words.append("onlink") }
            words.option("realms", hop.realms.map(realmText))
        }
        return words.joined(separator: " ")
    }

    /// The family of a gateway is named where it is not the route's.
    private func way(_ gateway: IPAddress?) -> [String] {
        guard let gateway else { return [] }
        let family = gateway.family == .ipv4 ? "inet" : "inet6"
        return ["via"] + (gateway.family == route.family ? [] : [family]) + ["\(gateway)"]
    }
}

extension RouteMetric {
    fileprivate var words: [String] {
        if kind == RouteLine.featuresMetric { return ["features", "ecn"] }
        let name =
            kind == RouteLine.congestionMetric
            ? "congctl" : RouteLine.metrics.first { $0.value == kind }?.key ?? "\(kind)"
        let divisor: UInt32 = name == "rtt" ? 8 : name == "rttvar" ? 4 : 1
        let unit = ["rtt", "rttvar", "rto_min"].contains(name) ? "ms" : ""
        let text =
            switch value {
            case .number(let number): "\(number / divisor)\(unit)"
            case .text(let text): text.asWord
            }
        return [name] + (isLocked ? ["lock"] : []) + [text]
    }
}

extension ConfiguredRule {
    /// As a line of `virtual_rules`.
    package var line: String {
        var words: [String] = []
        if rule.family == .ipv6, rule.source == nil, rule.destination == nil { words.append("inet6") }
        if rule.isInverted { words.append("not") }
        words.option("from", rule.source)
        words.option("to", rule.destination)
        words.option("preference", rule.priority)
        if rule.typeOfService != 0 { words.option("tos", rule.typeOfService) }
        words.option("fwmark", rule.mark.map { mark in "\(mark)" + (rule.markMask.map { "/\($0)" } ?? "") })
        words.option("realms", rule.realms.map(realmText))
        words.option("suppress_prefixlength", rule.suppressedPrefixLength)
        words.option("suppress_ifgroup", rule.suppressedGroup)
        words.option("iif", rule.inputInterface)
        words.option("oif", rule.outputInterface)
        words.option("tunnel-id", rule.tunnelID)
        words.option("uidrange", rule.users.map { "\($0.lowerBound)-\($0.upperBound)" })
        if rule.protocolNumber != 18 { words.option("protocol", rule.protocolNumber) }
        words.option("ipproto", rule.ipProtocol)
        words.option("sport", rule.sourcePorts.map { "\($0.lowerBound)-\($0.upperBound)" })
        words.option("dport", rule.destinationPorts.map { "\($0.lowerBound)-\($0.upperBound)" })
        if !isTracked { words.append("no_track") }
        if let trackGroup { words += ["track_group", trackGroup.asWord] }
        if rule.usesMasterDevice { words.append("l3mdev") } else { words += rule.action.words }
        return words.joined(separator: " ")
    }
}

extension PolicyRule.Action {
    fileprivate var words: [String] {
        switch self {
        case .lookUp(let table): ["table", "\(table)"]
        case .goTo(let priority): ["goto", "\(priority)"]
        case .nop: ["nop"]
        case .blackhole: ["blackhole"]
        case .unreachable: ["unreachable"]
        case .prohibit: ["prohibit"]
        }
    }
}

private func realmText(_ realms: UInt32) -> String {
    realms >> 16 == 0 ? "\(realms)" : "\(realms >> 16)/\(realms & 0xffff)"
}

extension [String] {
    fileprivate mutating func option(_ name: String, _ value: (some CustomStringConvertible)?) {
        if let value { self += [name, value.description.asWord] }
    }
}
