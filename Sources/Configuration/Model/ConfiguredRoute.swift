// Routes and rules as a configuration has them: what the kernel is to hold, and what follows if it does not.

import Wire

/// A line of `virtual_routes` or `static_routes`.
package struct ConfiguredRoute: Sendable, Equatable {
    package var route: Route
    /// Without `no_track`: put back if somebody else removes it.
    package var isTracked = true
    /// `track_group`, of `static_routes` alone.
    package var trackGroup: String?

    package init(_ route: Route) { self.route = route }
}

/// A line of `virtual_rules` or `static_rules`.
package struct ConfiguredRule: Sendable, Equatable {
    package var rule: PolicyRule
    package var isTracked = true
    /// `track_group`, of `static_rules` alone.
    package var trackGroup: String?

    package init(_ rule: PolicyRule) { self.rule = rule }
}

/// What the kernel is to hold as long as the daemon runs: `static_ipaddress`, `static_routes`, `static_rules`.
package struct PermanentEntries: Sendable, Equatable {
    /// Each with its interface.
    package var addresses: [VirtualAddress] = []
    package var routes: [ConfiguredRoute] = []
    package var rules: [ConfiguredRule] = []

    package init() {}

    package var isEmpty: Bool { addresses.isEmpty && routes.isEmpty && rules.isEmpty }
}

/// `track_group`: instances that are in fault while the kernel does not hold the permanent entries of this name.
package struct TrackGroup: Sendable, Equatable {
    package var name: String
    /// Instances by name.
    package var members: [String]

    package init(name: String, members: [String]) {
        self.name = name
        self.members = members
    }
}
