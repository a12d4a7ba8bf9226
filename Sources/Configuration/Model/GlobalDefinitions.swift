// `global_defs`, after defaults.

import Wire

/// The settings of `global_defs` that this release acts on.
package struct GlobalDefinitions: Sendable, Equatable {
    /// Nil: the host's name.
    package var routerID: String?
    package var mail = MailSettings()
    package var script = ScriptDefaults()
    package var scheduling = SchedulingSettings()
    /// Default group of IPv4 advertisements.
    package var multicastGroup4 = IPAddress.vrrpGroup4
    /// Default group of IPv6 advertisements.
    package var multicastGroup6 = IPAddress.vrrpGroup6
    package var fifo = FIFOSettings()
    package var dumps = DumpSettings()
    package var firewall = FirewallSettings()
    /// `vrrp_garp_interval`, `vrrp_gna_interval`: for interfaces without a `garp_group`.
    package var pace = AnnouncementPace()
    /// `dynamic_interfaces`: an interface may be missing at start.
    package var allowsMissingInterfaces = false
    /// `vrrp_startup_delay`: nothing is sent or taken for this long after start.
    package var startupDelay: Duration = .zero
    /// `vrrp_delay_after_boot`: nothing is sent or taken for this long after the machine started.
    package var bootDelay: Duration = .zero
    /// `log_unknown_vrids`
    package var logsUnknownVRIDs = false
    /// `disable_local_igmp`
    package var disablesLocalIGMP = false
    /// `default_interface`: where static addresses without `dev` go.
    package var defaultInterface = "eth0"
    /// Statements that have no effect in this release.
    package var inert: [InertStatement] = []
    /// `vmac_addr_prefix`: how the names of single addresses' interfaces begin; at most 5 octets.
    package var addressLinkPrefix = "vrrp"
    /// `umask`; nil: unchanged.
    package var umask: UInt32?

    package init() {}
}

/// Where notification mail goes.
package struct MailSettings: Sendable, Equatable {
    /// `notification_email`, one address each, as written.
    package var recipients: [String] = []
    /// `notification_email_from`; nil: user@host of this machine.
    package var from: String?
    /// Host name or address of the relay; nil: no mail can be sent.
    package var server: String?
    package var port: UInt16 = 25
    package var connectTimeout: Duration = .seconds(30)
    /// `smtp_helo_name`; nil: the host's name.
    package var heloName: String?
    /// `no_email_faults`
    package var omitsFaults = false

    package init() {}
}

/// As whom scripts run.
package struct ScriptDefaults: Sendable, Equatable {
    /// `script_user`; nil: `keepalived_script` if that user exists, else the daemon's own user.
    package var user: ScriptUser?
    /// `enable_script_security`.
    package var isSecurityEnabled = false
    /// `startup_script`: run before anything else.
    package var startup: ScriptCommand?
    /// `shutdown_script`: run after everything else.
    package var shutdown: ScriptCommand?
    /// 1...1000.
    package var startupTimeoutSeconds = 10
    package var shutdownTimeoutSeconds = 10

    package init() {}
}

/// A user and group by name or number, as written.
package struct ScriptUser: Sendable, Equatable {
    package var user: String
    /// Nil: the user's own group.
    package var group: String?

    package init(user: String, group: String? = nil) {
        self.user = user
        self.group = group
    }
}

/// Scheduling of the process that speaks VRRP.
package struct SchedulingSettings: Sendable, Equatable {
    /// `vrrp_rt_priority` 1...99; nil: the built-in default.
    package var realtimePriority: Int?
    /// `vrrp_rlimit_rttime` in microseconds; nil: the built-in default.
    package var realtimeLimitMicroseconds: Int?
    /// `vrrp_priority` (nice), -20...19; nil: unchanged.
    package var niceness: Int?
    /// `vrrp_no_swap`.
    package var locksMemory = false
    /// `vrrp_cpu_affinity`; empty: all.
    package var cpuAffinity: [Int] = []

    package init() {}
}
