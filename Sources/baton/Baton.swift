// The operator's tool: its subcommands.

import ArgumentParser

@main
struct Baton: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "baton", abstract: "Look at and try out Baton, the VRRP failover daemon.",
        version: "0.1.0", subcommands: [Check.self, Explain.self, Simulate.self, Demo.self])
}
