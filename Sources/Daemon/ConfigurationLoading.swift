// Reading and checking the configuration file, for every role and tool that needs it.

import Configuration
import Linux

package enum ConfigurationLoading {
    /// What a configuration is read with.
    package struct Options: Sendable {
        /// `-i`; nil: the host's name up to its first dot.
        package var configID: String?
        /// `-e`
        package var checksIncludes = false
        /// Interfaces and users must exist on this host.
        package var checksHost = true

        package init() {}
    }

    /// Reads and parses the file and what it includes; what is wrong with it on this host is added.
    package static func load(_ path: String, _ options: Options) -> ParsedConfiguration {
        var source = SourceOptions()
        source.configID =
            options.configID
            ?? Environment.hostName.split(separator: ".").first.map(String.init) ?? Environment.hostName
        source.checksIncludes = options.checksIncludes
        source.workingDirectory = Environment.workingDirectory
        source.environment = { Environment[$0] }
        source.random = { Int.random(in: $0) }
        var parsed = ConfigurationParser.parse(path: path, files: .system, options: source)
        guard options.checksHost, let links = try? RouteSocket().links() else { return parsed }
        parsed.diagnostics += parsed.configuration.diagnostics(onHostWith: links.map(\.name))
        return parsed
    }

    /// Every diagnostic as one log line, its hint behind it.
    static func log(_ parsed: ParsedConfiguration, to logger: Logger) {
        for diagnostic in parsed.diagnostics {
            let hint = diagnostic.hint.map { " (\($0))" } ?? ""
            logger.log(diagnostic.severity.priority, DiagnosticText.line(diagnostic) + hint)
        }
    }
}

extension SourceFiles {
    /// The files of this host.
    fileprivate static let system = SourceFiles(
        read: { (path) throws(SourceFailure) in
            do throws(SystemError) {
                return try FileSystem.read(path)
            } catch {
                throw SourceFailure(reason: error.reason)
            }
        },
        matches: { FileSystem.filesMatching($0) })
}

extension Diagnostic.Severity {
    fileprivate var priority: LogPriority {
        switch self {
        case .note: .info
        case .warning: .warning
        case .error, .fatal: .error
        }
    }
}
