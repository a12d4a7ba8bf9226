// What a formatter cannot see in sources: the purity of the election, the size of files, how they open,
// words that have no place.

import Testing

@Suite("Sources")
struct SourceTests {
    @Test("the election has no clock, no chance, no output, no hash order, no concurrency")
    func purity() { #expect(impurities(.this) == []) }

    @Test("no file grows beyond 500 lines, and exceptions only shrink")
    func sizes() { #expect(oversized(.this, exceptions: grownFiles) == []) }

    @Test("every Swift file and every script opens with a comment that says what it is")
    func openings() { #expect(unopened(.this) == []) }

    @Test("nothing is left to do")
    func unfinished() { #expect(leftovers(in: .this) == []) }

    @Test("no path of a machine that it was built on")
    func places() { #expect(machinePaths(in: .this) == []) }

    @Test("no force try, no forced type")
    func forced() { #expect(forcedTries(.this) == []) }

    @Test(
        "the purity check finds what it looks for",
        arguments: [
            "let now = ContinuousClock.now", "print(1)", "let s: Set<Int> = []", "var d: [String: Int]",
            "import Glibc",
            "let e: [RouterID: Int] = [:]", "let r = Int.random(in: 1...2)", "func f() async {}",
            "actor A {}",
            "for k in Set(x) {}", "Dictionary(grouping: a) { $0 }", "func f() throws {}",
            "clock_gettime(1, &t)",
        ])
    func impure(line: String) {
        #expect(impurities(Repository(["Sources/Election/A.swift": line])).count == 1)
        #expect(impurities(Repository(["Sources/Election/A.swift": "// " + line])) == [])
        #expect(impurities(Repository(["Sources/Engine/A.swift": line])) == [])
    }

    @Test(
        "the simulation's purity check finds what it looks for",
        arguments: [
            "let now = ContinuousClock.now", "print(1)", "let s = Set(a)", "var d: [String: Int] = [:]",
            "import Glibc", "let r = Int.random(in: 1...2)", "a.shuffled()", "func f() async {}",
            "actor A {}",
            "Dictionary(grouping: a) { $0 }", "a.hashValue",
        ])
    func unrepeatable(line: String) {
        #expect(simulationImpurities(Repository(["Sources/Simulation/A.swift": line])).count == 1)
        #expect(simulationImpurities(Repository(["Sources/Simulation/A.swift": "// " + line])) == [])
    }

    @Test("Simulation draws from its seed alone, knows no clock, and has nothing without an order")
    func repeatable() { #expect(simulationImpurities(.this) == []) }

    @Test("the other checks find what they look for")
    func broken() {
        let long = String(repeating: "//\n", count: 501)
        let sized = Repository(["Sources/A/L.swift": long])
        #expect(oversized(sized, exceptions: [:]) == ["Sources/A/L.swift: 501 lines, 500 allowed"])
        #expect(oversized(sized, exceptions: ["Sources/A/L.swift": 501]) == [])
        #expect(
            oversized(sized, exceptions: ["Sources/A/L.swift": 600])
                == ["Sources/A/L.swift shrank to 501 lines: lower its exception of 600"])
        #expect(oversized(Repository([:]), exceptions: ["gone": 700]) == ["gone: an exception for no file"])

        #expect(unopened(Repository(["Sources/A.swift": "import Wire\n\n\n\n\n"])) == ["Sources/A.swift"])
        #expect(
            unopened(Repository(["scripts/a": "#!/bin/sh\nset -e\n"], executables: ["scripts/a"])) == [
                "scripts/a"
            ])
        #expect(unopened(Repository(["scripts/a": "#!/bin/sh\n# A.\n"])) == ["scripts/a: not executable"])

        let mark = "TO" + "DO"
        #expect(
            leftovers(in: Repository(["Sources/A.swift": "// \(mark): later"])) == [
                "Sources/A.swift:1: \(mark)"
            ])
        let home = "/ho" + "me/someone/x"
        #expect(machinePaths(in: Repository(["docs/a.md": "\nsee \(home)"])) == ["docs/a.md:2: \(home)"])
        #expect(machinePaths(in: Repository(["docs/a.md": "see example.com\(home)"])) == [])
        #expect(
            forcedTries(Repository(["Sources/A/A.swift": "let a = try" + "! f()"])) == ["Sources/A/A.swift:1"]
        )
    }
}

/// Files that are longer than 500 lines, with their length. Only ever lowered.
private let grownFiles: [String: Int] = [:]

private func impurities(_ repository: Repository) -> [String] {
    let banned =
        /\b(?:Glibc|Foundation|Dispatch|print|debugPrint|dump|random|shuffled|shuffle|hashValue|Date|SuspendingClock|ContinuousClock|async|await|actor|throws|Set|Dictionary|clock_gettime|nonisolated|Task)\b|\[\s*[A-Za-z][\w.]*\s*:\s*[A-Z]|\[:\]/
        .wordBoundaryKind(.simple)
    return repository.files(under: "Sources/Election/", ending: ".swift").flatMap { path, text in
        text.codeOnly.numberedLines.compactMap { number, line in
            line.firstMatch(of: banned).map { "\(path):\(number): \($0.output)" }
        }
    }
}

/// What would make two runs of one seed differ. The signatures of `Host` have sets and dictionaries: types alone do
/// no harm.
private func simulationImpurities(_ repository: Repository) -> [String] {
    let banned =
        /\b(?:Glibc|Foundation|Dispatch|print|debugPrint|dump\(|random\(in|shuffled|shuffle|randomElement|hashValue|Hasher|Date|SuspendingClock|ContinuousClock|async|await|actor|clock_gettime|nonisolated|Task|Dictionary|Set\()|\[:\]/
        .wordBoundaryKind(.simple)
    return repository.files(under: "Sources/Simulation/", ending: ".swift").flatMap { path, text in
        text.codeOnly.numberedLines.compactMap { number, line in
            line.firstMatch(of: banned).map { "\(path):\(number): \($0.output)" }
        }
    }
}

private func oversized(_ repository: Repository, exceptions: [String: Int]) -> [String] {
    let files = repository.files(ending: ".swift")
    let long = files.compactMap { path, text -> String? in
        let lines =
            text.split(separator: "\n", omittingEmptySubsequences: false).count
            - (text.hasSuffix("\n") ? 1 : 0)
        let allowed = exceptions[path] ?? 500
        if lines > allowed { return "\(path): \(lines) lines, \(allowed) allowed" }
        guard lines < allowed, exceptions[path] != nil else { return nil }
        return "\(path) shrank to \(lines) lines: lower its exception of \(allowed)"
    }
    let known = Set(files.map(\.path))
    return long
        + exceptions.keys.sorted().filter { !known.contains($0) }.map { "\($0): an exception for no file" }
}

private func unopened(_ repository: Repository) -> [String] {
    // A file of a line or two needs no heading.
    let swift = repository.files(ending: ".swift").filter { _, text in
        !text.hasPrefix("//") && text.numberedLines.count > 4
    }.map(\.path)
    let scripts = repository.texts.filter { $0.text.hasPrefix("#!") }
    let bare = scripts.filter { script in
        let second = script.text.split(separator: "\n", maxSplits: 2).dropFirst().first ?? ""
        return !second.hasPrefix("#")
    }.map(\.path)
    let dull = scripts.filter { $0.path.hasPrefix("scripts/") && !repository.executables.contains($0.path) }
        .map { "\($0.path): not executable" }
    return swift + bare + dull
}

private func leftovers(in repository: Repository) -> [String] {
    let marks = ["TO" + "DO", "FIX" + "ME", "XX" + "X:"]
    return repository.texts.flatMap { path, text in
        text.numberedLines.flatMap { number, line in
            marks.filter { line.contains($0) }.map { "\(path):\(number): \($0)" }
        }
    }
}

private func machinePaths(in repository: Repository) -> [String] {
    let roots = ["wo" + "rk", "ho" + "me", "ro" + "ot", "Us" + "ers", "tmp/" + "b-"].joined(separator: "|")
    guard
        let path = try? Regex(
            "(?:^|[\\s\"'`(=:])(/(?:\(roots))[/\\w][^\\s\"'`)]*)", as: (Substring, Substring).self)
    else { return ["the pattern is broken"] }
    return repository.texts.flatMap { name, text in
        text.numberedLines.compactMap { number, line in
            line.firstMatch(of: path).map { "\(name):\(number): \($0.output.1)" }
        }
    }
}

private func forcedTries(_ repository: Repository) -> [String] {
    repository.files(under: "Sources/", ending: ".swift").flatMap { path, text in
        text.codeOnly.numberedLines.filter {
            $0.text.firstMatch(of: /\b(?:try|as)!/.wordBoundaryKind(.simple)) != nil
        }.map {
            "\(path):\($0.number)"
        }
    }
}
