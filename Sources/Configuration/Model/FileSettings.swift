// Files and firewall tables that the daemon writes: named pipes for events, dumps, nftables.

/// Named pipes that tell of every change of state, a line each.
package struct FIFOSettings: Sendable, Equatable {
    /// A pipe, its owner, and the program that reads it.
    package struct Pipe: Sendable, Equatable {
        package var path: String
        package var owner: ScriptUser?
        /// Started with the path as its last argument.
        package var reader: ScriptCommand?

        package init(path: String, owner: ScriptUser? = nil, reader: ScriptCommand? = nil) {
            self.path = path
            self.owner = owner
            self.reader = reader
        }
    }
    /// `notify_fifo`
    package var all: Pipe?
    /// `vrrp_notify_fifo`
    package var vrrp: Pipe?
    /// `fifo_write_vrrp_states_on_reload`
    package var repeatsStatesOnReload = false

    package init() {}

    /// The pipes that are told of virtual routers.
    package var pipes: [Pipe] { [all, vrrp].compactMap { $0 } }
}

/// Where dumps go; nil: the customary place. A path that ends in a slash is a directory.
package struct DumpSettings: Sendable, Equatable {
    /// `state_dump_file`
    package var state: String?
    /// `stats_dump_file`
    package var statistics: String?
    /// `json_dump_file`
    package var json: String?
    /// `json_version`, 1 or 2.
    package var jsonVersion = 1
    /// `data_use_instance`: the names carry the instance's and the network namespace's name.
    package var namesInstance = false

    package init() {}
}

/// The nftables table for `no_accept` and virtual MACs.
package struct FirewallSettings: Sendable, Equatable {
    /// `nftables`
    package var table = "keepalived"
    /// `nftables_priority`
    package var priority: Int32 = -1
    /// `nftables_counters`
    package var countsPackets = false

    package init() {}
}
