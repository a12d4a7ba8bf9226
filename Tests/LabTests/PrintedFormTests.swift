// The printed form of real files, judged by keepalived itself: it accepts it wherever it accepts the original.

import Configuration
import Election
import Foundation
import Glibc
import Lab
import Linux
import Testing

@Suite(.serialized) struct PrintedFormTests {
    private static let corpus = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appending(path: "shared/corpus")

    private static let accepted: [String] = {
        let text = (try? String(contentsOf: corpus.appending(path: "index.tsv"), encoding: .utf8)) ?? ""
        return text.split(separator: "\n").dropFirst().compactMap { row in
            let fields = row.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
            return fields.count > 7 && fields[7] == "accept" ? fields[0] : nil
        }
    }()

    private func names(_ configuration: Configuration) -> [String] {
        let instances = configuration.instances.flatMap { instance in
            [instance.interface].compactMap { $0 }
                + (instance.addresses + instance.excludedAddresses).compactMap(\.interface)
                + instance.router.trackers.filter { $0.kind == .trackedInterface }.map(\.name)
        }
        return instances.filter { name in
            name.utf8.count <= 15
                && name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || ".-_".contains($0)) }
        }
    }

    @Test(.timeLimit(.minutes(4)), .enabled(if: !accepted.isEmpty)) func keepalivedAcceptsWhatIsPrinted()
        throws
    {
        let host = try LabHost("judge")
        var parsed: [(file: String, original: String, printed: String)] = []
        var interfaces: Set<String> = ["lo"]
        for file in Self.accepted {
            let octets = Array(try Data(contentsOf: Self.corpus.appending(path: "conf/\(file)")))
            let result = ConfigurationParser.parse(octets: octets, name: file)
            let text = String(decoding: octets, as: UTF8.self)
            // Conditions, random numbers and load balancing mean something else, or nothing, on another host.
            guard !result.isFatal, !text.contains("@"), !text.contains("_RANDOM"),
                !text.contains("virtual_server"),
                !text.contains("include"), result.configuration.process.networkNamespace == nil
            else { continue }
            for name in names(result.configuration) where interfaces.insert(name).inserted {
                _ = try host.run("ip link add \(name) type bridge && ip link set \(name) up")
            }
            parsed.append((file, text, ConfigurationPrinter.print(result.configuration, showsSecrets: true)))
        }
        #expect(parsed.count > 60)
        var worse: [String] = []
        var different: [String] = []
        var compared = 0
        for (file, original, printed) in parsed {
            try host.write(original, to: "/run/lab/original.conf")
            try host.write(printed, to: "/run/lab/printed.conf")
            func judge(_ name: String) throws -> CommandResult {
                try host.run(
                    "timeout 10 unshare -p -f --mount-proc keepalived -t -f /run/lab/\(name).conf 2>&1")
            }
            let before = try judge("original")
            let after = try judge("printed")
            if before.status.isSuccess, original.contains("vrrp_instance"),
                let meant = try dump("original", on: host)
            {
                compared += 1
                let read = try dump("printed", on: host) ?? []
                if meant != read {
                    let change = read.difference(from: meant).prefix(6).map { "\($0)" }
                    different.append("\(file): \(change.joined(separator: " | "))")
                }
            }
            if before.status.isSuccess, !after.status.isSuccess {
                worse.append(
                    "\(file): \(after.output.split(separator: "\n").prefix(3).joined(separator: " | "))")
            }
        }
        print(
            "keepalived on printed files: \(parsed.count) files, \(worse.count) worse than the original; "
                + "\(compared) dumps, \(different.count) different")
        #expect(worse.isEmpty, "\(worse.joined(separator: "\n"))")
        #expect(compared >= 50)
        #expect(different.isEmpty, "\(different.joined(separator: "\n"))")
    }

    private static let instanceDefaults = [" VRRP default protocol version"]

    /// What keepalived says at start of the configuration `file` (`-d`), up to the interfaces of the host; nil if it does
    /// not get so far.
    ///
    /// Defaults of instances are left out: the printed form says each instance's own value instead.
    ///
    /// The scripts of strangers' configurations find no process but keepalived and a file system that cannot be written.
    private func dump(_ file: String, on host: LabHost) throws -> [Substring]? {
        let output = try host.run(
            """
            rm -f /run/lab/dump; mkfifo /run/lab/dump
            unshare -p -f -m --kill-child --mount-proc sh -c '
                mount --bind / / && mount -o remount,bind,ro / && mount -t tmpfs none /run/lock
                exec keepalived -P -n -l -d -p /run/lock/p -r /run/lock/r -f /run/lab/\(file).conf' > /run/lab/dump 2>&1 &
            timeout 5 sed '/< Interfaces >/q' /run/lab/dump
            kill -KILL $!; wait
            """
        ).output
        guard output.contains("< Interfaces >") else { return nil }
        // Each line begins with the time of day; those of the dump are indented or titles.
        return output.split(separator: "\n").compactMap { line in
            line.range(of: #"^\w+ \w+ +\d+ [\d:]+ \d+: "#, options: .regularExpression)
                .map { line[$0.upperBound...] }
        }.filter { line in
            (line.hasPrefix(" ") || line.hasPrefix("-")) && !line.contains("/run/lab/")
                && !Self.instanceDefaults.contains { line.hasPrefix($0) }
        }
    }
}
