// Every state with every event (RFC 9568 6.4, RFC 3768 6.4 and keepalived's FAULT): where it leads and
// what is done. A cell that is missing here is a decision that nobody took.

import Election
import Testing
import Wire

/// One cell: in `state`, `event` leads to `next` with these deeds, in order.
struct Cell: Sendable, CustomTestStringConvertible {
    let state: StateName
    let event: String
    let next: StateName
    /// `adv N`, `install`, `remove`, `announce N`.
    let deeds: [String]

    var testDescription: String { "\(state.rawValue) × \(event) → \(next.rawValue)" }
}

@Suite struct TransitionMatrixTests {
    static let events = [
        "startup", "shutdown", "tick", "priority 0", "lower", "equal from lower address",
        "equal from higher address", "equal from own address", "higher", "interface down", "interface up",
        "address gone", "address there", "addresses lost", "installation failed", "link renewed",
    ]

    static let cells: [Cell] =
        row(
            .initialize,
            [
                ("startup", .backup, []), ("shutdown", .initialize, []), ("tick", .initialize, []),
                ("priority 0", .initialize, []), ("lower", .initialize, []),
                ("equal from lower address", .initialize, []), ("equal from higher address", .initialize, []),
                ("equal from own address", .initialize, []), ("higher", .initialize, []),
                ("interface down", .initialize, []), ("interface up", .initialize, []),
                ("address gone", .initialize, []), ("address there", .initialize, []),
                ("addresses lost", .initialize, []), ("installation failed", .initialize, []),
                ("link renewed", .initialize, []),
            ])
        + row(
            .backup,
            [
                ("startup", .backup, []), ("shutdown", .initialize, []),
                ("tick", .master, ["adv 100", "install", "announce 5"]), ("priority 0", .backup, []),
                ("lower", .backup, []), ("equal from lower address", .backup, []),
                ("equal from higher address", .backup, []), ("equal from own address", .backup, []),
                ("higher", .backup, []), ("interface down", .fault, []), ("interface up", .backup, []),
                ("address gone", .fault, []), ("address there", .backup, []), ("addresses lost", .backup, []),
                ("installation failed", .backup, []), ("link renewed", .backup, []),
            ])
        + row(
            .master,
            [
                ("startup", .master, []), ("shutdown", .initialize, ["adv 0", "remove"]),
                ("tick", .master, ["adv 100"]), ("priority 0", .master, ["adv 100"]),
                ("lower", .master, ["adv 100", "announce 5"]),
                ("equal from lower address", .master, ["adv 100", "announce 5"]),
                ("equal from higher address", .backup, ["remove"]),
                ("equal from own address", .master, ["adv 100", "announce 5"]),
                ("higher", .backup, ["remove"]), ("interface down", .fault, ["adv 0", "remove"]),
                ("interface up", .master, []), ("address gone", .fault, ["adv 0", "remove"]),
                ("address there", .master, []), ("addresses lost", .master, ["install", "announce 5"]),
                ("installation failed", .master, []),
                ("link renewed", .master, ["adv 100", "install", "announce 5"]),
            ])
        + row(
            .fault,
            [
                ("startup", .fault, []), ("shutdown", .initialize, []), ("tick", .fault, []),
                ("priority 0", .fault, []), ("lower", .fault, []), ("equal from lower address", .fault, []),
                ("equal from higher address", .fault, []), ("equal from own address", .fault, []),
                ("higher", .fault, []), ("interface down", .fault, []), ("interface up", .backup, []),
                ("address gone", .fault, []), ("address there", .fault, []), ("addresses lost", .fault, []),
                ("installation failed", .fault, []), ("link renewed", .fault, []),
            ])

    private static func row(_ state: StateName, _ cells: [(String, StateName, [String])]) -> [Cell] {
        cells.map { Cell(state: state, event: $0.0, next: $0.1, deeds: $0.2) }
    }

    // RFC9568-6.3-01
    @Test func everyCellIsThere() {
        for state in StateName.allCases {
            #expect(Self.cells.filter { $0.state == state }.map(\.event) == Self.events)
        }
    }

    // RFC9568-5.2.4-04, RFC9568-6.4.1-01, RFC9568-6.4.2-06, RFC9568-6.4.2-07, RFC9568-6.4.2-08,
    // RFC9568-6.4.3-09, RFC9568-6.4.3-10, RFC9568-8.1.2-05, RFC9568-8.2.2-07, RFC5798-8.1.2-01
    @Test(arguments: cells) func cell(_ cell: Cell) {
        var rig = Rig.inState(cell.state)
        #expect(rig.state.name == cell.state)
        apply(cell.event, to: &rig)
        #expect(rig.state.name == cell.next)
        #expect(rig.deeds.compactMap(word) == cell.deeds)
        let transitions = rig.deeds.filter { if case .transition = $0 { true } else { false } }
        #expect(transitions.count == (cell.state == cell.next ? 0 : 1))
    }

    private func apply(_ event: String, to rig: inout Rig) {
        switch event {
        case "startup": rig.send(.startup)
        case "shutdown": rig.send(.shutdown)
        case "tick": rig.runToDeadline()
        case "priority 0": rig.hear(0)
        case "lower": rig.hear(99)
        case "equal from lower address": rig.hear(100, from: Rig.lower)
        case "equal from higher address": rig.hear(100, from: Rig.higher)
        case "equal from own address": rig.hear(100, from: Rig.own)
        case "higher": rig.hear(101, from: Rig.lower)
        case "interface down": rig.send(.tracker(index: 0, health: .down))
        case "interface up": rig.send(.tracker(index: 0, health: .up))
        case "address gone": rig.send(.ownAddress(nil))
        case "address there": rig.send(.ownAddress(Rig.own))
        case "addresses lost": rig.send(.addressLost)
        case "installation failed": rig.send(.installationFailed)
        default: rig.send(.linkRenewed)
        }
    }

    private func word(_ deed: Action.Kind) -> String? {
        switch deed {
        case .advertise(let priority): "adv \(priority)"
        case .installAddresses: "install"
        case .removeAddresses: "remove"
        case .announce(let copies): "announce \(copies)"
        case .transition, .groupTransition, .note: nil
        }
    }
}
