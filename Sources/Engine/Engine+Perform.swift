// Performing one action: packets out, addresses in and out.

import Configuration
import Control
import Election
import Wire

extension Engine {
    func perform(_ action: Action) {
        guard let place = place(of: action.router) else { return }
        switch action.kind {
        case .advertise(let priority): advertise(instances[place], priority: priority)
        case .installAddresses: install(instances[place])
        case .removeAddresses: withdraw(instances[place])
        case .announce(let copies): announce(instances[place], copies: copies)
        case .transition(let transition): report(transition, place)
        case .groupTransition(let transition): report(transition)
        case .note(let note):
            if case .awaitingSuccessor = note { reportLeaving(instances[place]) }
            report(note, instances[place])
        }
    }

    // MARK: Advertisements

    private func advertise(_ instance: Instance, priority: UInt8) {
        var hasLeft = false
        forEachTransmission(of: instance, priority: priority) { hasLeft = host.send($0) || hasLeft }
        // Who is not heard must not hold on to the addresses either.
        if hasLeft { advertised.append(instance.router) }
        // A farewell with an older number than this packet's would not be believed.
        if instance.isAuthenticated, node.state(of: instance.router) == .master {
            host.report(.will(will(of: instance)))
        }
    }

    /// The packets of one advertisement: one to the group, or one to each peer.
    func forEachTransmission(of instance: Instance, priority: UInt8, _ body: (Transmission) -> Void) {
        let transport = instance.configuration.transport
        guard let source = node[instance.router]?.ownAddress else { return }
        let router = instance.configuration.router
        let advertisement = Advertisement(
            version: router.version, vrid: router.vrid, priority: priority,
            intervalCentiseconds: UInt16(clamping: router.advertisementInterval.centiseconds),
            addressCount: UInt8(clamping: instance.expectation.addresses.count),
            checksumForm: instance.checksumForm, authentication: instance.configuration.authentication)
        for destination in transport.destinations {
            messageBuffer.removeAll(keepingCapacity: true)
            advertisement.encode(
                addresses: instance.expectation.addresses, source: source, destination: destination,
                into: &messageBuffer, signer: signer(instance))
            let transmission = Transmission(
                interfaceIndex: instance.sendingIndex, source: source, destination: destination,
                ttl: transport.ttl, message: messageBuffer)
            body(seal(transmission, instance))
        }
    }

    // MARK: Addresses

    private func install(_ instance: Instance) {
        let changes = programs(.add, instance)
        if let place = place(of: instance.router) {
            instances[place].lacksInterface = instance.allAddresses.contains {
                interfaceIndex(of: $0, instance) == nil
            }
            instances[place].lastRenewal = host.now
        }
        for address in instance.allAddresses where interfaceIndex(of: address, instance) == nil {
            host.log(.error, "(\(instance.name)) cannot add \(address.address): no such interface")
        }
        let failures = host.program(changes)
        for (change, failure) in zip(changes, failures) {
            guard let failure else { continue }
            log(.error, limited: .installation(instance.router)) {
                "(\(instance.name)) cannot add \(change.address): \(failure)"
            }
        }
        if failures.contains(where: { $0 != nil }) { handle(.installationFailed, for: instance.router) }
        if options.logsDetail { host.log(.info, "(\(instance.name)) setting VIPs.") }
        setPromotion(of: instance)
        addRouting(of: instance)
        host.report(.will(will(of: instance)))
    }

    private func withdraw(_ instance: Instance) {
        if !(options.keepsAddresses && isStopping) {
            removeRouting(instance.routingEntries, instance.name)
            remove(programs(.remove, instance), instance.name)
        }
        if !hasRemnant(of: instance.name) { host.report(.revokeWill(instance: instance.name)) }
    }

    func remove(_ changes: [AddressProgram], _ name: String) {
        guard !changes.isEmpty else { return }
        if options.logsDetail { host.log(.info, "(\(name)) removing VIPs.") }
        for (change, failure) in zip(changes, host.program(changes)) {
            guard let failure else { continue }
            host.log(.error, "(\(name)) cannot remove \(change.address): \(failure)")
            noteRemnant(change, of: name)
        }
    }

    /// The changes that add or remove an instance's addresses; those whose interface is missing are left out.
    func programs(_ operation: AddressProgram.Operation, _ instance: Instance) -> [AddressProgram] {
        var changes: [AddressProgram] = []
        for address in instance.allAddresses {
            guard let index = interfaceIndex(of: address, instance) else { continue }
            // The host's own is put back if somebody has removed it, and else left alone.
            let isForeign = instance.foreignAddresses.contains(address.address)
            if isForeign, operation == .remove || interfaces.has(address.address, on: index) { continue }
            var change = AddressProgram(operation, address, interfaceIndex: index)
            change.bearsMark = !isForeign
            if operation == .add, !isForeign {
                change.validLifetimeSeconds = leaseSeconds(of: instance)
                // The kernel refuses an address that is preferred for longer than it is valid.
                if let valid = change.validLifetimeSeconds, let preferred = change.preferredLifetimeSeconds {
                    change.preferredLifetimeSeconds = min(preferred, valid)
                }
            }
            changes.append(change)
        }
        return changes
    }

    func interfaceIndex(of address: VirtualAddress, _ instance: Instance) -> Int32? {
        if let name = instance.linkBelow(address) { return instance.addressLinks[name] }
        guard let name = address.interface, !address.usesVirtualMAC else {
            return instance.configuration.virtualInterface == nil
                ? instance.interfaceIndex : instance.virtualIndex
        }
        return interfaces[name]?.index
    }

    /// The addresses that go when the instance lets go.
    func held(of instance: Instance) -> [HeldAddress] {
        programs(.remove, instance).map {
            HeldAddress(
                interfaceIndex: $0.interfaceIndex, address: $0.address, prefixLength: $0.prefixLength)
        }
    }

    func will(of instance: Instance) -> LastWill {
        var farewells: [Transmission] = []
        forEachTransmission(of: instance, priority: 0) { farewells.append($0) }
        return LastWill(
            instance: instance.name, vrid: instance.configuration.router.vrid, addresses: held(of: instance),
            firewallTable: instance.configuration.accepts ? nil : configuration.global.firewall.table,
            requests: routingRemovals(of: instance),
            farewells: farewells, patience: patience(of: instance).nanoseconds)
    }
}

extension Instance {
    /// keepalived's default over IPv4 v3 is the pseudo-header; `v3_checksum_as_v2` asks for RFC 9568's.
    fileprivate var checksumForm: ChecksumForm {
        let router = configuration.router
        let isOptional = router.version == .v3 && router.family == .ipv4
        return isOptional && !configuration.sendsStandardChecksum ? .pseudoHeader : .standard
    }
}

extension AddressProgram {
    /// IFA_F_NODAD: no duplicate address detection.
    private static let noDuplicateDetection: UInt32 = 0x02

    init(_ operation: Operation, _ address: VirtualAddress, interfaceIndex: Int32) {
        let isQuiet = address.address.family == .ipv6 && !address.detectsDuplicates
        self.init(
            operation: operation, interfaceIndex: interfaceIndex, address: address.address,
            prefixLength: address.prefixLength, broadcast: address.broadcast, peer: address.peer,
            label: address.label, scope: address.scope,
            flags: address.flags | (isQuiet ? Self.noDuplicateDetection : 0),
            preferredLifetimeSeconds: address.preferredLifetimeSeconds)
    }
}
