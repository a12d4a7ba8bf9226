// Where dumps go: keepalived's places and names.

import Configuration
import Linux

/// A kind of dump.
enum Dump {
    case state, statistics, json

    fileprivate var suffix: String {
        switch self {
        case .state: "data"
        case .statistics: "stats"
        case .json: "json"
        }
    }

    /// `/tmp/keepalived.data` and the like, or what the configuration says: a path, or a directory with a slash at
    /// its end. The instance's and namespace's names are parts of the name where that is asked for.
    func path(_ configuration: Configuration) -> String {
        let dumps = configuration.global.dumps
        let configured: String? =
            switch self {
            case .state: dumps.state
            case .statistics: dumps.statistics
            case .json: dumps.json
            }
        var name = "keepalived"
        if dumps.namesInstance {
            let process = configuration.process
            for part in [process.networkNamespace, process.instance].compactMap({ $0 }) { name += "_\(part)" }
        }
        name += ".\(suffix)"
        guard let configured else { return "\(Environment["TMPDIR"] ?? "/tmp")/\(name)" }
        return configured.hasSuffix("/") ? configured + name : configured
    }
}
