// What an earlier life of the daemon left in the kernel when all its processes were killed, also what the configuration
// does not name any more. Looked for by the guard, before it starts anything.

import Configuration
import Glibc
import Linux

enum Leftovers {
    /// Held for the daemon's life: says to others in the same network namespace that what bears the mark is not left over.
    /// Nil: another daemon is alive. The name is one of the network namespace's, not of a file system's.
    static func claimPresence() -> SequencedListener? { try? SequencedListener(path: "@batond") }

    /// The caller MUST be the only daemon in its network namespace. Routes and rules bear keepalived's protocol: they stay
    /// where one is at work, and where the configuration wants some for ever, which must not be interrupted.
    static func remove(_ configuration: Configuration, _ options: CommandLineOptions, _ logger: Logger) {
        guard !options.keepsAddresses, isFree(options.vrrpPidFile) else { return }
        let permanent = configuration.permanent
        let withRouting =
            permanent.routes.isEmpty && permanent.rules.isEmpty
            && !isAlive("/run/keepalived.pid", butNot: options.pidFile)
        do throws(SystemError) {
            let routes = try RouteSocket(isStrict: true)
            let things = routes.marked(withRouting: withRouting) {
                logger.log(.warning, "looking for what an earlier life left: \($0)")
            }
            guard !things.isEmpty else { return }
            logger.log(
                .warning,
                "an earlier life left \(things.addresses.count) addresses, \(things.routes.count) routes,"
                    + " \(things.rules.count) rules and \(things.links.count) interfaces: removing them")
            for failure in routes.remove(things) { logger.log(.error, "removing it: \(failure)") }
        } catch {
            logger.log(.error, "cannot look for what an earlier life left: \(error)")
        }
    }

    /// A VRRP process whose main process was killed may still be about to leave in order.
    private static func isFree(_ path: String) -> Bool {
        do throws(SystemError) {
            _ = try PIDFile(path)
            return true
        } catch {
            return error.errno != EWOULDBLOCK
        }
    }

    private static func isAlive(_ path: String, butNot own: String) -> Bool {
        guard path != own, let octets = try? FileSystem.read(path, limit: 64) else { return false }
        let number = Int32(String(decoding: octets.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self))
        return number.map { $0 > 0 && kill($0, 0) == 0 } ?? false
    }
}
