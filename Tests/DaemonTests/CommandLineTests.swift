// keepalived's command lines start batond.

import Daemon
import Testing

@Suite struct CommandLineTests {
    private func parse(_ line: String) throws -> CommandLineOptions {
        try CommandLineParser.parse(line.split(separator: " ").map(String.init))
    }

    @Test(arguments: [
        "-f /etc/x.conf -n -l -D", "-nlDf /etc/x.conf", "-nlD -f/etc/x.conf",
        "--use-file=/etc/x.conf --dont-fork --log-console --log-detail",
        "--use-file /etc/x.conf --dont-fork --log-console --log-detail",
    ])
    func spellings(_ line: String) throws {
        let options = try parse(line)
        #expect(options.configurationFile == "/etc/x.conf")
        #expect(options.staysInForeground && options.logsToConsole && options.detail == 1)
    }

    @Test func files() throws {
        let options = try parse("-p /run/a.pid -r /run/b.pid -c /run/c.pid -b /run/d.pid")
        #expect(options.pidFile == "/run/a.pid" && options.vrrpPidFile == "/run/b.pid")
        #expect(options.ignored == ["--checkers_pid", "--bfd_pid"])
    }

    @Test(
        arguments: [
            ("-S 3", 19 << 3), ("-S local3", 19 << 3), ("-S daemon", 3 << 3), ("-S user", 1 << 3),
        ] as [(String, Int32)])
    func facilities(_ line: String, _ facility: Int32) throws {
        #expect(try parse(line).syslogFacility == facility)
    }

    @Test func modes() throws {
        #expect(try parse("-t").mode == .checkConfiguration(log: nil))
        #expect(try parse("-t=/tmp/log").mode == .checkConfiguration(log: "/tmp/log"))
        #expect(try parse("--config-test=/tmp/log").mode == .checkConfiguration(log: "/tmp/log"))
        #expect(try parse("--signum=DATA").mode == .signalNumber("DATA"))
        #expect(try parse("-v").mode == .version)
        #expect(try parse("-DD").detail == 2)
        #expect(try parse("-P -C -B -I -x -m").ignored.count == 6)
    }

    @Test(arguments: ["-Z", "--nonsense", "-f", "-u 9", "-S local9", "stray", "-n=1x"])
    func mistakes(_ line: String) {
        #expect(throws: CommandLineError.self) { try parse(line) }
    }
}
