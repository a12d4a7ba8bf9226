// keepalived's command line: a script that starts keepalived with these flags starts batond.

import Configuration

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
    package var pidFile = Self.defaultPIDFile
    package var vrrpPidFile = Self.defaultVRRPPIDFile
    /// `-s`
    package var networkNamespace: String?
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

    static let defaultPIDFile = "/run/keepalived.pid"
    static let defaultVRRPPIDFile = "/run/vrrp.pid"

    /// What the configuration says of the process itself, as far as the command line does not.
    mutating func adopt(_ configuration: Configuration) {
        let process = configuration.process
        networkNamespace = networkNamespace ?? process.networkNamespace
        let names = [networkNamespace, process.instance].compactMap { $0 }.map { "_\($0)" }.joined()
        guard process.usesPIDDirectory || !names.isEmpty else { return }
        if pidFile == Self.defaultPIDFile { pidFile = "/run/keepalived/keepalived\(names).pid" }
        if vrrpPidFile == Self.defaultVRRPPIDFile { vrrpPidFile = "/run/keepalived/vrrp\(names).pid" }
    }

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
