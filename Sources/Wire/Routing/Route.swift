// An IP route in rtnetlink's terms (rtnetlink(7)). The interface is named: its number is the host's affair.

/// A network: an address and how many of its bits count.
package struct NetworkPrefix: Sendable, Hashable, CustomStringConvertible {
    package var address: IPAddress
    package var length: UInt8

    package init(_ address: IPAddress, _ length: UInt8) {
        self.address = address
        self.length = length
    }

    package var description: String { "\(address)/\(length)" }
}

/// What becomes of packets that take the route: RTN_*.
package enum RouteType: UInt8, Sendable, Hashable, CaseIterable {
    case unicast = 1
    case local, broadcast, anycast, multicast, blackhole, unreachable, prohibit
    case `throw`
    case nat
}

/// One of the route's metrics: RTAX_*.
package struct RouteMetric: Sendable, Hashable {
    package enum Value: Sendable, Hashable {
        case number(UInt32)
        /// `congctl`: a name.
        case text(String)
    }
    package var kind: UInt16
    package var value: Value
    package var isLocked: Bool

    package init(kind: UInt16, value: Value, isLocked: Bool = false) {
        self.kind = kind
        self.value = value
        self.isLocked = isLocked
    }
}

/// One of several ways of a route.
package struct NextHop: Sendable, Hashable {
    package var gateway: IPAddress?
    package var interface: String?
    /// 1...256.
    package var weight: UInt16 = 1
    package var isOnLink = false
    package var realms: UInt32?

    package init() {}
}

package struct Route: Sendable, Hashable {
    package var family: AddressFamily
    package var type = RouteType.unicast
    /// Nil: the default route.
    package var destination: NetworkPrefix?
    package var source: NetworkPrefix?
    package var preferredSource: IPAddress?
    /// May be of the other family (RTA_VIA).
    package var gateway: IPAddress?
    package var interface: String?
    /// 254: main.
    package var table: UInt32 = 254
    /// 18: keepalived's number among routing protocols.
    package var protocolNumber: UInt8 = 18
    /// RT_SCOPE_*; nil: what the type and the gateway call for.
    package var scope: UInt8?
    /// `metric`: the lowest wins.
    package var priority: UInt32?
    package var typeOfService: UInt8 = 0
    package var isOnLink = false
    package var metrics: [RouteMetric] = []
    package var realms: UInt32?
    package var expiresSeconds: UInt32?
    /// `pref` of router advertisements: low 3, medium 0, high 1.
    package var preference: UInt8?
    package var propagatesTTL: Bool?
    package var nextHops: [NextHop] = []

    package init(family: AddressFamily) { self.family = family }

    /// RT_SCOPE_*: global, link for what is reached directly, host for this host's own addresses.
    package var effectiveScope: UInt8 {
        if let scope { return scope }
        guard family == .ipv4 else { return 0 }
        switch type {
        case .local, .nat: return 254
        case .broadcast, .multicast, .anycast: return 253
        case .unicast: return gateway == nil && nextHops.isEmpty ? 253 : 0
        case .blackhole, .unreachable, .prohibit, .throw: return 0
        }
    }

    /// Whether the kernel would take both for the same route: destination, table, priority, type of service and
    /// way are equal. What the kernel fills in by itself (scope, IPv6's priority of 1024) does not count.
    package func isSame(as other: Route) -> Bool {
        family == other.family && type == other.type && table == other.table
            && canonical(destination) == canonical(other.destination)
            && typeOfService == other.typeOfService && gateway == other.gateway
            && (priority ?? defaultPriority) == (other.priority ?? defaultPriority)
    }

    private var defaultPriority: UInt32 { family == .ipv6 ? 1024 : 0 }

    private func canonical(_ prefix: NetworkPrefix?) -> NetworkPrefix? {
        guard let prefix, prefix.length > 0 else { return nil }
        return prefix
    }
}
