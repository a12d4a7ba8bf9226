// The course of the demonstration, act by act.

import Glibc
import Lab
import Linux
import Wire

/// Prints a line at once, whatever standard output is.
func print(_ line: String) {
    _ = Array("\(line)\n".utf8).withUnsafeBytes { write(1, $0.baseAddress, $0.count) }
}

/// Two hosts, a client, and what happens to them.
final class DemoStage {
    private let network: Network
    private let hosts: [LabHost]
    private let client: LabHost
    private let daemons: [KeepalivedLike]
    private let inbox = MailSink()
    private let observer: Observer
    private let watches: [AddressWatch]
    private let virtualAddress = DemoConfiguration.virtualAddress
    private var webServers: [HostProcess] = []
    private var mailsShown = 0

    init(program: String) throws {
        print("Making two hosts and a client on a bridge ...")
        network = try Network()
        let first = try network.addHost("lb1", number: 133)
        let second = try network.addHost("lb2", number: 134)
        hosts = [first, second]
        client = try network.addHost("client", number: 10)
        try inbox.start(on: client, port: UInt16(DemoConfiguration.mailPort))
        observer = try Observer(on: client)
        watches = try hosts.map { try AddressWatch(on: $0) }
        daemons = [
            try KeepalivedLike(
                program, on: first,
                configuration: DemoConfiguration.text(state: "MASTER", priority: 100),
                flags: Self.flags(program)),
            try KeepalivedLike(
                program, on: second,
                configuration: DemoConfiguration.text(state: "BACKUP", priority: 90),
                flags: Self.flags(program)),
        ]
    }

    private static func flags(_ program: String) -> [String] {
        program.hasSuffix("batond") ? ["--spool", "/run/lab/spool"] : []
    }

    func play() throws {
        signal(SIGINT) { _ in
            // The namespaces' holders end with this process, and everything in them with the holders.
            _exit(130)
        }
        defer {
            observer.stop()
            for watch in watches { watch.stop() }
        }
        try startWebServers()
        try elect()
        try showAddresses()
        try act("kill -TERM of the daemon on lb1 (a planned stop)", limit: 0.7) {
            try daemons[0].stop()
            return hosts[1]
        }
        try failBack { try daemons[0].start() }
        try act("power-off of lb1 (its network port goes down)", limit: 3.7) {
            try network.cut(hosts[0])
            return hosts[1]
        }
        try failBack { try network.mend(hosts[0]) }
        for daemon in daemons { try daemon.stop() }
        print("\nDone: the address moved, came back, and the page was there.")
    }

    // MARK: Setting the scene

    private func startWebServers() throws {
        for host in hosts {
            let page = "served by \(host.name)"
            guard let nginx = Command.find("nginx") else {
                try BuiltInPage.start(on: host, text: page)
                continue
            }
            try host.check("mkdir -p /run/lab/www && echo '\(page)' > /run/lab/www/index.html")
            try host.write(
                """
                daemon off; user root; worker_processes 1; pid /run/lab/nginx.pid; error_log stderr;
                events { worker_connections 64; }
                http { access_log off; server { listen 80; root /run/lab/www; } }

                """, to: "/run/lab/nginx.conf")
            webServers.append(
                try host.start(
                    [nginx, "-e", "stderr", "-c", "/run/lab/nginx.conf"], log: "/run/lab/nginx.log"))
        }
        print("Each host has a web server (\(webServers.isEmpty ? "built in" : "nginx")).")
    }

    private func elect() throws {
        print("Starting the daemons: lb1 with priority 100, lb2 with priority 90 ...")
        for daemon in daemons { try daemon.start() }
        try Wait.until(seconds: 10, "lb1 does not become master\n\(daemons[0].log)\n\(daemons[1].log)") {
            hosts[0].hasAddress(virtualAddress) && !hosts[1].hasAddress(virtualAddress)
        }
        for line in daemons[0].log.split(separator: "\n") where line.contains("warning:") {
            print("lb1 says: \(line.split(separator: ": ", maxSplits: 1).last ?? line)")
        }
    }

    private func showAddresses() throws {
        for host in hosts {
            print("\n\(host.name)# ip addr show eth0")
            let text = try host.check("ip -4 addr show eth0")
            for line in text.split(separator: "\n") { print("    \(line)") }
        }
        print("\nclient# curl http://\(virtualAddress)/")
        print("    \(try page())")
    }

