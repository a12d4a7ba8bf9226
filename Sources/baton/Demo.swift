// `baton demo`: two hosts and a client in network namespaces; the master is killed, the address moves,
// and a timeline tells how.

import ArgumentParser
import Glibc
import Lab
import Linux
import Wire

struct Demo: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show a failover: two hosts, one address, the master is killed.",
        discussion: "Everything happens in network namespaces of its own; nothing of this host is changed.")

    @Option(help: "The daemon to run. Default: batond beside this program.")
    var batond: String?

    @Flag(help: "Run Debian's keepalived instead, to compare.")
    var keepalived = false

    func run() throws {
        guard geteuid() == 0 else {
            print("baton demo makes network namespaces: please run it as root.")
            throw ExitCode(1)
        }
        for tool in ["ip", "unshare", "nsenter"] where Command.find(tool) == nil {
            print("baton demo needs the program '\(tool)': apt-get install iproute2 util-linux")
            throw ExitCode(1)
        }
        let program = keepalived ? "/usr/sbin/keepalived" : try daemonPath()
        do {
            try DemoStage(program: program).play()
        } catch let error as LabError {
            print("\nThe demonstration failed: \(error)")
            throw ExitCode(1)
        }
    }

    private func daemonPath() throws -> String {
        let own = Environment.executablePath
        let beside = own.split(separator: "/").dropLast().map { "/\($0)" }.joined() + "/batond"
        let path = batond ?? beside
        guard access(path, X_OK) == 0 else {
            print("there is no daemon at \(path): name it with --batond")
            throw ExitCode(1)
        }
        return path
    }
}
