// What the kernel reports of links and addresses, as events for the routers that depend on them.

import Configuration
import Election
import Wire

extension Engine {
    /// Everything the kernel knows: at start, and after messages of it were lost.
    package func resynchronise(interfaces list: [Interface], addresses: [AssignedAddress]) {
        interfaces.replace(interfaces: list, addresses: addresses)
        guard !instances.isEmpty else { return }
        rewire()
        for instance in instances { checkAddresses(of: instance) }
    }

    package func interfaceChanged(_ interface: Interface) {
        var interface = interface
        if let counted = interfaces[interface.index]?.isUp {
            let isAdmitted = linkDelays.admit(
                interface.index, name: interface.name, isUp: interface.isUp, counted: counted, at: host.now)
            if !isAdmitted { interface.isUp = counted }
        }
        apply(interface)
    }

    /// A change of a link has lasted for as long as it must (`interface_up_down_delays`).
    func settle(_ index: Int32, isUp: Bool) {
        guard var interface = interfaces[index] else { return }
        interface.isUp = isUp
        apply(interface)
    }

    private func apply(_ interface: Interface) {
        let former = interfaces.set(interface)
        if former?.isUp != interface.isUp {
            host.log(.info, "Netlink reports \(interface.name) \(interface.isUp ? "up" : "down")")
        }
        if former == nil || former?.name != interface.name { rewire() } else { reportTrackers() }
        guard let former, interface.isUp, !former.isUp || former.mac != interface.mac else { return }
        for instance in instances where instance.interfaceIndex == interface.index {
            handle(.linkRenewed, for: instance.router)
        }
    }

    package func interfaceRemoved(index: Int32) {
        guard let interface = interfaces[index] else { return }
        host.log(.warning, "Interface \(interface.name) deleted")
        interfaces.remove(index: index)
        linkDelays.forget(index)
        rewire()
    }

    package func addressAdded(_ address: AssignedAddress) {
        interfaces.add(address)
        // A virtual address is nobody's own, but for an owner.
        if hasOwner || !virtualAddresses.contains(address.address) { ownAddressesAreDue = true }
    }

    package func addressRemoved(_ address: AssignedAddress) {
        interfaces.remove(address)
        if hasOwner { ownAddressesAreDue = true }
        guard virtualAddresses.contains(address.address) else {
            ownAddressesAreDue = true
            return restorePermanentAddress(address)
        }
        for instance in instances {
            let isVirtual = instance.allAddresses.contains {
                $0.address == address.address && $0.isTracked
                    && interfaceIndex(of: $0, instance) == address.interfaceIndex
            }
            if isVirtual { checkAddresses(of: instance) }
        }
    }

    /// After a batch of reports: what follows from all of them together.
    package func settleReports() {
        if routingIsDue { restoreRouting() }
        routingIsDue = false
        guard ownAddressesAreDue else { return }
        ownAddressesAreDue = false
        reportOwnAddresses()
    }

    /// A master whose addresses are not all there has lost them to somebody else.
    private func checkAddresses(of instance: Instance) {
        guard case .master = node[instance.router]?.state else { return }
        let isComplete = instance.allAddresses.allSatisfy { address in
            guard address.isTracked, let index = interfaceIndex(of: address, instance) else { return true }
            return interfaces.has(address.address, on: index)
        }
        if !isComplete { handle(.addressLost, for: instance.router) }
    }

    // MARK: Wiring

    /// Resolves interface names, opens the sockets that follow, and reports what changed.
    func rewire() {
        recipients.removeAll(keepingCapacity: true)
        for place in instances.indices {
            instances[place].interfaceIndex =
                instances[place].configuration.interface.flatMap { interfaces[$0]?.index }
        }
        settleVirtualInterfaces()
        hasOwner = instances.contains { $0.configuration.router.isOwner }
        virtualAddresses = Set(instances.flatMap { $0.allAddresses.map(\.address) })
        for place in instances.indices {
            let instance = instances[place]
            let key = RecipientKey(
                interfaceIndex: instance.receivingIndex ?? 0, family: instance.family,
                vrid: instance.configuration.router.vrid)
            guard instance.receivingIndex != nil || instance.configuration.interface == nil else { continue }
            recipients[key, default: []].append(place)
        }
        host.listen(on: listenPoints)
        reportTrackers()
        reportOwnAddresses()
    }

