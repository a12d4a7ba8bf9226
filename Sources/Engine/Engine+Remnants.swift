// Virtual addresses that the kernel did not let go when it was told to: it is told again until they are gone, or wanted
// again. A lease ends them as well, where there is one; the last will stays with the guard until then.

import Configuration
import Control
import Election
import Wire

/// A removal that the kernel has refused.
struct Remnant {
    let instance: String
    let change: AddressProgram
}

extension Engine {
    func noteRemnant(_ change: AddressProgram, of instance: String) {
        remnants.append(Remnant(instance: instance, change: change))
        remnantBackoff.trouble(at: host.now)
    }

    func hasRemnant(of instance: String) -> Bool { remnants.contains { $0.instance == instance } }

    func settleRemnants() {
        remnantBackoff.clear()
        let masters = instances.filter { node.state(of: $0.router) == .master }
        let wanted = Set(masters.flatMap { $0.allAddresses.map(\.address) })
        let former = remnants
        remnants = []
        for remnant in former {
            let change = remnant.change
            guard !wanted.contains(change.address), interfaces.has(change.address, on: change.interfaceIndex)
            else { continue }
            if host.program([change]) == [nil] {
                host.log(.info, "(\(remnant.instance)) \(change.address) is removed at last")
            } else {
                noteRemnant(change, of: remnant.instance)
            }
        }
        for name in Set(former.map(\.instance)).sorted()
        where !hasRemnant(of: name) && !masters.contains(where: { $0.name == name }) {
            host.report(.revokeWill(instance: name))
        }
    }
}
