// What the RFCs ask for (docs/rfc-requirements.txt), which tests name it, and the page that is made of both
// (docs/rfc-ledger.md).

/// One requirement: `RFC9568-6.4.2-11`.
struct Requirement: Hashable {
    let id: String
    /// `MUST`, `SHOULD NOT*` …
    let level: String
    let text: String
    /// Why no test shows it, or why Baton does it otherwise.
    var reason: String?

    var isOptional: Bool { level.hasPrefix("MAY") }
}

/// The file of the requirements, read.
struct RequirementList {
    private(set) var sections: [(title: String, requirements: [Requirement])] = []
    private(set) var problems: [String] = []

    var requirements: [Requirement] { sections.flatMap(\.requirements) }

    init(_ text: String) {
        let pattern = /(RFC\d{4}-\d+(?:\.\d+)*-\d\d) ((?:MUST|SHOULD)(?: NOT)?\*?|MAY) ([^|]+)/
        var ids: Set<String> = []
        for (number, line) in text.numberedLines {
            if line.hasPrefix("# ") {
                sections.append((String(line.dropFirst(2)), []))
            } else if line.hasPrefix("    why: ") {
                guard let section = sections.indices.last, let last = sections[section].requirements.last,
                    last.reason == nil
                else { problems.append("line \(number): a reason for nothing"); continue }
                let place = sections[section].requirements.count - 1
                sections[section].requirements[place].reason = String(line.dropFirst(9))
            } else if let section = sections.indices.last, !line.isEmpty {
                guard let match = line.wholeMatch(of: pattern),
                    ids.insert(String(match.output.1)).inserted
                else { problems.append("line \(number): '\(line.prefix(40))'"); continue }
                sections[section].requirements.append(
                    Requirement(
                        id: String(match.output.1), level: String(match.output.2),
                        text: String(match.output.3)))
            }
        }
    }
}

/// Which tests name which requirement: in their display name, or in a comment directly above.
struct RequirementTests {
    /// `Suite.function`, in the order of the files.
    private(set) var tests: [String: [String]] = [:]
    /// Ids that no test begins behind.
    private(set) var strays: [String] = []

    init(_ repository: Repository) {
        for (path, text) in repository.files(under: "Tests/", ending: ".swift")
        where !path.hasPrefix("Tests/TidyTests/") {
            read(path, text)
        }
    }

    private mutating func read(_ path: String, _ text: String) {
        let pattern = /RFC\d{4}-\d+(?:\.\d+)*-\d\d/
        var suite = ""
        var isInTest = false
        var waiting: [(id: String, line: Int)] = []
        for (number, line) in text.numberedLines {
            if let name = line.firstMatch(of: /^(?:@Suite.*|)struct (\w+)/) { suite = String(name.output.1) }
            let ids = line.contains("RFC") ? line.matches(of: pattern).map { String($0.output) } : []
            waiting += ids.map { ($0, number) }
            isInTest = isInTest || line.hasPrefix("    @Test")
            if isInTest {
                guard let name = line.firstMatch(of: /\bfunc (\w+)/.wordBoundaryKind(.simple)) else {
                    continue
                }
                for (id, _) in waiting { tests[id, default: []].append("\(suite).\(name.output.1)") }
                isInTest = false
                waiting = []
            } else if !line.hasPrefix("    //") {
                strays += waiting.map { "\(path):\($0.line): \($0.id) belongs to no test" }
                waiting = []
            }
        }
    }
}

enum RequirementLedger {
    static func problems(_ repository: Repository) -> [String] {
        let list = RequirementList(repository["docs/rfc-requirements.txt"] ?? "")
        let found = RequirementTests(repository)
        guard !list.requirements.isEmpty else { return ["no requirements found"] }
        let ids = Set(list.requirements.map(\.id))
        let bare = list.requirements.filter {
            !$0.isOptional && $0.reason == nil && found.tests[$0.id] == nil
        }
        return list.problems + found.strays
            + found.tests.keys.filter { !ids.contains($0) }.sorted().map { "\($0) is no requirement" }
            + bare.map { "\($0.id) \($0.level): neither a test nor a reason" }
    }

    /// The page.
    static func page(_ repository: Repository) -> String {
        let list = RequirementList(repository["docs/rfc-requirements.txt"] ?? "")
        let found = RequirementTests(repository)
        let tested = list.requirements.filter { found.tests[$0.id] != nil }.count
        var page = """
            # What the RFCs ask for, and what shows it

            Each MUST, SHOULD and MAY of RFC 9568 (VRRPv3), and what RFC 3768 (VRRPv2) and RFC 5798 (VRRPv3 of 2010) say alone or
            otherwise: the tests that show it, and where Baton does it otherwise or leaves it to somebody, why. Ids are the RFC's section and
            a number of our own; `*` marks what the RFC says without a key word in capitals; Active is RFC 9568's word for the master.

            This page is made of [rfc-requirements.txt](rfc-requirements.txt) and of the ids in the tests; `scripts/test --filter
            RequirementLedgerTests` compares it, and with `BATON_REGENERATE=1` writes it anew. Of \(list.requirements.count) requirements \
            tests name \(tested).

            """
        for (title, requirements) in list.sections {
            page +=
                "\n## \(title)\n\n| id | level | asked for | shown by, and what differs |\n|---|---|---|---|\n"
            for one in requirements {
                let tests = (found.tests[one.id] ?? []).reduce(into: [String]()) { names, name in
                    if !names.contains(name) { names.append(name) }
                }
                let cell = [tests.map { "`\($0)`" }.joined(separator: ", "), one.reason ?? ""]
                    .filter { !$0.isEmpty }.joined(separator: "; ")
                page += "| \(one.id) | \(one.level) | \(one.text) | \(cell.isEmpty ? "–" : cell) |\n"
            }
        }
        return page
    }
}
