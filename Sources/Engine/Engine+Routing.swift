// Routes and rules that go with the state of an instance, and what the kernel is to hold always.

import Configuration
import Control
import Election
import Wire

extension Instance {
    /// Everything that goes with the state, in the order of adding: rules may need routes.
    var routingEntries: [RoutingEntry] {
        configuration.routes.map { .route($0.route) } + configuration.rules.map { .rule($0.rule) }
    }

    /// What is put back if somebody else removes it.
    var trackedEntries: [RoutingEntry] {
        configuration.routes.filter(\.isTracked).map { .route($0.route) }
            + configuration.rules.filter(\.isTracked).map { .rule($0.rule) }
    }
}

extension PermanentEntries {
    var routingEntries: [RoutingEntry] {
        routes.map { .route($0.route) } + rules.map { .rule($0.rule) }
    }

    var trackedEntries: [RoutingEntry] {
        routes.filter(\.isTracked).map { .route($0.route) } + rules.filter(\.isTracked).map { .rule($0.rule) }
    }
}

extension Engine {
    func addRouting(of instance: Instance) {
        guard !instance.routingEntries.isEmpty else { return }
        host.followRouting()
        program(.add, instance.routingEntries, instance.name)
        if options.logsDetail {
            if !instance.configuration.routes.isEmpty {
                host.log(.info, "(\(instance.name)) setting Virtual Routes")
            }
            if !instance.configuration.rules.isEmpty {
                host.log(.info, "(\(instance.name)) setting Virtual Rules")
            }
        }
    }

    /// In the reverse order: a rule must not point to what is gone.
    func removeRouting(_ entries: [RoutingEntry], _ name: String) {
        guard !entries.isEmpty else { return }
        program(.remove, entries.reversed(), name)
    }

    /// Returns how many were really changed.
    @discardableResult
    private func program(_ operation: RoutingOperation, _ entries: [RoutingEntry], _ name: String) -> Int {
        let known = numbers(of: entries)
        let usable = entries.filter { entry in
            let missing = entry.interfaces.first { known[$0] == nil }
            guard let missing, operation != .remove else { return missing == nil }
            host.log(.error, "(\(name)) cannot add a route: there is no interface \(missing)")
            return false
        }
        var changed = 0
        for result in host.program(operation, usable, interfaces: known) {
            switch result {
            case .done: changed += 1
            case .present: break
            case .failed(let reason):
                host.log(.error, "(\(name)) cannot \(operation == .remove ? "remove" : "add") \(reason)")
            }
        }
        return changed
    }

    private func numbers(of entries: [RoutingEntry]) -> [String: Int32] {
        let names = entries.flatMap(\.interfaces)
        return Dictionary(names.compactMap { name in interfaces[name].map { (name, $0.index) } }) {
            first, _ in first
        }
    }

    /// Messages that remove everything, for the last will.
    func routingRemovals(of instance: Instance) -> [[UInt8]] {
        let entries = Array(instance.routingEntries.reversed())
        let known = numbers(of: entries)
        return entries.filter { $0.interfaces.allSatisfy { known[$0] != nil } }
            .map { host.removal(of: $0, interfaces: known) }
    }

    /// Somebody removed a route or rule, perhaps one of these.
    package func routingRemoved() { routingIsDue = true }

    /// What is missing is put back.
    func restoreRouting() {
        for instance in instances {
            guard case .master = node[instance.router]?.state, !isStopping else { continue }
            restore(instance.trackedEntries, instance.name)
        }
        if !isStopping { restore(configuration.permanent.trackedEntries, "static") }
    }

    private func restore(_ entries: [RoutingEntry], _ name: String) {
        guard !entries.isEmpty else { return }
        let count = program(.addMissing, entries, name)
        guard count > 0 else { return }
        host.log(
            .warning,
            "(\(name)) \(count) route\(count == 1 ? " or rule was" : "s or rules were")"
                + " removed by somebody else; putting back")
    }

    // MARK: Permanent entries

    /// Adds what is to be there always; `former`: what was until now, of which the rest is removed.
    func settlePermanentEntries(former: PermanentEntries = PermanentEntries()) {
        let next = configuration.permanent
        let vanished = former.routingEntries.filter { !next.routingEntries.contains($0) }
        removeRouting(vanished, "static")
        removePermanentAddresses(former.addresses.filter { !next.addresses.contains($0) })
        guard !next.isEmpty else { return }
        let changes = next.addresses.compactMap { permanentProgram(.add, $0) }
        for (change, failure) in zip(changes, host.program(changes)) {
            guard let failure else { continue }
            host.log(.error, "(static) cannot add \(change.address): \(failure)")
        }
        guard !next.routingEntries.isEmpty else { return }
        host.followRouting()
        program(.add, next.routingEntries, "static")
    }

    func removePermanentEntries() {
        removeRouting(configuration.permanent.routingEntries, "static")
        removePermanentAddresses(configuration.permanent.addresses)
    }

    private func removePermanentAddresses(_ addresses: [VirtualAddress]) {
        let changes = addresses.compactMap { permanentProgram(.remove, $0) }
        guard !changes.isEmpty else { return }
        for case let failure? in host.program(changes) { host.log(.error, "(static) \(failure)") }
    }

    private func permanentProgram(
        _ operation: AddressProgram.Operation, _ address: VirtualAddress
    ) -> AddressProgram? {
        guard let name = address.interface, let interface = interfaces[name] else {
            if operation == .add {
                host.log(
                    .error,
                    "(static) cannot add \(address.address): there is no interface \(address.interface ?? "-")"
                )
            }
            return nil
        }
        return AddressProgram(operation, address, interfaceIndex: interface.index)
    }

    /// A static address that somebody removed is put back.
    func restorePermanentAddress(_ removed: AssignedAddress) {
        let address = configuration.permanent.addresses.first {
            $0.address == removed.address && $0.isTracked
                && $0.interface.flatMap { interfaces[$0]?.index } == removed.interfaceIndex
        }
        guard let address, !isStopping, let change = permanentProgram(.add, address) else { return }
        host.log(.warning, "(static) \(address.address) was removed by somebody else; putting it back")
        _ = host.program([change])
    }
}
