// What the kernel reports of links and addresses, as events for the routers that depend on them.

import Configuration
import Control
import Election
import Wire

extension Engine {
    /// Everything the kernel knows: at start, and after messages of it were lost.
    package func resynchronise(interfaces list: [Interface], addresses: [AssignedAddress]) {
        let admitted = hasStarted ? list.map { admit($0) } : list
        interfaces.replace(interfaces: admitted, addresses: addresses)
        routingIsDue = hasStarted
        guard !instances.isEmpty else { return }
        rewire()
        for instance in instances { checkAddresses(of: instance) }
    }

    package func interfaceChanged(_ interface: Interface) {
        apply(admit(interface))
    }

    /// The interface as it counts: a change may have to last for a while first.
    private func admit(_ interface: Interface) -> Interface {
        guard let counted = interfaces[interface.index]?.isUp else { return interface }
        var interface = interface
        let isAdmitted = linkDelays.admit(
            interface.index, name: interface.name, isUp: interface.isUp, counted: counted, at: host.now)
        if !isAdmitted { interface.isUp = counted }
        return interface
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
        // The kernel drops the routes of a link that goes down without a word.
        if interface.isUp, former?.isUp != true { routingIsDue = true }
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
        for place in instances.indices {
            let instance = instances[place]
            let isVirtual = instance.allAddresses.contains {
                $0.address == address.address && $0.isTracked
                    && interfaceIndex(of: $0, instance) == address.interfaceIndex
            }
            if isVirtual { instances[place].isSuspect = true }
        }
    }

    /// After a batch of reports: what follows from all of them together.
    package func settleReports() {
        if routingIsDue || !brokenTrackGroups.isEmpty { restoreRouting() }
        routingIsDue = false
        sendServedAnnouncements()
        settleReceipts()
        if ownAddressesAreDue {
            ownAddressesAreDue = false
            reportOwnAddresses()
        }
        for place in instances.indices where instances[place].isSuspect {
            instances[place].isSuspect = false
            checkAddresses(of: instances[place])
        }
    }

    /// A master whose addresses are not all there has lost them to somebody else.
    private func checkAddresses(of instance: Instance) {
        guard node.isMaster(instance.router) else { return }
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
        setHeartbeat()
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
        listen()
        reportTrackers()
        reportOwnAddresses()
        for place in instances.indices { followInterfaces(of: place) }
    }

    /// An interface may have come for what could not be added before, or have gone with what was.
    private func followInterfaces(of place: Int) {
        let instance = instances[place]
        let isComplete = instance.allAddresses.allSatisfy { interfaceIndex(of: $0, instance) != nil }
        instances[place].lacksInterface = !isComplete
        guard isComplete, instance.lacksInterface, node.isMaster(instance.router) else { return }
        perform { actions in
            actions.append(Action(instance.router, .installAddresses))
            actions.append(Action(instance.router, .announce(copies: 1)))
        }
    }

    // MARK: Listening

    /// A router that cannot listen must not believe that nobody is there: it has no address to send from.
    private func listen() {
        deafPoints = host.listen(on: listenPoints)
        listenDue = deafPoints.isEmpty ? nil : host.now + .seconds(1)
    }

    /// Sockets that could not be opened are tried again.
    func listenAgain() {
        guard let due = listenDue, due <= host.now else { return }
        listen()
        if deafPoints.isEmpty { reportOwnAddresses() }
    }

    /// One for each interface, group and protocol, with the largest buffer that is asked for.
    private var listenPoints: [ListenPoint] {
        var points: [ListenPoint] = []
        for point in instances.flatMap(listenPoints) {
            guard let place = points.firstIndex(where: { $0.isSameSocket(as: point) }) else {
                points.append(point)
                continue
            }
            let sizes = [points[place].receiveBufferSize, point.receiveBufferSize].compactMap { $0 }
            points[place].receiveBufferSize = sizes.max()
        }
        return points
    }

    /// Where an instance sends and where it hears.
    private func listenPoints(of instance: Instance) -> [ListenPoint] {
        guard instance.interfaceIndex != nil || instance.configuration.interface == nil else { return [] }
        var indexes = [instance.interfaceIndex]
        if let index = instance.receivingIndex, index != instance.interfaceIndex { indexes.append(index) }
        return indexes.map { index in
            ListenPoint(
                family: instance.family, interfaceIndex: index,
                interfaceName: index.flatMap { interfaces[$0]?.name } ?? instance.configuration.interface,
                group: instance.configuration.transport.group, protocolNumber: instance.protocolNumber,
                receiveBufferSize: instance.configuration.receiveBufferSize)
        }
    }

    /// Tells each router how its interfaces are.
    func reportTrackers() {
        for instance in instances {
            for (index, tracker) in instance.configuration.router.trackers.enumerated() {
                let isUp: Bool
                switch tracker.kind {
                case .interface, .trackedInterface: isUp = interfaces[tracker.name]?.isUp ?? false
                case .staticEntries: isUp = !brokenTrackGroups.contains(tracker.name)
                case .script, .file, .process: continue
                }
                report(isUp ? .up : .down, ofTracker: index, to: instance)
            }
        }
    }

    /// What a router knows already is not said again.
    func report(_ health: TrackerHealth, ofTracker index: Int, to instance: Instance) {
        guard node[instance.router]?.ledger.entries[index].health != health else { return }
        handle(.tracker(index: index, health: health), for: instance.router)
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
        let points = listenPoints(of: instance)
        guard !deafPoints.contains(where: { deaf in points.contains { $0.isSameSocket(as: deaf) } }) else {
            return nil
        }
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
        if let will = formerWill(of: instance) {
            let held = will.addresses.map(\.address)
            guard instance.configuration.router.isOwner else { return }
            instances[place].foreignAddresses = found.map(\.address).filter { !held.contains($0) }
            return
        }
        removeLeftoverRouting(of: instance)
        if instance.configuration.router.isOwner {
            instances[place].foreignAddresses = found.map(\.address)
        } else {
            remove(found, instance.name)
        }
    }
}
