// A line of `virtual_routes` or `static_routes`: `[TYPE] [to] DESTINATION` with its options in any order.

import Wire

struct RouteLine {
    private var line: OptionLine
    private var result: ConfiguredRoute
    private var hasDestination = false
    private var family: AddressFamily?
    private let owner: EntryOwner
    /// Options that IPv6 alone has.
    private var optionOfIPv6: Word?
    private var protocolWord: Word?
    /// `via inet6 ADDRESS`: for a route of IPv4 as well.
    private var namesGatewayFamily = false

    /// Every line of the block. One that cannot be understood is fatal; one with values that cannot be meant is
    /// an error. Both are left out.
    static func read(
        all statement: Statement, of owner: EntryOwner, _ findings: Findings
    ) -> [ConfiguredRoute] {
        let inline = statement.arguments.isEmpty ? [] : [statement.arguments]
        return (inline + (statement.block ?? []).map(\.words)).compactMap { words in
            guard let line = OptionLine(words, kind: "route", code: "bad-route", findings) else { return nil }
            var reader = RouteLine(
                line: line, result: ConfiguredRoute(Route(family: .ipv4)), owner: owner)
            return reader.read(words[0], findings)
        }
    }

    private mutating func read(_ first: Word, _ findings: Findings) -> ConfiguredRoute? {
        while line.isUsable, let word = line.next() { take(word, findings) }
        guard line.isUsable else { return nil }
        guard hasDestination else {
            line.fail(first, "the route has no destination", hint: "begin with a network, or with 'default'")
            return nil
        }
        settleFamily(first)
        settleProtocol(findings)
        return line.isUsable ? result : nil
    }

    private mutating func settleFamily(_ first: Word) {
        let gateways = ([result.route.gateway] + result.route.nextHops.map(\.gateway)).compactMap {
            $0?.family
        }
        let named = [
            family, result.route.destination?.address.family, result.route.source?.address.family,
            result.route.preferredSource?.family,
        ].compactMap { $0 }
        let implied = optionOfIPv6 == nil ? AddressFamily.ipv4 : .ipv6
        result.route.family = named.first ?? gateways.first ?? implied
        let route = result.route
        let isMixed = (named + (namesGatewayFamily ? [] : gateways)).contains { $0 != route.family }
        if isMixed {
            line.refuse(first, "a route cannot be of IPv4 and IPv6 at once")
        } else if route.family == .ipv4, let option = optionOfIPv6 {
            line.refuse(option, "'\(option.text)' is for routes of IPv6 only")
        }
    }

    /// Routes that are watched are known by the daemon's own number.
    private mutating func settleProtocol(_ findings: Findings) {
        guard result.isTracked, result.route.protocolNumber != 18, let word = protocolWord else { return }
        result.route.protocolNumber = 18
        findings.report(
            .error, "protocol-of-tracked", at: word,
            "a route that is put back carries protocol 18; '\(word.text)' is ignored",
            hint: "add 'no_track' to keep it")
    }

    private static let types: [String: RouteType] = [
        "unicast": .unicast, "local": .local, "broadcast": .broadcast, "anycast": .anycast,
        "multicast": .multicast, "throw": .throw, "unreachable": .unreachable, "prohibit": .prohibit,
        "blackhole": .blackhole, "nat": .nat,
    ]
    /// RTAX_* of metrics that are plain numbers.
    static let metrics: [String: UInt16] = [
        "mtu": 2, "window": 3, "rtt": 4, "rttvar": 5, "ssthresh": 6, "cwnd": 7, "advmss": 8, "reordering": 9,
        "hoplimit": 10, "initcwnd": 11, "rto_min": 13, "initrwnd": 14, "quickack": 15,
        "fastopen_no_cookie": 17,
    ]
    private static let limits: [String: UInt32] = ["hoplimit": 255, "quickack": 1, "fastopen_no_cookie": 1]
    static let featuresMetric: UInt16 = 12
    static let congestionMetric: UInt16 = 16
    private static let options =
        Array(types.keys) + Array(metrics.keys) + [
            "inet", "inet6", "to", "via", "gw", "or", "src", "from", "as", "tos", "dsfield", "table",
            "protocol",
            "scope", "metric", "priority", "preference", "dev", "oif", "onlink", "encap", "expires", "realms",
            "features", "congctl", "pref", "ttl-propagate", "nexthop", "no_track", "track_group", "vrf",
            "add",
            "prepend", "append",
        ]

