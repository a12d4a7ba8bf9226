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

    /// What an earlier life left, in silence: most of it is not there.
    func removeLeftoverRouting(of instance: Instance) {
        let entries = Array(instance.routingEntries.reversed())
        guard !entries.isEmpty else { return }
        let known = numbers(of: entries)
        let usable = entries.filter { $0.interfaces.allSatisfy { known[$0] != nil } }
        _ = host.program(.remove, usable, interfaces: known)
    }

    /// Returns how many were really changed, and those that could not be.
    @discardableResult
    private func program(
        _ operation: RoutingOperation, _ entries: [RoutingEntry], _ name: String
    ) -> (changed: Int, failures: [RoutingEntry]) {
        var failures: [RoutingEntry] = []
        let known = numbers(of: entries)
        let usable = entries.filter { entry in
            let missing = entry.interfaces.first { known[$0] == nil }
            guard let missing, operation != .remove else { return missing == nil }
            log(.error, limited: .permanent("\(name) \(missing)")) {
                "(\(name)) cannot add a route: there is no interface \(missing)"
            }
            failures.append(entry)
            return false
        }
        var changed = 0
        for (entry, result) in zip(usable, host.program(operation, usable, interfaces: known)) {
            switch result {
            case .done: changed += 1
            case .present: break
            case .failed(let reason):
                failures.append(entry)
                log(.error, limited: .permanent("\(name) \(reason)")) {
                    "(\(name)) cannot \(operation == .remove ? "remove" : "add") \(reason)"
                }
            }
        }
        return (changed, failures)
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
            guard node.isMaster(instance.router), !isStopping else { continue }
            restore(instance.trackedEntries, instance.name)
        }
        guard !isStopping else { return }
        holdPermanentEntries(.addMissing)
    }

    private func restore(_ entries: [RoutingEntry], _ name: String) {
        guard !entries.isEmpty else { return }
        reportRestored(program(.addMissing, entries, name).changed, name)
    }

    private func reportRestored(_ count: Int, _ name: String) {
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
        let addresses = next.addresses.map(\.place)
        removePermanentAddresses(former.addresses.filter { !addresses.contains($0.place) })
        if !next.routingEntries.isEmpty { host.followRouting() }
        holdPermanentEntries(.add)
    }

    /// Adds everything, or what is missing and tracked; the track groups learn what could not be had.
    func holdPermanentEntries(_ operation: RoutingOperation) {
        let permanent = configuration.permanent
        guard !permanent.isEmpty else { return settleTrackGroups([]) }
        var broken = holdPermanentAddresses(operation)
        let entries = operation == .add ? permanent.routingEntries : permanent.trackedEntries
        let outcome = program(operation, entries, "static")
        if operation == .addMissing { reportRestored(outcome.changed, "static") }
        for entry in outcome.failures {
            if let group = permanent.trackGroup(of: entry) { broken.insert(group) }
        }
        settleTrackGroups(broken)
    }

    private func settleTrackGroups(_ broken: Set<String>) {
        guard broken != brokenTrackGroups else { return }
        brokenTrackGroups = broken
        reportTrackers()
    }

    /// Returns the track groups of those that could not be added.
    private func holdPermanentAddresses(_ operation: RoutingOperation) -> Set<String> {
        var broken: Set<String> = []
        for address in configuration.permanent.addresses where operation == .add || address.isTracked {
            // What is there must not be added again: the kernel would tell of it, and this would begin anew.
            let index = address.interface.flatMap { interfaces[$0]?.index }
            if operation == .addMissing, let index, interfaces.has(address.address, on: index) { continue }
            let change = permanentProgram(.add, address)
            let failure = change.flatMap { host.program([$0]).first ?? nil }
            guard change == nil || failure != nil else { continue }
            if let failure {
                log(.error, limited: .permanent("\(address.address)")) {
                    "(static) cannot add \(address.address): \(failure)"
                }
            }
            if let group = address.trackGroup { broken.insert(group) }
        }
        return broken
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
                log(.error, limited: .permanent("\(address.address)")) {
                    "(static) cannot add \(address.address): there is no interface \(address.interface ?? "-")"
                }
            }
            return nil
        }
        var change = AddressProgram(operation, address, interfaceIndex: interface.index)
        change.bearsMark = false
        return change
    }

    /// A static address that somebody removed is put back.
    func restorePermanentAddress(_ removed: AssignedAddress) {
        let address = configuration.permanent.addresses.first {
            $0.address == removed.address && $0.isTracked
                && $0.interface.flatMap { interfaces[$0]?.index } == removed.interfaceIndex
        }
        guard let address, !isStopping else { return }
        host.log(.warning, "(static) \(address.address) was removed by somebody else; putting it back")
        holdPermanentEntries(.addMissing)
    }
}

extension PermanentEntries {
    fileprivate func trackGroup(of entry: RoutingEntry) -> String? {
        switch entry {
        case .route(let route): routes.first { $0.route == route }?.trackGroup
        case .rule(let rule): rules.first { $0.rule == rule }?.trackGroup
        }
    }
}

extension VirtualAddress {
    /// What a kernel has of it: without what the daemon does about it.
    fileprivate var place: VirtualAddress {
        var address = self
        address.trackGroup = nil
        address.isTracked = true
        return address
    }
}
