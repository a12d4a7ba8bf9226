// The list of known bugs fits the sources: each place that `scripts/mutate --known` changes is there, once.

import Testing

@Suite("Mutants") struct MutantTests {
    @Test("each known bug has its place in the sources")
    func places() {
        #expect(mutantProblems(.this) == [])
        #expect(Mutant.all(.this).count >= 20)
    }

    @Test("an entry without a place is found")
    func lostPlaces() {
        let list =
            "# Bugs\n\n== One\nSources/A.swift\n-let a = 1\n+let a = 2\n\n== Two\nSources/B.swift\n-x\n+y\n"
        let whole = Repository([
            Mutant.list: list, "Sources/A.swift": "let a = 1\n", "Sources/B.swift": "x\n",
        ])
        #expect(mutantProblems(whole) == [])
        let torn = Repository([
            Mutant.list: list, "Sources/A.swift": "let a = 1\nlet a = 1\n", "Sources/B.swift": "z\n",
        ])
        #expect(
            mutantProblems(torn) == [
                "One: its place is in Sources/A.swift 2 times",
                "Two: its place is in Sources/B.swift 0 times",
            ])
    }
}

private struct Mutant {
    static let list = "Tests/Mutants/known-bugs.txt"

    let heading: String
    let path: String
    let place: String

    static func all(_ repository: Repository) -> [Mutant] {
        let entries = (repository[list] ?? "").split(separator: "\n== ").dropFirst()
        return entries.map { entry in
            let lines = entry.split(separator: "\n").map(String.init)
            let place = lines.dropFirst(2).filter { $0.hasPrefix("-") }.map { String($0.dropFirst()) }
            return Mutant(heading: lines[0], path: lines[1], place: place.joined(separator: "\n"))
        }
    }
}

private func mutantProblems(_ repository: Repository) -> [String] {
    Mutant.all(repository).compactMap { mutant in
        let count = (repository[mutant.path] ?? "").ranges(of: mutant.place).count
        return count == 1 ? nil : "\(mutant.heading): its place is in \(mutant.path) \(count) times"
    }
}
