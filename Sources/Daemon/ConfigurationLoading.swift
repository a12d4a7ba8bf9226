// Reading and checking the configuration file, for every role that needs it.

import Configuration
import Linux

enum ConfigurationLoading {
    /// Reads and parses the file; what is wrong with it on this host is added.
    static func load(_ path: String, checksInterfaces: Bool) -> ParsedConfiguration {
        var parsed = ConfigurationParser.parse(path: path) { (path) throws(SourceFailure) in
            do throws(SystemError) {
                return try FileSystem.read(path)
            } catch {
                throw SourceFailure(reason: error.reason)
            }
        }
        guard checksInterfaces, let links = try? RouteSocket().links() else { return parsed }
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

extension Diagnostic.Severity {
    fileprivate var priority: LogPriority {
        switch self {
        case .note: .info
        case .warning: .warning
        case .error, .fatal: .error
        }
    }
}
