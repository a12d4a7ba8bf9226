// The front door: a text in, the typed model and every problem out.

import Election
import Wire

/// What a configuration file came to.
package struct ParsedConfiguration: Sendable {
    package var configuration: Configuration
    /// In the order of the text, each once.
    package var diagnostics: [Diagnostic]
    /// The octets of each file that was read, by name: for showing lines.
    package var sources: [String: [UInt8]]

    /// The daemon must not start with it.
    package var isFatal: Bool { diagnostics.contains { $0.severity == .fatal } }
}

package enum ConfigurationParser {
    /// Reads the file, or the files that match a pattern, and all that they include.
    package static func parse(
        path: String, files: SourceFiles, options: SourceOptions = SourceOptions()
    ) -> ParsedConfiguration {
        let matches = IncludePattern.hasWildcard(path) ? files.matches(path) : [path]
        guard !matches.isEmpty else { return unreadable("no file matches \(path)") }
        var preprocessor = Preprocessor(files: files, options: options)
        for match in matches {
            do throws(SourceFailure) {
                preprocessor.read(try files.read(match), file: match)
            } catch {
                return unreadable("cannot read \(match): \(error.reason)")
            }
        }
        return parse(preprocessor)
    }

    private static func unreadable(_ message: String) -> ParsedConfiguration {
        let diagnostic = Diagnostic(
            code: SourceFailure.code, severity: .fatal, location: nil, message: message)
        return ParsedConfiguration(configuration: Configuration(), diagnostics: [diagnostic], sources: [:])
    }

    package static func parse(text: String, name: String = "text") -> ParsedConfiguration {
        parse(octets: Array(text.utf8), name: name)
    }

    /// A text that stands alone; what it includes is read through `files`.
    package static func parse(
        octets: [UInt8], name: String, files: SourceFiles = .none, options: SourceOptions = SourceOptions()
    ) -> ParsedConfiguration {
        var preprocessor = Preprocessor(files: files, options: options)
        preprocessor.read(octets, file: name)
        return parse(preprocessor)
    }

    private static func parse(_ preprocessor: Preprocessor) -> ParsedConfiguration {
        let findings = Findings()
        findings.add(preprocessor.diagnostics)
        let (statements, problems) = BlockParser.parse(preprocessor.lines)
        findings.add(problems)
        var configuration = Configuration()
        var global = GlobalReader()
        for statement in statements where statement.keyword.text == "global_defs" {
            BlockReader.read(
                statement.block ?? [], into: &global, keywords: GlobalReader.keywords,
                known: KnownKeywords.global, block: "global_defs", findings)
        }
        configuration.global = global.definitions
        let assembler = InstanceAssembler(global: global, findings: findings)
        for statement in statements {
            read(statement, assembler, into: &configuration, findings)
        }
        Consistency.check(configuration, statements, findings)
        return ParsedConfiguration(
            configuration: configuration,
            diagnostics: findings.diagnostics.inOrder(of: preprocessor.fileNames),
            sources: preprocessor.sources)
    }

    private static func read(
        _ statement: Statement, _ assembler: InstanceAssembler, into configuration: inout Configuration,
        _ findings: Findings
    ) {
        switch statement.keyword.text {
        case "global_defs": break
        case "vrrp_instance":
            guard let name = statement.argument(0, findings) else { return }
            statement.expectArguments(atMost: 1, findings)
            var reader = InstanceReader(name: name)
            BlockReader.read(
                statement.block ?? [], into: &reader, keywords: InstanceReader.keywords,
                known: KnownKeywords.instance, block: "vrrp_instance", findings)
            if let instance = assembler.assemble(reader) { configuration.instances.append(instance) }
        case let name where KnownKeywords.root.contains(name):
            BlockReader.reportUnsupported(statement, findings)
        default:
            let words = Array(KnownKeywords.root) + ["global_defs", "vrrp_instance"]
            BlockReader.reportUnknown(statement, words, "this place (outside every block)", findings)
        }
    }
}

extension [Diagnostic] {
    /// By place, each once; those without a place first.
    fileprivate func inOrder(of files: [String]) -> [Diagnostic] {
        var seen: Set<Diagnostic> = []
        let ranks = Dictionary(files.enumerated().map { ($1, $0) }) { first, _ in first }
        let unique = filter { seen.insert($0).inserted }
        return unique.enumerated().sorted { left, right in
            let places = (left.element.location, right.element.location)
            guard let first = places.0 else { return places.1 != nil || left.offset < right.offset }
            guard let second = places.1 else { return false }
            return (ranks[first.file] ?? 0, first.line, first.column, left.offset)
                < (ranks[second.file] ?? 0, second.line, second.column, right.offset)
        }.map(\.element)
    }
}
