// Settings that stand outside every block, and blocks that are about interfaces.

/// `garp_group`: interfaces that share a limit on announcements.
package struct AnnouncementGroup: Sendable, Equatable {
    package var interfaces: [String] = []
    package var pace = AnnouncementPace()

    package init() {}
}

/// How far apart announcements on an interface are; zero for no limit.
package struct AnnouncementPace: Sendable, Equatable {
    /// Between gratuitous ARP packets.
    package var garpInterval: Duration = .zero
    /// Between unsolicited neighbour advertisements.
    package var gnaInterval: Duration = .zero

    package init() {}
}

/// A line of `interface_up_down_delays`: how long a change of the link must last before it counts.
package struct InterfaceDelay: Sendable, Equatable {
    package var interface: String
    package var down: Duration
    package var up: Duration

    package init(interface: String, down: Duration, up: Duration) {
        self.interface = interface
        self.down = down
        self.up = up
    }
}

/// Which of several daemons on a host this one is.
package struct ProcessIdentity: Sendable, Equatable {
    /// `instance`
    package var instance: String?
    /// `use_pid_dir`
    package var usesPIDDirectory = false
    /// `net_namespace`
    package var networkNamespace: String?

    package init() {}
}
