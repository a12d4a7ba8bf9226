// What must be undone if the engine dies: the addresses it held, and the advertisements of priority 0
// that tell its peers. Executed by the guard, which knows nothing of the protocol.

import Control
import Linux
import Wire

/// The wills of all instances, by name.
package struct LastWills {
    package private(set) var wills: [LastWill] = []
    /// Instances that a new engine has not spoken of yet.
    private var stale: Set<String> = []
    /// Kernel parameters that were changed, with their former values, in that order.
    private var parameters: [(path: String, former: String)] = []

    package init() {}

    package var isEmpty: Bool { wills.isEmpty }

    /// Replaces the instance's former will.
    package mutating func set(_ will: LastWill) {
        revoke(will.instance)
        wills.append(will)
    }

    package mutating func revoke(_ instance: String) {
        wills.removeAll { $0.instance == instance }
        stale.remove(instance)
    }

    /// For how long the most impatient peers wait, in nanoseconds; nil: nothing is held.
    package var patience: Int64? { wills.map(\.patience).min() }

    /// A new engine is told of everything; what it does not set or revoke until it is ready is nobody's.
    package mutating func markStale() { stale = Set(wills.map(\.instance)) }

    package mutating func executeStale() -> [String] {
        defer {
            wills.removeAll { stale.contains($0.instance) }
            stale = []
        }
        return stale.isEmpty
            ? [] : Self.execute(wills.filter { stale.contains($0.instance) }, withFirewall: false)
    }

    /// A kernel parameter was changed; `former` is what it was before.
    package mutating func remember(_ path: String, former: String) {
        guard !parameters.contains(where: { $0.path == path }) else { return }
        parameters.append((path, former))
    }

    /// Gives the kernel parameters their former values.
    package mutating func restoreParameters() -> [String] {
        defer { parameters = [] }
        return parameters.reversed().compactMap { path, former in
            do throws(SystemError) {
                try Sysctl.write(path, former)
                return nil
            } catch {
                return "\(error)"
            }
        }
    }

    /// Instance by instance: tells the peers, then removes what it held; returns what went wrong, in words. The wills
    /// are spent afterwards.
    package mutating func execute() -> [String] {
        defer {
            wills.removeAll()
            stale = []
        }
        return Self.execute(wills, withFirewall: true) + restoreParameters()
    }

    /// `withFirewall`: its table goes as well; not while a living engine uses it.
    private static func execute(_ wills: [LastWill], withFirewall: Bool) -> [String] {
        var problems: [String] = []
        func attempt(_ body: () throws(SystemError) -> Void) {
            do throws(SystemError) { try body() } catch { problems.append("\(error)") }
        }
        attempt { () throws(SystemError) in
            guard !wills.isEmpty else { return }
            let routes = try RouteSocket()
            let names = Dictionary(try routes.links().map { ($0.index, $0.name) }) { first, _ in first }
            for will in wills {
                for farewell in will.farewells {
                    attempt { () throws(SystemError) in try send(farewell, names) }
                }
                let failures =
                    routes.perform(will.requests.map { RawChange($0) })
                    + routes.perform(will.addresses.map(AddressChange.init))
                problems += failures.compactMap { $0.map { "\($0)" } }
            }
        }
        for table in withFirewall ? Set(wills.compactMap(\.firewallTable)) : [] {
            attempt { () throws(SystemError) in try FirewallSocket(table: table).delete() }
        }
        return problems
    }

    private static func send(_ farewell: Transmission, _ names: [Int32: String]) throws(SystemError) {
        let index = farewell.interfaceIndex
        let socket = try VRRPSocket(
            family: farewell.destination.family, interfaceIndex: index,
            interfaceName: index.flatMap { names[$0] },
            group: farewell.destination.isMulticast ? farewell.destination : nil,
            protocolNumber: farewell.protocolNumber)
        try socket.send(
            farewell.message, to: farewell.destination, from: farewell.source, ttl: farewell.ttl,
            identification: farewell.identification)
    }
}

extension AddressChange {
    fileprivate init(_ held: HeldAddress) {
        self.init(
            operation: .remove, interfaceIndex: held.interfaceIndex, address: held.address,
            prefixLength: held.prefixLength)
    }
}
