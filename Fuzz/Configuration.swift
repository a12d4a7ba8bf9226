// keepalived.conf: any octets may come, every problem can be shown, and what is printed of a configuration that can be
// used is read as the same one and can be used again.

import Configuration

func fuzz(_ input: inout Input) {
    let parsed = ConfigurationParser.parse(octets: input.remainder(), name: "text")
    let text = DiagnosticText(sources: parsed.sources)
    for diagnostic in parsed.diagnostics {
        require(!text.render(diagnostic).isEmpty, "a problem has no text")
    }
    _ = ConfigurationPrinter.print(parsed.configuration)
    let printed = ConfigurationPrinter.print(parsed.configuration, showsSecrets: true)
    guard !parsed.isFatal else { return }
    let again = ConfigurationParser.parse(text: printed)
    require(!again.isFatal, "printed, it is fatal: \(again.diagnostics)\n\(printed)")
    let twice = ConfigurationPrinter.print(again.configuration, showsSecrets: true)
    require(twice == printed, "printed again, it is another one:\n\(printed)\n---\n\(twice)")
}
