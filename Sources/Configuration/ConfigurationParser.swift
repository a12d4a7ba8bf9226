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
    /// For each instance by its place: where each of its keywords stands last.
    var places: [SourceLocation: [String: Diagnostic.Place]] = [:]

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
        let findings = Findings(files: preprocessor.files)
        findings.add(preprocessor.diagnostics)
        let (statements, problems) = BlockParser.parse(
            preprocessor.lines, RootKeywords(all: Set(rootKeywords), withBlock: blockKeywords))
        findings.add(problems)
        var configuration = Configuration()
        var global = GlobalReader()
        var root = RootReader()
        for statement in statements where statement.keyword.text == "global_defs" {
            global.definitions.inert += BlockReader.read(
                statement.block ?? [], into: &global, keywords: GlobalReader.keywords, inert: .global,
                block: "global_defs", findings)
        }
        configuration.global = global.definitions
        var names = DefinedNames()
        for statement in statements { readDefinition(statement, &names, into: &configuration, findings) }
        let tracked = TrackedObjects(configuration)
        let assembler = InstanceAssembler(global: global, tracked: tracked, findings: findings)
        var groups: [GroupReader] = []
        for statement in statements {
            read(statement, assembler, &root, &groups, into: &configuration, findings)
        }
        root.settleLinkNames(&configuration.instances)
        configuration.announcementGroups = root.announcementGroups
        configuration.interfaceDelays = root.interfaceDelays
        configuration.process = root.process
        configuration.permanent = root.permanent
        TrackGroupAssembler(findings: findings).assemble(root.trackGroups, into: &configuration)
        for place in configuration.permanent.addresses.indices
        where configuration.permanent.addresses[place].interface == nil {
            configuration.permanent.addresses[place].interface = configuration.global.defaultInterface
        }
        for word in root.deviceless {
            findings.uses(configuration.global.defaultInterface, at: word, .root("static_ipaddress"))
        }
        GroupAssembler(global: global, tracked: tracked, findings: findings)
            .assemble(groups, into: &configuration)
        InertFeatures.report(findings.inert, findings)
        configuration.interfaceUses = findings.interfaceUses
        Consistency.check(configuration, statements, findings)
        return ParsedConfiguration(
            configuration: configuration,
            diagnostics: findings.diagnostics.inOrder(of: preprocessor.fileNames),
            sources: preprocessor.sources, places: places(of: statements))
    }

    private static func places(of statements: [Statement]) -> [SourceLocation: [String: Diagnostic.Place]] {
        var places: [SourceLocation: [String: Diagnostic.Place]] = [:]
        for statement in statements where statement.keyword.text == "vrrp_instance" {
            guard let name = statement.arguments.first else { continue }
            let lines = (statement.block ?? []).map { line in
                let end = line.arguments.first ?? line.keyword
                let isOneLine = end.location.line == line.keyword.location.line
                let length =
                    isOneLine
                    ? end.location.column + end.length - line.keyword.location.column : line.keyword.length
                return (
                    line.keyword.text,
                    Diagnostic.Place(location: line.keyword.location, length: max(1, length))
                )
            }
            places[name.location] = Dictionary(lines) { _, last in last }
        }
        return places
    }

    /// What instances and groups refer to comes first, wherever it stands.
    private static func readDefinition(
        _ statement: Statement, _ names: inout DefinedNames, into configuration: inout Configuration,
        _ findings: Findings
    ) {
        switch statement.keyword.text {
        case "vrrp_script":
            guard
                let reader = named(
                    statement, ScriptReader.init, ScriptReader.keywords, names.scripts, findings),
                let script = reader.result(findings)
            else { return }
            names.scripts.insert(script.name)
            configuration.scripts.append(script)
        case "track_file", "vrrp_track_file":
            guard
                let reader = named(
                    statement, FileReader.init, FileReader.keywords, names.files, findings),
                let file = reader.result(findings)
            else { return }
            names.files.insert(file.name)
            configuration.files.append(file)
        case "vrrp_track_process":
            guard
                let reader = named(
                    statement, ProcessReader.init, ProcessReader.keywords, names.processes, findings),
                let process = reader.result(findings)
            else { return }
            names.processes.insert(process.name)
            configuration.processes.append(process)
        default: break
        }
    }

    /// A block with a name; nil: it has none, or it is another's, which was reported.
    private static func named<Reader>(
        _ statement: Statement, _ make: (Word) -> Reader, _ keywords: KeywordTable<Reader>,
        _ taken: Set<String>, _ findings: Findings
    ) -> Reader? {
        guard let name = statement.argument(0, findings) else { return nil }
        statement.expectArguments(atMost: 1, findings)
        let keyword = statement.keyword.text
        var reader = make(name)
        BlockReader.read(
            statement.block ?? [], into: &reader, keywords: keywords, block: keyword, findings)
        guard !taken.contains(name.text) else {
            findings.report(
                .warning, "duplicate-name", at: name,
                "there is already a \(keyword) '\(name.text)'; this one is not used")
            return nil
        }
        return reader
    }

    private static func read(
        _ statement: Statement, _ assembler: InstanceAssembler, _ root: inout RootReader,
        _ groups: inout [GroupReader], into configuration: inout Configuration, _ findings: Findings
    ) {
        switch statement.keyword.text {
        case "global_defs", "vrrp_script", "track_file", "vrrp_track_process": break
        case "vrrp_track_file":
            findings.report(
                .warning, "deprecated", at: statement.keyword, "'vrrp_track_file' is a former name",
                hint: "write 'track_file'")
        case "vrrp_sync_group":
            let reader = named(statement, GroupReader.init, GroupReader.keywords, [], findings)
            if let reader { groups.append(reader) }
        case "vrrp_instance":
            guard let name = statement.argument(0, findings) else { return }
            statement.expectArguments(atMost: 1, findings)
            var reader = InstanceReader(name: name)
            let inert = BlockReader.read(
                statement.block ?? [], into: &reader, keywords: InstanceReader.keywords, inert: .instance,
                block: "vrrp_instance", findings)
            root.claimLinkName(&reader, findings)
            guard var instance = assembler.assemble(reader) else { return }
            instance.inert = inert
            configuration.instances.append(instance)
        case let name:
            if let apply = RootReader.keywords[name] { return apply(&root, statement, findings) }
            if let value = InertBlock.root.keywords[name] {
                return configuration.inert.append(findings.readInert(statement, value))
            }
            BlockReader.reportUnknown(
                statement, rootKeywords, "this place (outside every block)", findings)
        }
    }

    /// Everything that may stand outside every block.
    static let rootKeywords: [String] =
        Array(RootReader.keywords.keys) + Array(InertBlock.root.keywords.keys) + [
            "global_defs", "vrrp_instance", "vrrp_sync_group", "vrrp_script", "track_file",
            "vrrp_track_file", "vrrp_track_process",
        ]

    /// Those of them that say nothing without a block.
    private static let blockKeywords: Set<String> = [
        "global_defs", "vrrp_instance", "vrrp_sync_group", "vrrp_script", "track_file", "vrrp_track_file",
        "vrrp_track_process",
    ]
}

/// The names of what can be tracked, as far as they are used up.
private struct DefinedNames {
    var scripts: Set<String> = []
    var files: Set<String> = []
    var processes: Set<String> = []
}

extension [Diagnostic] {
    /// By place, each once; those without a place first.
    fileprivate func inOrder(of files: [String]) -> [Diagnostic] {
        let ranks = Dictionary(files.enumerated().map { ($1, $0) }) { first, _ in first }
        return enumerated().sorted { left, right in
            let places = (left.element.location, right.element.location)
            guard let first = places.0 else { return places.1 != nil || left.offset < right.offset }
            guard let second = places.1 else { return false }
            return (ranks[first.file] ?? 0, first.line, first.column, left.offset)
                < (ranks[second.file] ?? 0, second.line, second.column, right.offset)
        }.map(\.element)
    }
}
