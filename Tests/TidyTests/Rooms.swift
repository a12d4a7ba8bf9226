// Which room may import which, as Package.swift says it, as docs/architecture.md says it, and as the
// sources do it. SwiftPM itself lets an undeclared import pass when the module happens to be built.

/// One target: its name and the targets that it names as dependencies.
struct Room: Hashable {
    let name: String
    let imports: Set<String>
}

enum Rooms {
    /// The targets of the package that are no tests.
    static func declared(in package: String) -> [Room] {
        targets(
            in: package, /(?:\broom|\.target|\.executableTarget|\.systemLibrary)\(\s*(?:name:\s*)?"(\w+)"/)
    }

    /// The test targets.
    static func tests(in package: String) -> [Room] { targets(in: package, /\btests\(\s*"(\w+)"/) }

    private static func targets(
        in package: String, _ opening: Regex<(Substring, Substring)>
    ) -> [Room] {
        package.matches(of: opening.wordBoundaryKind(.simple)).map { match in
            // Up to the closing parenthesis of the call; strings within `.product(…)` are no rooms.
            var depth = 1
            let call = package[match.range.upperBound...].prefix { character in
                if character == "(" { depth += 1 }
                if character == ")" { depth -= 1 }
                return depth > 0
            }
            let list =
                call.replacing(/\.\w+\([^)]*\)/, with: "").firstMatch(of: /\[([^\]]*)\]/)?.output.1 ?? ""
            return Room(name: String(match.output.1), imports: Set(quoted(list, "\"")))
        }
    }

    /// The table under "## Rooms".
    static func documented(in text: String) -> [Room] {
        guard let start = text.firstRange(of: "## Rooms")?.upperBound else { return [] }
        let section = text[start...].prefix { _ in true }.split(separator: "\n## ")[0]
        return section.split(separator: "\n").compactMap { line in
            let cells = line.split(separator: "|")
            guard line.hasPrefix("| `"), cells.count >= 3, let name = quoted(cells[0], "`").first else {
                return nil
            }
            return Room(name: name, imports: Set(quoted(cells[cells.count - 1], "`")))
        }
    }

    /// Names of modules that a source imports.
    static func imported(by source: String) -> [String] {
        source.codeOnly.matches(
            of:
                /(?m)^\s*(?:@\w+(?:\([^)]*\))?\s+)*(?:package |public |internal |private )?import (?:(?:struct|class|enum|protocol|func|var|let|typealias) )?(\w+)/
        ).map { String($0.output.1) }
    }

    /// A room and all rooms below it.
    static func closure(of name: String, in rooms: [Room]) -> Set<String> {
        var found: Set<String> = []
        var open = [name]
        while let next = open.popLast() {
            guard found.insert(next).inserted, let room = rooms.first(where: { $0.name == next }) else {
                continue
            }
            open += room.imports
        }
        return found
    }

    private static func quoted(_ text: some StringProtocol, _ mark: Character) -> [String] {
        let parts = text.split(separator: mark, omittingEmptySubsequences: false)
        return stride(from: 1, to: parts.count, by: 2).map { String(parts[$0]) }
    }
}
