// What must be undone if the engine dies: the addresses it held, and the advertisements of priority 0
// that tell its peers. Executed by the guard, which knows nothing of the protocol.

import Control
import Linux
import Wire

/// The wills of all instances, by name.
package struct LastWills {
    private var wills: [LastWill] = []

    package init() {}

    package var isEmpty: Bool { wills.isEmpty }

    /// Replaces the instance's former will.
    package mutating func set(_ will: LastWill) {
        revoke(will.instance)
        wills.append(will)
    }

    package mutating func revoke(_ instance: String) { wills.removeAll { $0.instance == instance } }

    /// Tells the peers, then removes every address; returns what went wrong, in words. The wills are spent
    /// afterwards.
    package mutating func execute() -> [String] {
        var problems: [String] = []
        for farewell in wills.flatMap(\.farewells) {
            do throws(SystemError) { try Self.send(farewell) } catch { problems.append("\(error)") }
        }
        let changes = wills.flatMap(\.addresses).map {
            AddressChange(
                operation: .remove, interfaceIndex: $0.interfaceIndex, address: $0.address,
                prefixLength: $0.prefixLength)
        }
        let requests = wills.flatMap(\.requests).map { RawChange($0) }
        for table in Set(wills.compactMap(\.firewallTable)) {
            do throws(SystemError) {
                try FirewallSocket(table: table).delete()
            } catch {
                problems.append("\(error)")
            }
        }
        wills.removeAll()
        guard !changes.isEmpty || !requests.isEmpty else { return problems }
        do throws(SystemError) {
            let socket = try RouteSocket()
            problems += (socket.perform(requests) + socket.perform(changes)).compactMap { $0.map { "\($0)" } }
        } catch {
            problems.append("\(error)")
        }
        return problems
    }

    private static func send(_ farewell: Transmission) throws(SystemError) {
        let index = farewell.interfaceIndex
        let name = try index.flatMap { index throws(SystemError) in
            try RouteSocket().links().first { $0.index == index }?.name
        }
        let socket = try VRRPSocket(
            family: farewell.destination.family, interfaceIndex: index, interfaceName: name,
            group: farewell.destination.isMulticast ? farewell.destination : nil)
        try socket.send(
            farewell.message, to: farewell.destination, from: farewell.source, ttl: farewell.ttl)
    }
}
