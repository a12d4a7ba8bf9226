// One process's log: to syslog, to the console, or both, as the command line says.

import Linux

/// Writes log lines to every sink that is configured.
final class Logger {
    private let sinks: [any LogSink]
    let logsDetail: Bool

    /// `role`: "Baton", "Baton_vrrp", "Baton_runner".
    init(_ options: CommandLineOptions, role: String) {
        var sinks: [any LogSink] = []
        if options.logsToConsole { sinks.append(ConsoleSink()) }
        if !options.avoidsSyslog, !options.logsToConsole || !options.staysInForeground {
            sinks.append(SyslogSink(ident: role, facility: options.syslogFacility))
        }
        self.sinks = sinks
        logsDetail = options.detail > 0
    }

    func log(_ priority: LogPriority, _ text: String) {
        for sink in sinks { sink.write(priority, text) }
    }
}
