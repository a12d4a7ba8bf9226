// `baton check`: what is wrong with a configuration, as a person reads it or as JSON.

import ArgumentParser
import Configuration
import Daemon
import FoundationEssentials
import Glibc

struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Check configuration files.",
        discussion: """
            Exit status: 0 nothing to complain of, 3 warnings, 4 only interfaces are missing here, 5 errors, \
            6 a file cannot be read.
            """)

    @Argument(help: "The files to check.")
    var files: [String]

    @Flag(help: "Print the findings as JSON.")
    var json = false

    @Option(
        name: [.customShort("i"), .customLong("config-id")],
        help: "Which @ID lines apply; by default the host's name.")
    var configID: String?

    @Flag(name: [.customShort("e"), .long], help: "Every include that finds nothing is an error.")
    var allConfig = false

    @Flag(help: "Interfaces need not exist on this host.")
    var anyInterface = false

    func run() throws {
        let results = files.map { (file: $0, parsed: parse($0)) }
        if json {
            try printJSON(results.flatMap(\.parsed.diagnostics))
        } else {
            for result in results { printText(result.parsed, result.file) }
        }
        let status = results.map { CheckVerdict($0.parsed.diagnostics).exitStatus }.max() ?? 0
        if status != 0 { throw ExitCode(status) }
    }

    private func parse(_ file: String) -> ParsedConfiguration {
        var options = ConfigurationLoading.Options()
        options.configID = configID
        options.checksIncludes = allConfig
        options.checksHost = !anyInterface
        return ConfigurationLoading.load(file, options)
    }

    // MARK: Text

    private func printText(_ parsed: ParsedConfiguration, _ file: String) {
        let text = DiagnosticText(sources: parsed.sources)
        for diagnostic in parsed.diagnostics {
            print(coloured(text.render(diagnostic), diagnostic), terminator: "\n\n")
        }
        let counts = [Diagnostic.Severity.fatal, .error, .warning, .note].map { severity in
            (severity, parsed.diagnostics.count { $0.severity == severity })
        }.filter { $0.1 > 0 }
        let summary = counts.map { "\($0.1) \($0.0.word)\($0.1 == 1 || $0.0 == .fatal ? "" : "s")" }
        let instances = parsed.configuration.instances.count
        print(
            "\(file): \(instances) instance\(instances == 1 ? "" : "s"), "
                + (summary.isEmpty ? "nothing to complain of" : summary.joined(separator: ", ")))
    }

    /// The severity's word in colour, on a terminal that wants it.
    private func coloured(_ text: String, _ diagnostic: Diagnostic) -> String {
        guard isatty(1) == 1, getenv("NO_COLOR") == nil else { return text }
        let colour =
            switch diagnostic.severity {
            case .note: "36"
            case .warning: "33"
            case .error, .fatal: "31"
            }
        let word = "\(diagnostic.severity.word):"
        guard let range = text.firstRange(of: word) else { return text }
        return text[..<range.lowerBound] + "\u{1b}[1;\(colour)m\(word)\u{1b}[0m" + text[range.upperBound...]
    }

    // MARK: JSON

    private struct Finding: Encodable {
        let code: String
        let severity: String
        let file: String?
        let line: Int?
        let column: Int?
        let length: Int?
        let message: String
        let hint: String?
    }

    private func printJSON(_ diagnostics: [Diagnostic]) throws {
        let findings = diagnostics.map {
            Finding(
                code: $0.code, severity: $0.severity.word, file: $0.location?.file, line: $0.location?.line,
                column: $0.location?.column, length: $0.location == nil ? nil : $0.length,
                message: $0.message, hint: $0.hint)
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        print(String(decoding: try encoder.encode(findings), as: UTF8.self))
    }
}
