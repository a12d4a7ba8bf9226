// `baton explain`: what a diagnostic's code means, what happens then, and how to mend it.

import ArgumentParser
import Configuration

struct Explain: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Say what a finding of 'baton check' means and how to mend it.",
        discussion: "Exit status: 0, or 1 if there is no such code.")

    @Argument(help: "The code of a finding, as in the JSON of 'baton check'; none lists all codes.")
    var code: String?

    func run() throws {
        guard let code else { return printList() }
        guard let explanation = Explanations.of(code) else {
            let near = Explanations.nearest(to: code).map { "; did you mean '\($0)'?" }
            print("there is no code '\(code)'" + (near ?? "; 'baton explain' lists all of them"))
            throw ExitCode(1)
        }
        print(explanation.text)
    }

    private func printList() {
        let width = Explanations.all.map(\.code.count).max() ?? 0
        for explanation in Explanations.all {
            let gap = String(repeating: " ", count: width + 2 - explanation.code.count)
            print(explanation.code + gap + explanation.meaning)
        }
    }
}
