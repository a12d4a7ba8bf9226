// Rooms import downwards only, and the daemon does without Foundation.

import Testing

@Suite("Imports between rooms")
struct ImportTests {
    @Test("the table in docs/architecture.md is the package's")
    func table() { #expect(tableProblems(.this) == []) }

    @Test("every import is one that Package.swift declares")
    func imports() { #expect(importProblems(.this) == []) }

    @Test("what batond links does without Foundation; the lower rooms without the C library")
    func systemModules() { #expect(systemModuleProblems(.this) == []) }

    @Test("the checks find what they look for")
    func broken() {
        let package = """
            room("Wire"),
            room("Election", ["Wire"]),
            .executableTarget(
                name: "batond", dependencies: ["Election", .product(name: "X", package: "y")],
                swiftSettings: strict),
            tests("WireTests", ["Wire"]),
            """
        let table =
            "## Rooms\n| `Wire` | – |\n| `Wire` | a | – |\n| `Election` | b | – |\n\n## Next\n| `x` | y | z |"
        let repository = Repository([
            "Package.swift": package, "docs/architecture.md": table,
            "Sources/Wire/A.swift": "import Election\nimport Foundation",
            "Sources/Election/B.swift": "// import Wire\nimport struct Wire.C\nimport Glibc",
            "Tests/WireTests/D.swift": "@testable import Election",
        ])
        #expect(Rooms.declared(in: package).map(\.name) == ["Wire", "Election", "batond"])
        #expect(Rooms.declared(in: package).last?.imports == ["Election"])
        #expect(
            tableProblems(repository) == [
                "Election: Package.swift [\"Wire\"], architecture.md []",
                "batond: Package.swift [\"Election\"], architecture.md nothing",
            ])
        #expect(
            importProblems(repository) == [
                "Sources/Wire/A.swift imports Election", "Tests/WireTests/D.swift imports Election",
            ])
        #expect(
            systemModuleProblems(repository) == [
                "Sources/Election/B.swift imports Glibc", "Sources/Wire/A.swift imports Foundation",
            ])
    }
}

private func tableProblems(_ repository: Repository) -> [String] {
    let declared = Rooms.declared(in: repository["Package.swift"] ?? "")
    let documented = Rooms.documented(in: repository["docs/architecture.md"] ?? "")
    guard !declared.isEmpty, !documented.isEmpty else { return ["no rooms found"] }
    let names =
        declared.map(\.name)
        + documented.map(\.name).filter { name in !declared.contains { $0.name == name } }
    return names.compactMap { name in
        let left = declared.first { $0.name == name }?.imports.sorted()
        let right = documented.last { $0.name == name }?.imports.sorted()
        guard left != right else { return nil }
        let words = [left, right].map { $0.map { "\($0)" } ?? "nothing" }
        return "\(name): Package.swift \(words[0]), architecture.md \(words[1])"
    }
}

private func importProblems(_ repository: Repository) -> [String] {
    let package = repository["Package.swift"] ?? ""
    let rooms = Rooms.declared(in: package)
    let names = Set(rooms.map(\.name))
    return (rooms.map { ("Sources/", $0) } + Rooms.tests(in: package).map { ("Tests/", $0) }).flatMap {
        place, room in
        repository.files(under: place + room.name + "/", ending: ".swift").flatMap { path, text in
            Rooms.imported(by: text).filter { names.contains($0) && !room.imports.contains($0) }
                .map { "\(path) imports \($0)" }
        }
    }
}

/// `Wire` to `Engine`, and `Simulation`, know no system: it reaches them through protocols and arguments.
private let pureRooms: Set<String> = ["Wire", "Election", "Configuration", "Control", "Engine", "Simulation"]

private func systemModuleProblems(_ repository: Repository) -> [String] {
    let rooms = Rooms.declared(in: repository["Package.swift"] ?? "")
    let daemon = Rooms.closure(of: "batond", in: rooms)
    return repository.files(under: "Sources/", ending: ".swift").flatMap { path, text in
        let room = path.split(separator: "/").dropFirst().first.map(String.init) ?? ""
        return Rooms.imported(by: text).filter { module in
            (daemon.contains(room) && module.hasPrefix("Foundation"))
                || (daemon.contains(room) && module == "Dispatch")
                || (pureRooms.contains(room) && (module == "Glibc" || module == "CLinux"))
        }.map { "\(path) imports \($0)" }
    }
}