    private func page() throws -> String {
        try Wait.value(seconds: 3, "the page does not answer") {
            HTTPClient.get(virtualAddress, from: client)?.split(separator: "\n").first.map(String.init)
        }
    }

    // MARK: Acts

    /// Does something to the master and tells what the client saw; `limit` is the longest outage in seconds.
    private func act(_ title: String, limit: Double, _ body: () throws -> LabHost) throws {
        print("\n--- \(title)")
        let prober = try Prober(from: client, target: try address())
        try Wait.until(seconds: 3, "the address does not answer") { prober.isAnswered }
        let moment = RealtimeClock.nanoseconds
        let successor = try body()
        try Wait.until(seconds: 10, "\(successor.name) does not take over") {
            successor.hasAddress(virtualAddress)
        }
        try Wait.until(seconds: 5, "the address does not answer any more") { prober.isAnswered }
        usleep(300_000)
        let report = prober.stop()
        tell(report, since: moment, successor)
        print("    page:    \(try page())")
        try showMail()
        let outage = report.longestOutage(since: moment)
        guard outage < limit * 1000 else { throw LabError("the outage of \(outage) ms is too long") }
    }

    private func failBack(_ body: () throws -> Void) throws {
        try act("lb1 comes back and takes over by its priority", limit: 0.25) {
            try body()
            try Wait.until(seconds: 10, "lb1 does not come back\n\(daemons[0].log)") {
                hosts[0].hasAddress(virtualAddress) && !hosts[1].hasAddress(virtualAddress)
            }
            return hosts[0]
        }
    }

    private func address() throws -> IPAddress {
        guard let address = IPAddress(virtualAddress) else { throw LabError("no address") }
        return address
    }

    /// The timeline in milliseconds since the act.
    private func tell(_ report: ProbeReport, since moment: Int64, _ successor: LabHost) {
        let number = successor === hosts[0] ? "133" : "134"
        let sightings = observer.sightings.filter { $0.moment >= moment }
        let advertised = sightings.first {
            guard case .advertisement(let source, _, let priority) = $0.kind else { return false }
            return source.description.hasSuffix(number) && priority > 0
        }
        let farewell = sightings.first {
            guard case .advertisement(_, _, 0) = $0.kind else { return false }
            return true
        }
        let announced = sightings.first { sighting in
            guard case .announcement(let address, _) = sighting.kind else { return false }
            return address.description == virtualAddress && sighting.moment >= advertised?.moment ?? 0
        }
        let watch = watches[successor === hosts[0] ? 0 : 1]
        let installed = (try? address()).flatMap { watch.appearance(of: $0, since: moment) }
        let gap = report.gaps.filter { $0.end >= moment }.max { $0.milliseconds < $1.milliseconds }
        let entries: [(String, Int64?)] = [
            ("the old master says goodbye (priority 0)", farewell?.moment),
            ("last answer", gap?.start), ("first advertisement of \(successor.name)", advertised?.moment),
            ("\(successor.name) has the address", installed),
            ("\(successor.name) announces the address", announced?.moment), ("first answer", gap?.end),
        ]
        for (text, time) in entries.sorted(by: { $0.1 ?? .max < $1.1 ?? .max }) {
            guard let time else { continue }
            print("    \(milliseconds(time - moment)) ms  \(text)")
        }
        let outage = gap.map(\.milliseconds) ?? 0
        print(
            "    outage:  \(Int(outage.rounded())) ms, \(report.lost) of \(report.probes.count) probes unanswered"
        )
    }

    private func milliseconds(_ nanoseconds: Int64) -> String {
        let tenths = nanoseconds / 100_000
        let text = "\(tenths / 10).\(abs(tenths % 10))"
        return String(repeating: " ", count: max(0, 8 - text.count)) + text
    }

    private func showMail() throws {
        try? Wait.until(seconds: 3, "") { inbox.received.count > mailsShown }
        for mail in inbox.received.dropFirst(mailsShown) {
            let subject = mail.first { $0.hasPrefix("Subject: ") } ?? "Subject: ?"
            let to = mail.first { $0.hasPrefix("To: ") } ?? "To: ?"
            print("    mail:    \(subject.dropFirst(9))  (\(to))")
        }
        mailsShown = inbox.received.count
    }
}
