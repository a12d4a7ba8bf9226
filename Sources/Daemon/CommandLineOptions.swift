// keepalived's command line: a script that starts keepalived with these flags starts batond.

/// What the command line says.
package struct CommandLineOptions: Sendable, Equatable {
    package enum Mode: Sendable, Equatable {
        case run
        /// `-t`
        case checkConfiguration(log: String?)
        /// `--will-start`
        case askWhetherUsable
        case version, help
        /// `--signum`
        case signalNumber(String)
    }
    package var mode: Mode = .run
    package var configurationFile = "/etc/keepalived/keepalived.conf"
    /// `-n`
    package var staysInForeground = false
    /// `-l`
    package var logsToConsole = false
    /// `-D`, once or twice.
    package var detail = 0
    /// `-G`
    package var avoidsSyslog = false
    /// `-S`, as LOG_* shifted: LOG_DAEMON by default.
    package var syslogFacility: Int32 = 3 << 3
    /// `-d`
    package var dumpsConfiguration = false
    /// `-V`
    package var keepsAddresses = false
    /// `-R`
    package var doesNotRespawn = false
    package var pidFile = "/run/keepalived.pid"
    package var vrrpPidFile = "/run/vrrp.pid"
    /// `-i`
    package var configurationID: String?
    /// `-e`
    package var checksIncludes = false
    /// `-u`, as a file mode mask.
    package var umask: UInt32?
    /// `--spool`: where mail waits.
    package var spoolDirectory = "/var/spool/baton"
    /// `--any-interface`: a check does not ask whether interfaces exist here.
    package var allowsAnyInterface = false
    /// Accepted for compatibility, without effect: said once in the log.
    package var ignored: [String] = []

    package init() {}

    /// What the configuration is read with.
    var loading: ConfigurationLoading.Options {
        var loading = ConfigurationLoading.Options()
        loading.configID = configurationID
        loading.checksIncludes = checksIncludes
        loading.checksHost = !allowsAnyInterface
        return loading
    }
}

/// A flag that cannot be understood, in words.
package struct CommandLineError: Error, Equatable, CustomStringConvertible {
    package let description: String
}
