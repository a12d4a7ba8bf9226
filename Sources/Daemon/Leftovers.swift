// What an earlier life of the daemon left in the kernel when all its processes were killed, also what the configuration
// does not name any more.

import Configuration
import Glibc
import Linux

enum Leftovers {
    /// At a true start, before anything is added. Several daemons in one network namespace bear one mark: not for those
    /// (`instance`), and no routes while a keepalived is at work.
    static func remove(_ configuration: Configuration, _ options: CommandLineOptions, _ logger: Logger) {
        guard !options.keepsAddresses, configuration.process.instance == nil else { return }
        do throws(SystemError) {
            let routes = try RouteSocket(isStrict: true)
            let things = try routes.marked(
                withRouting: !isAlive("/run/keepalived.pid", butNot: options.pidFile))
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

    private static func isAlive(_ path: String, butNot own: String) -> Bool {
        guard path != own, let octets = try? FileSystem.read(path, limit: 64) else { return false }
        let number = Int32(String(decoding: octets.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self))
        return number.map { $0 > 0 && kill($0, 0) == 0 } ?? false
    }
}
