// What the engine asks of its machine, done on the simulated one.

import Control
import Election
import Engine
import Wire

extension SimulatedHost: Host {
    package var now: Timestamp { clock.local(world.now) }
    package var unixNanoseconds: Int64 { clock.timeOfDay(world.now) }

    // MARK: Packets

    package func listen(on points: [ListenPoint]) -> [ListenPoint] {
        kernel.sockets = points
        return []
    }

    package func send(_ transmission: Transmission) -> Bool {
        guard !refusesSending, kernel.has(transmission.source) else { return false }
        if let index = transmission.interfaceIndex, let link = kernel.link(index),
            !link.isAdministrativelyUp
        {
            return false
        }
        world.send(transmission, from: self)
        return true
    }

    package func sendFrame(_ frame: [UInt8], interfaceIndex: Int32) {
        guard plan.behaviour.announcesInBurstsOnly, isActing else {
            return world.send(frame, from: self, interfaceIndex)
        }
        heldFrames.append((frame, interfaceIndex))
    }

    package func followClaims(of addresses: Set<IPAddress>) {
        kernel.claims = plan.behaviour.followsClaims ? addresses.sorted() : []
    }

    // MARK: Addresses

    package func program(_ changes: [AddressProgram]) -> [String?] {
        changes.map { change in
            if refusesAddresses {
                lastRefusal = world.now
                return "Input/output error"
            }
            guard kernel.link(change.interfaceIndex) != nil else {
                return change.operation == .add ? "No such device" : nil
            }
            switch change.operation {
            case .add: add(change)
            case .remove: remove(change)
            }
            return nil
        }
    }

    /// The thread that renews is never far behind: what the kernel refuses is lost.
    package func renew(_ changes: [AddressProgram]) { _ = program(changes) }

    private func add(_ change: AddressProgram) {
        if has(.additionsAreLies) { return }
        var lifetime = change.validLifetimeSeconds
        if has(.leasesAreForever) { lifetime = nil }
        // The kernel looks at leases now and then: up to 0.4 s late.
        let slack = Duration.milliseconds(random.number(in: 0...400))
        let isNew = kernel.add(
            KernelAddress(
                assigned: AssignedAddress(
                    interfaceIndex: change.interfaceIndex, address: change.address,
                    prefixLength: change.prefixLength, isTentative: false),
                leaseEnd: lifetime.map { world.now + .seconds(Int64($0)) + slack }))
        scheduleLeaseCheck()
        guard isNew else { return }
        note("address \(change.address) added", isStory: true)
        touch()
    }

    private func remove(_ change: AddressProgram) {
        if has(.removalsAreLies) { return }
        guard kernel.remove(change.address, on: change.interfaceIndex) else { return }
        note("address \(change.address) removed", isStory: true)
        touch()
    }

    package func program(
        _ operation: RoutingOperation, _ entries: [RoutingEntry], interfaces: [String: Int32]
    ) -> [RoutingResult] {
        entries.map { _ in .done }
    }

    package func removal(of entry: RoutingEntry, interfaces: [String: Int32]) -> [UInt8] { [] }

    package func undo(_ removals: [[UInt8]]) {}

    package func followRouting() {}

    // MARK: Interfaces and parameters

    package func makeInterface(_ request: InterfaceRequest) -> Result<Interface, InterfaceFailure> {
        let former = kernel.links.first { $0.name == request.name }
        if let former { return .success(interface(former)) }
        guard let parent = kernel.link(request.parentIndex) else {
            return .failure(InterfaceFailure(reason: "No such device"))
        }
        let index = (kernel.links.map(\.index).max() ?? 1) + 1
        let mac =
            switch request.kind {
            case .macvlan(let mac): mac
            case .ipvlan: parent.mac
            }
        let link = KernelLink(index: index, name: request.name, mac: mac, parent: request.parentIndex)
        kernel.links.append(link)
        kernel.report(.linkChanged(interface(link)))
        return .success(interface(link))
    }

    package func removeInterface(_ index: Int32) {
        kernel.removeAll { $0.assigned.interfaceIndex == index }
        kernel.links.removeAll { $0.index == index }
        kernel.report(.linkRemoved(index))
        touch()
    }

    package func setParameter(_ path: String, _ value: Int) -> String? { nil }

    package func forwardsIPv6(_ interface: String) -> Bool { true }

    package func setFirewall(_ firewall: FirewallRequest?) -> String? { nil }

    // MARK: Messages

    package func report(_ message: EngineMessage) {
        if case .standing(let standing) = message {
            note(
                "\(standing.instance) \(standing.state)",
                isStory: standing.state != FormerState.leaving.rawValue)
            touch()
        }
        supervisor?.take(message)
    }

    package func log(_ severity: LogSeverity, _ text: String) { note(text) }
}
