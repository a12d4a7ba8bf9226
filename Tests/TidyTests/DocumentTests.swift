// Documents tell the truth about what can be compared: links, flags, keywords, installed files, changes.

import Testing

@Suite("Documents")
struct DocumentTests {
    @Test("every relative link leads somewhere")
    func links() { #expect(brokenLinks(.this) == []) }

    @Test("the daemon's manual page names just the flags that it takes")
    func daemonFlags() { #expect(daemonFlagProblems(.this) == []) }

    @Test("the tool's manual page names every command and option")
    func toolFlags() { #expect(toolFlagProblems(.this) == []) }

    @Test("docs/configuration.md names every keyword that is read")
    func keywords() { #expect(undocumentedKeywords(.this) == []) }

    @Test("docs/keyword-tests.md names a test for every keyword that is read")
    func keywordTests() { #expect(keywordTestProblems(.this) == []) }

    @Test("docs/fuzzing.md names every fuzzer, and each has seeds")
    func fuzzers() { #expect(fuzzerProblems(.this) == []) }

    @Test("scripts/install installs everything in etc")
    func installed() { #expect(uninstalled(.this) == []) }

    @Test("the newest entry of CHANGELOG.md says something")
    func changes() { #expect(changelogProblems(.this) == []) }

    @Test("the checks find what they look for")
    func broken() {
        let links = Repository([
            "docs/a.md":
                "[x](b.md) [y](../README.md#two-words) [z](../README.md#three) [u](https://e.org) [v](#here)",
            "README.md": "# A\n## Two `words`!\n```\n[no](link.md)\n```\n`[no](link.md)`",
        ])
        #expect(
            brokenLinks(links) == ["docs/a.md: b.md", "docs/a.md: ../README.md#three", "docs/a.md: #here"])

        let catalogue = """
            flag("n", "dont-fork", "stay"), silent("q", "quiet-now", .required), value(nil, "spool", "x"),
            Flag(
                short: "t", long: "config-test", value: .optional),
            """
        let flags = Repository([
            "Sources/Daemon/Flags.swift": catalogue,
            "docs/man/batond.8": ".It Fl n , Fl -dont-fork\n.It Fl o , Fl -old-flag Ns = Ns Ar x\n.Fl -spool",
        ])
        #expect(
            daemonFlagProblems(flags) == [
                "-q is not in the page", "-t is not in the page", "--quiet-now is not in the page",
                "--config-test is not in the page", "-o is unknown to batond",
                "--old-flag is unknown to batond",
            ])
        #expect(
            daemonFlagProblems(Repository(["Sources/Daemon/A.swift": "", "Sources/Daemon/B.swift": ""])) != []
        )

        let tool = Repository([
            "Sources/baton/Check.swift":
                "commandName: \"check\"\n@Flag(help: \"a\")\nvar anyInterface = false\n@Option(name: .customLong(\"as\")) var format: String",
            "docs/man/baton.1": ".Cm check",
        ])
        #expect(toolFlagProblems(tool) == ["--any-interface", "--as"])

        let keywords = Repository([
            "Sources/Configuration/Catalogue/AReader.swift":
                "    \"state\": { a },\n        \"garp_x\": {\n\"new_one\": { b }",
            "docs/configuration.md": "| `state`, `garp_*` |",
        ])
        #expect(undocumentedKeywords(keywords) == ["new_one"])
        let fuzzed = Repository([
            "Fuzz/A.swift": "", "Fuzz/B.swift": "", "Fuzz/Support/X.swift": "", "Fuzz/Seeds/A.hex": "",
            "docs/fuzzing.md": "| `A`, `C` | x | y |",
        ])
        #expect(fuzzerProblems(fuzzed) == ["B is not in the page", "C is gone", "B has no seeds"])
        #expect(uninstalled(Repository(["etc/a": "", "scripts/install": "put etc/b"])) == ["etc/a"])
        #expect(changelogProblems(Repository(["CHANGELOG.md": "# Changes\n## 1.0.0 – unreleased\n"])) != [])
        #expect(changelogProblems(Repository([:])) != [])
    }
}

private func brokenLinks(_ repository: Repository) -> [String] {
    repository.files(ending: ".md").flatMap { path, text in
        let prose = text.replacing(/(?ms)^```.*?^```/, with: "").replacing(/`[^`\n]*`/, with: "")
        return prose.matches(of: /\]\(([^)\s]+)\)/).map { String($0.output.1) }.filter { target in
            !target.contains("://") && !target.hasPrefix("mailto:") && !leads(target, from: path, repository)
        }.map { "\(path): \($0)" }
    }
}

private func leads(_ target: String, from path: String, _ repository: Repository) -> Bool {
    let parts = target.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
    let file = parts[0].isEmpty ? path : resolve(String(parts[0]), from: path)
    guard repository.paths.contains(file) else { return false }
    guard parts.count == 2 else { return true }
    let headings = (repository[file] ?? "").split(separator: "\n").filter { $0.hasPrefix("#") }
    return headings.map(anchor).contains(String(parts[1]))
}

private func resolve(_ target: String, from path: String) -> String {
    var folders = path.split(separator: "/").dropLast().map(String.init)
    for part in target.split(separator: "/") where part != "." {
        if part == ".." { _ = folders.popLast() } else { folders.append(String(part)) }
    }
    return folders.joined(separator: "/")
}

/// A heading's anchor, as the usual renderers make it.
private func anchor(of heading: Substring) -> String {
    let title = heading.drop { $0 == "#" }.drop { $0 == " " }.lowercased()
    return String(
        title.filter { $0.isLetter || $0.isNumber || "-_ ".contains($0) }.map { $0 == " " ? "-" : $0 })
}

private func daemonFlagProblems(_ repository: Repository) -> [String] {
    guard let catalogue = repository["Sources/Daemon/Flags.swift"] else {
        let isBegun = repository.files(under: "Sources/Daemon/", ending: ".swift").count > 1
        return isBegun ? ["Sources/Daemon/Flags.swift is gone"] : []
    }
    let flags = catalogue.matches(of: /\(\s*(?:short: )?(?:nil|"(\w)"), (?:long: )?"([a-z][\w-]*)"/)
    guard !flags.isEmpty else { return ["no flags found in Sources/Daemon/Flags.swift"] }
    let page = repository["docs/man/batond.8"] ?? ""
    let pageLong = Set(
        page.matches(of: /\bFl -([a-z][\w-]*)/.wordBoundaryKind(.simple)).map { String($0.output.1) })
    let pageShort = Set(
        page.matches(of: /(?m)^\.It Fl (\w)\b/.wordBoundaryKind(.simple)).map { String($0.output.1) })
    let short = flags.compactMap { $0.output.1.map(String.init) }
    let long = flags.map { String($0.output.2) }
    return short.filter { !pageShort.contains($0) }.map { "-\($0) is not in the page" }
        + long.filter { !pageLong.contains($0) }.map { "--\($0) is not in the page" }
        + pageShort.subtracting(short).sorted().map { "-\($0) is unknown to batond" }
        + pageLong.subtracting(long).sorted().map { "--\($0) is unknown to batond" }
}

private func toolFlagProblems(_ repository: Repository) -> [String] {
    let page = repository["docs/man/baton.1"] ?? ""
    let words = Set(
        page.matches(of: /\b(?:Cm |Fl -)([\w-]+)/.wordBoundaryKind(.simple)).map { String($0.output.1) })
    return repository.files(under: "Sources/baton/", ending: ".swift").flatMap { _, text in
        let commands = text.matches(of: /commandName: "([\w-]+)"/).map { String($0.output.1) }.filter {
            $0 != "baton"
        }
        let options = text.matches(of: /@(?:Flag|Option)\b([\s\S]*?)\bvar (\w+)/.wordBoundaryKind(.simple))
            .map { match in
                match.output.1.firstMatch(of: /customLong\("([\w-]+)"/).map { "--\($0.output.1)" }
                    ?? "--" + kebab(match.output.2)
            }
        return commands.filter { !words.contains($0) }
            + options.filter { !words.contains(String($0.dropFirst(2))) }
    }
}

private func kebab(_ name: Substring) -> String {
    name.reduce(into: "") { $0 += $1.isUppercase ? "-" + $1.lowercased() : String($1) }
}

/// Keywords without a row, and rows whose test is gone.
private func keywordTestProblems(_ repository: Repository) -> [String] {
    let page = repository["docs/keyword-tests.md"] ?? ""
    let rows = page.matches(of: /(?m)^\| `([a-z0-9_]+)` \| (?:`([A-Za-z]+)\.([A-Za-z]+)`)?/)
    let named = Set(rows.map { String($0.output.1) })
    let read = repository.files(under: "Sources/Configuration/Catalogue/", ending: "Reader.swift").flatMap {
        file in
        file.text.matches(of: /(?m)^\s*"([a-z0-9_]+)": \{/).map { String($0.output.1) }
    }
    let tests = repository.files(under: "Tests/", ending: ".swift").map(\.text)
    let gone = rows.compactMap { row -> String? in
        guard let suite = row.output.2, let name = row.output.3 else { return nil }
        let isThere = tests.contains { $0.contains("struct \(suite)") && $0.contains("func \(name)(") }
        return isThere ? nil : "\(suite).\(name) is gone"
    }
    return Set(read).subtracting(named).sorted() + Set(gone).sorted()
}

private func undocumentedKeywords(_ repository: Repository) -> [String] {
    let page = repository["docs/configuration.md"] ?? ""
    let words = page.matches(of: /`([a-z0-9_]+)(\*?)/).map { (String($0.output.1), !$0.output.2.isEmpty) }
    let read = repository.files(under: "Sources/Configuration/Catalogue/", ending: "Reader.swift").flatMap {
        file in
        file.text.matches(of: /(?m)^\s*"([a-z0-9_]+)": \{/).map { String($0.output.1) }
    }
    return Set(read).filter { keyword in
        !words.contains { $0 == keyword || ($1 && keyword.hasPrefix($0)) }
    }.sorted()
}

private func fuzzerProblems(_ repository: Repository) -> [String] {
    let names = repository.files(under: "Fuzz/", ending: ".swift").map { $0.path.dropFirst(5).dropLast(6) }
        .filter { !$0.contains("/") }.map(String.init)
    let page = repository["docs/fuzzing.md"] ?? ""
    let rows = page.matches(of: /(?m)^\| (`\w+`(?:, `\w+`)*) \|/).flatMap { row in
        row.output.1.matches(of: /\w+/).map { String($0.output) }
    }
    let bare = names.filter { name in
        !repository.paths.contains { $0 == "Fuzz/Seeds/\(name).hex" || $0.hasPrefix("Fuzz/Seeds/\(name)/") }
    }
    return names.filter { !rows.contains($0) }.map { "\($0) is not in the page" }
        + rows.filter { !names.contains($0) }.map { "\($0) is gone" } + bare.map { "\($0) has no seeds" }
}

private func uninstalled(_ repository: Repository) -> [String] {
    let script = repository["scripts/install"] ?? ""
    return repository.texts.map(\.path).filter { $0.hasPrefix("etc/") && !script.contains($0) }
}

private func changelogProblems(_ repository: Repository) -> [String] {
    guard let text = repository["CHANGELOG.md"], let start = text.firstRange(of: "\n## ") else {
        return ["CHANGELOG.md has no entry"]
    }
    let entry = text[start.upperBound...].split(separator: "\n## ")[0]
    guard entry.starts(with: /\d+\.\d+\.\d+/) else { return ["the newest entry names no version"] }
    return entry.contains("\n- ") ? [] : ["the newest entry is empty"]
}
