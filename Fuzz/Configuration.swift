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
    let (first, second) = (parsed.configuration.withoutPlaces, again.configuration.withoutPlaces)
    require(first.global == second.global, "global_defs mean something else:\n\(printed)")
    require(first.instances == second.instances, "instances mean something else:\n\(printed)")
    require(first == second, "it means something else:\n\(printed)")
}

extension Configuration {
    /// Where it stood does not matter.
    fileprivate var withoutPlaces: Configuration {
        let place = SourceLocation(file: "", line: 0, column: 0)
        var copy = self
        for index in copy.instances.indices { copy.instances[index].location = place }
        for index in copy.groups.indices { copy.groups[index].location = place }
        for index in copy.scripts.indices { copy.scripts[index].location = place }
        for index in copy.files.indices { copy.files[index].location = place }
        for index in copy.processes.indices { copy.processes[index].location = place }
        copy.interfaceUses = []
        // What has no effect is printed with BFD first, where keepalived looks for it.
        copy.inert.sort { $0.keyword == "bfd_instance" && $1.keyword != "bfd_instance" }
        return copy
    }
}