    private mutating func take(_ word: Word, _ findings: Findings) {
        switch word.text {
        case "inet": family = .ipv4
        case "inet6": family = .ipv6
        case "via": takeGateway()
        case "gw", "or":
            findings.report(
                .warning, "deprecated", at: word, "'\(word.text)' is a former name", hint: "write 'via'")
            if word.text == "or", result.route.gateway != nil { takeSecondGateway() } else { takeGateway() }
        case "src": result.route.preferredSource = line.address()
        case "from":
            optionOfIPv6 = word
            if let value = line.value() { result.route.source = line.prefix(value) }
        case "tos", "dsfield": result.route.typeOfService = line.number(0...255) ?? 0
        case "table": result.route.table = line.table() ?? 254
        case "protocol":
            protocolWord = word
            result.route.protocolNumber = line.routingProtocol() ?? 18
        case "scope": result.route.scope = line.scope()
        case "metric", "priority", "preference": result.route.priority = line.number(0...UInt32.max)
        case "dev", "oif": result.route.interface = line.interface(of: owner)
        case "onlink": result.route.isOnLink = true
        case "expires":
            optionOfIPv6 = word
            result.route.expiresSeconds = line.number(0...UInt32.max)
        case "realms": result.route.realms = line.realms()
        case "nexthop": takeNextHop()
        case "no_track": result.isTracked = false
        case "add", "append", "prepend": break
        case "track_group": result.trackGroup = line.trackGroup(of: owner)
        case "encap", "as", "vrf": line.leaveOut(word)
        default: takeRarer(word)
        }
    }

    private mutating func takeRarer(_ word: Word) {
        switch word.text {
        case "features":
            guard let value = line.value() else { return }
            guard value.text == "ecn" else { return line.fail(value, "the only feature is 'ecn'") }
            result.route.metrics.append(RouteMetric(kind: Self.featuresMetric, value: .number(1)))
        case "congctl":
            let isLocked = takeLock()
            guard let value = line.value() else { return }
            result.route.metrics.append(
                RouteMetric(kind: Self.congestionMetric, value: .text(value.text), isLocked: isLocked))
        case "pref":
            optionOfIPv6 = word
            guard let value = line.value() else { return }
            let preferences: [String: UInt8] = ["low": 3, "medium": 0, "high": 1]
            guard let preference = preferences[value.text] else {
                return line.fail(value, "pref is low, medium or high")
            }
            result.route.preference = preference
        case "ttl-propagate":
            guard let value = line.value() else { return }
            guard ["enabled", "disabled"].contains(value.text) else {
                return line.fail(value, "ttl-propagate is enabled or disabled")
            }
            result.route.propagatesTTL = value.text == "enabled"
        default:
            if let kind = Self.metrics[word.text] { return takeMetric(kind, word) }
            if let type = Self.types[word.text], !hasDestination { return result.route.type = type }
            takeDestination(word)
        }
    }

    private mutating func takeDestination(_ word: Word) {
        var word = word
        if word.text == "to", let value = line.value() { word = value }
        guard !hasDestination else { return line.unknown(word, Self.options) }
        guard word.text == "default" || IPAddress(word.text.split(separator: "/").first ?? "") != nil else {
            return line.unknown(word, Self.options)
        }
        hasDestination = true
        result.route.destination = line.prefix(word)
        if word.text == "::/0" { family = .ipv6 }
    }

    private mutating func takeLock() -> Bool {
        guard line.peek?.text == "lock" else { return false }
        _ = line.next()
        return true
    }

    /// Times may carry `ms` or `s`; the kernel counts `rtt` in eighths, `rttvar` in quarters of milliseconds.
    private mutating func takeMetric(_ kind: UInt16, _ word: Word) {
        let isLocked = takeLock()
        guard let value = line.value() else { return }
        let isTime = ["rtt", "rttvar", "rto_min"].contains(word.text)
        var text = value.text[...]
        var factor: UInt32 = 1
        if isTime, text.hasSuffix("ms") {
            text = text.dropLast(2)
        } else if isTime, text.hasSuffix("s") {
            text = text.dropLast()
            factor = 1000
        }
        if word.text == "rtt" { factor *= 8 }
        if word.text == "rttvar" { factor *= 4 }
        guard let number = UInt32(text), !number.multipliedReportingOverflow(by: factor).overflow else {
            let message = "'\(value.text)' is no value of '\(word.text)'"
            return value.isDecimal ? line.refuse(value, message) : line.fail(value, message)
        }
        if let limit = Self.limits[word.text], number > limit {
            return line.refuse(value, "\(word.text) must be 0 to \(limit), not '\(number)'")
        }
        result.route.metrics.append(
            RouteMetric(kind: kind, value: .number(number * factor), isLocked: isLocked))
    }

    // MARK: Ways

    private mutating func takeFamily() {
        guard let text = line.peek?.text, text == "inet" || text == "inet6" else { return }
        namesGatewayFamily = true
        _ = line.next()
    }

    private mutating func takeGateway() {
        takeFamily()
        result.route.gateway = line.address()
    }

    /// The former way to write two gateways.
    private mutating func takeSecondGateway() {
        var first = NextHop()
        first.gateway = result.route.gateway
        var second = NextHop()
        second.gateway = line.address()
        result.route.gateway = nil
        result.route.nextHops = [first, second]
    }

    private mutating func takeNextHop() {
        var hop = NextHop()
        while line.isUsable, let word = line.peek, word.text != "nexthop" {
            guard ["via", "dev", "weight", "onlink", "realms"].contains(word.text) else { break }
            _ = line.next()
            switch word.text {
            case "via":
                takeFamily()
                hop.gateway = line.address()
            case "dev": hop.interface = line.interface(of: owner)
            case "weight": hop.weight = line.number(1...256) ?? 1
            case "onlink": hop.isOnLink = true
            default: hop.realms = line.realms()
            }
        }
        result.route.nextHops.append(hop)
    }
}
