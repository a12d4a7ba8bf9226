// A new configuration for running instances. What did not change notices nothing; what did keeps its
// state where its identity (VRID, family, interface, group) stayed.

import Configuration
import Control
import Election
import Wire

extension Engine {
    /// Puts a configuration into force. It MUST be free of fatal problems.
    package func reload(_ new: Configuration) {
        let formerEntries = configuration.permanent
        configuration = new
        // Each former instance is kept once at most: unicast instances may share an identity.
        var former: [Instance?] = instances
        let placesOf = Dictionary(grouping: instances.indices) { instances[$0].identity }
        var kept: [Instance] = []
        var started: [RouterID] = []
        instances = []
        for settings in new.instances {
            let twins = (placesOf[Instance.Identity(settings)] ?? []).filter { former[$0] != nil }
            let place = twins.first { former[$0]?.name == settings.name } ?? twins.first
            if let place, let instance = former[place].take() {
                kept.append(instance)
                instances.append(instance.with(settings))
            } else {
                add(settings)
                if let added = instances.last { started.append(added.router) }
            }
        }
        // Everybody is in place before anything is done: what one does may concern its whole sync group.
        let vanished = former.compactMap { $0 }
        instances += vanished
        // What is not wanted any more goes first: a member's new settings may end the others' state.
        for instance in kept { removeVanished(from: instance) }
        for instance in kept { applyDifferences(from: instance) }
        retire(vanished)
        adoptSettings()
        settlePermanentEntries(former: formerEntries)
        // New members must know their interfaces before they join: else they fault their group.
        rewire()
        group()
        instructRunner()
        for instance in instances { applyWatches(to: instance) }
        for place in instances.indices where started.contains(instances[place].router) {
            settleLeftovers(of: place)
            handle(.startup, for: instances[place].router)
        }
        settleSoon()
        if new.global.fifo.repeatsStatesOnReload { repeatStates() }
        host.log(.notice, "Reload complete")
    }

    /// Applies the differences to an instance that stays; `instance` is as it was.
    private func applyDifferences(from instance: Instance) {
        guard let place = place(of: instance.router) else { return }
        let (next, settings) = (instances[place], instances[place].configuration)
        guard instance.configuration != settings else { return }
        let isMaster = node.isMaster(instance.router)
        if instance.configuration.router != settings.router {
            perform { node.update(instance.router, to: settings.router, at: host.now, into: &$0) }
        }
        // The new settings may have ended that.
        guard isMaster, node.isMaster(instance.router) else { return }
        // What must be undone may have another name, source or peer now.
        host.report(.will(will(of: next)))
        let leases = (former: leaseSeconds(of: instance), next: leaseSeconds(of: next))
        let isSame =
            instance.allAddresses == next.allAddresses && instance.routingEntries == next.routingEntries
            && leases.former == leases.next
        guard !isSame else { return }
        if leases.former == nil, leases.next != nil {
            // An IPv6 address that gets a lifetime where it stands hands it to the host's own on-link route.
            remove(programs(.remove, next).filter { $0.address.family == .ipv6 }, next.name)
        }
        perform { actions in
            actions.append(Action(instance.router, .installAddresses))
            actions.append(Action(instance.router, .announce(copies: 1)))
        }
    }

    /// Addresses that the new configuration does not hold (or holds otherwise) go; the others never leave.
    private func removeVanished(from old: Instance) {
        guard let place = place(of: old.router), node.state(of: old.router) == .master else { return }
        let new = instances[place]
        guard old.configuration != new.configuration else { return }
        removeRouting(old.routingEntries.filter { !new.routingEntries.contains($0) }, old.name)
        let wanted = programs(.remove, new)
        remove(programs(.remove, old).filter { !wanted.contains($0) }, old.name)
        if old.name != new.name { host.report(.revokeWill(instance: old.name)) }
    }

    /// Instances that the new configuration lacks: shut down like at a stop, then forgotten.
    private func retire(_ vanished: [Instance]) {
        for instance in vanished {
            if let place = place(of: instance.router) { instances[place].isRetiring = true }
            handle(.abandon, for: instance.router)
        }
        let routers = Set(vanished.map(\.router))
        instances.removeAll { routers.contains($0.router) }
        for instance in vanished {
            removeVirtualInterfaces(of: instance)
            node.remove(instance.router)
        }
    }
}
