// `startup_script` and `shutdown_script`: run by the main process while nothing else runs, and waited for.

import Configuration
import Control
import Glibc
import Linux
import Notification

enum HookScript {
    /// Runs a script to its end, or ends it after its time; says how it went.
    static func run(
        _ command: ScriptCommand, label: String, timeoutSeconds: Int, _ defaults: ScriptDefaults,
        _ logger: Logger
    ) {
        let user = command.user ?? defaults.user
        let request = ScriptRequest(
            lane: "", words: command.words, user: user?.user, group: user?.group,
            timeoutSeconds: UInt32(clamping: timeoutSeconds), label: label,
            requiresSecurity: defaults.isSecurityEnabled)
        guard let reason = SingleScript.run(request) else { return logger.log(.info, "\(label) has run") }
        logger.log(.error, "\(label): \(reason)")
    }
}
