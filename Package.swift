// swift-tools-version: 6.2
// Baton: a VRRP high-availability agent. The rooms (targets) and the direction of
// their imports are described in docs/architecture.md; the tidy test enforces them.

import PackageDescription

let strict: [SwiftSetting] = [
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

func room(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

func tests(_ name: String, _ dependencies: [Target.Dependency], without exclude: [String] = []) -> Target {
    .testTarget(name: name, dependencies: dependencies, exclude: exclude, swiftSettings: strict)
}

let package = Package(
    name: "baton-vrrp",
    products: [
        .executable(name: "batond", targets: ["batond"]),
        .executable(name: "baton", targets: ["baton"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2")
    ],
    targets: [
        .target(name: "CLinux"),
        .systemLibrary(name: "CPcap", pkgConfig: "libpcap", providers: [.apt(["libpcap-dev"])]),

        room("Wire"),
        room("Election", ["Wire"]),
        room("Configuration", ["Election", "Wire"]),
        room("Linux", ["Wire", "CLinux"]),
        room("Control", ["Election", "Wire"]),
        room("Engine", ["Election", "Configuration", "Control", "Wire"]),
        room("Simulation", ["Engine", "Election", "Configuration", "Control", "Wire"]),
        room("Notification", ["Control", "Linux"]),
        room("Guard", ["Linux", "Control", "Wire"]),
        room(
            "Daemon",
            ["Engine", "Guard", "Notification", "Control", "Configuration", "Election", "Linux", "Wire"]),
        room("Lab", ["Control", "Election", "Linux", "Simulation", "Wire"]),

        .executableTarget(name: "batond", dependencies: ["Daemon"], swiftSettings: strict),
        .executableTarget(
            name: "baton",
            dependencies: [
                "Configuration", "Daemon", "Election", "Lab", "Linux", "Simulation", "Wire",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strict),

        .executableTarget(
            name: "simulate",
            dependencies: [
                "Election", "Simulation",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strict),

        tests("WireTests", ["Wire"]),
        tests("ElectionTests", ["Election", "Wire"]),
        tests("ConfigurationTests", ["Configuration", "Election", "Wire"]),
        tests("LinuxTests", ["Linux", "CLinux", "Wire", "CPcap"]),
        tests("EngineTests", ["Engine", "Election", "Configuration", "Control", "Wire"]),
        tests(
            "SimulationTests", ["Simulation", "Engine", "Election", "Configuration", "Control", "Wire"],
            without: ["Scenarios"]),
        tests("NotificationTests", ["Notification", "Control", "Linux"]),
        tests("DaemonTests", ["Daemon", "Control", "Configuration", "Election", "Linux", "Wire"]),
        tests("LabTests", ["Lab", "Configuration", "Election", "Linux", "Simulation", "Wire"]),
        tests("ToolTests", ["Linux"], without: ["Golden"]),
        tests("TidyTests", ["Configuration", "Election", "Wire"]),
    ]
)