    private var listenPoints: [ListenPoint] {
        var points: [ListenPoint] = []
        for instance in instances {
            let name = instance.configuration.interface
            guard instance.interfaceIndex != nil || name == nil else { continue }
            let point = ListenPoint(
                family: instance.family, interfaceIndex: instance.interfaceIndex, interfaceName: name,
                group: instance.configuration.transport.group, protocolNumber: instance.protocolNumber,
                receiveBufferSize: instance.configuration.receiveBufferSize)
            if !points.contains(point) { points.append(point) }
            guard let index = instance.receivingIndex, index != instance.interfaceIndex else { continue }
            points.append(
                ListenPoint(
                    family: instance.family, interfaceIndex: index, interfaceName: interfaces[index]?.name,
                    group: instance.configuration.transport.group, protocolNumber: instance.protocolNumber,
                    receiveBufferSize: instance.configuration.receiveBufferSize))
        }
        return points
    }

    /// Tells each router how its interfaces are.
    private func reportTrackers() {
        for instance in instances {
            for (index, tracker) in instance.configuration.router.trackers.enumerated() {
                switch tracker.kind {
                case .interface, .trackedInterface:
                    let health: TrackerHealth = interfaces[tracker.name]?.isUp ?? false ? .up : .down
                    guard node[instance.router]?.ledger.entries[index].health != health else { continue }
                    handle(.tracker(index: index, health: health), for: instance.router)
                case .script, .file, .process:
                    break
                }
            }
        }
    }

    /// Tells each router which address it sends from.
    private func reportOwnAddresses() {
        for instance in instances {
            let address = ownAddress(of: instance)
            guard node[instance.router]?.ownAddress != address else { continue }
            handle(.ownAddress(address), for: instance.router)
        }
    }

    /// The configured source if it is there, else the interface's first address that is not virtual: for
    /// IPv6 multicast its link-local one (RFC 9568 5.1.1.1, 5.1.2.1).
    private func ownAddress(of instance: Instance) -> IPAddress? {
        if instance.configuration.interface != nil, instance.interfaceIndex == nil { return nil }
        if instance.configuration.virtualInterface != nil, instance.virtualIndex == nil { return nil }
        let transport = instance.configuration.transport
        let usable = interfaces.usable(instance.family, on: instance.interfaceIndex)
        if let source = transport.source { return usable.contains(source) ? source : nil }
        let candidates = usable.filter { candidate in
            guard instance.family == .ipv6 else { return true }
            let wantsLinkLocal = transport.destinations.contains { $0.isMulticast || $0.isLinkLocal }
            return candidate.isLinkLocal == wantsLinkLocal
        }
        let own = candidates.first { candidate in
            !virtualAddresses.contains(candidate)
        }
        return own ?? (instance.configuration.router.isOwner ? candidates.first : nil)
    }

    /// Virtual addresses that an earlier life left on the host are taken away; an owner's are its own and
    /// stay (RFC 9568 6.1: the owner has them as real addresses).
    func removeLeftovers() {
        for place in instances.indices { settleLeftovers(of: place) }
    }

    func settleLeftovers(of place: Int) {
        let instance = instances[place]
        let found = programs(.remove, instance).filter {
            interfaces.has($0.address, on: $0.interfaceIndex)
        }
        if instance.configuration.router.isOwner {
            instances[place].foreignAddresses = found.map(\.address)
        } else {
            remove(found, instance.name)
        }
    }
}
