// Interfaces that instances make for themselves (`use_vmac`, `use_ipvlan`), and the firewall for addresses that the
// host holds without using them (`no_accept`).

import Configuration
import Control
import Election
import Wire

extension Engine {
    /// Makes the virtual interfaces whose interface below is there, and forgets those that are gone.
    func settleVirtualInterfaces() {
        defer { virtualIndexes = Set(instances.flatMap(\.madeLinks)) }
        for place in instances.indices {
            settleVirtualInterface(of: place)
            settleAddressLinks(of: place)
        }
    }

    private func settleVirtualInterface(of place: Int) {
        let instance = instances[place]
        guard let wanted = instance.configuration.virtualInterface else { return }
        if let index = instance.virtualIndex, interfaces[index] != nil { return }
        instances[place].virtualIndex = nil
        guard let parent = instance.interfaceIndex.flatMap({ interfaces[$0] }) else { return }
        let kind: InterfaceRequest.Kind =
            switch wanted.kind {
            case .macvlan(let mac): .macvlan(mac ?? instance.virtualMAC)
            case .ipvlan(let mode, _): .ipvlan(mode: mode)
            }
        instances[place].virtualIndex = make(
            InterfaceRequest(
                name: wanted.name, parentIndex: parent.index, parentName: parent.name, kind: kind,
                group: wanted.group), for: instance)
    }

    /// Those of single addresses: VRID and the number of the interface below make the name.
    private func settleAddressLinks(of place: Int) {
        let instance = instances[place]
        let names = Set(instance.allAddresses.compactMap { instance.linkBelow($0) })
        for (name, index) in instance.addressLinks where !names.contains(name) {
            host.removeInterface(index)
            interfaces.remove(index: index)
            instances[place].addressLinks[name] = nil
        }
        for name in names.sorted() {
            if let index = instance.addressLinks[name], interfaces[index] != nil { continue }
            instances[place].addressLinks[name] = nil
            guard let parent = interfaces[name] else { continue }
            let prefix = configuration.global.addressLinkPrefix + (instance.family == .ipv4 ? "" : "6")
            let request = InterfaceRequest(
                name: "\(prefix).\(instance.configuration.router.vrid).\(parent.index)",
                parentIndex: parent.index,
                parentName: parent.name, kind: .macvlan(instance.virtualMAC), group: nil)
            instances[place].addressLinks[name] = make(request, for: instance)
        }
    }

    private func make(_ request: InterfaceRequest, for instance: Instance) -> Int32? {
        switch host.makeInterface(request) {
        case .success(let interface):
            _ = interfaces.set(interface)
            setParameters(of: request.name, request.parentName, instance)
            host.log(.info, "(\(instance.name)) uses \(request.name) with \(interface.mac)")
            return interface.index
        case .failure(let failure):
            log(.error, limited: .installation(instance.router)) {
                "(\(instance.name)) cannot make the interface \(request.name): \(failure.reason)"
            }
            return nil
        }
    }

    /// Just the virtual interface answers for its addresses, and takes packets whose way back is another interface
    /// (the addresses' network is on the one below as well).
    private func setParameters(of name: String, _ parent: String, _ instance: Instance) {
        guard
            instance.family == .ipv4
                || instance.configuration.excludedAddresses.contains(where: { $0.address.family == .ipv4 })
        else { return }
        let settings: [(String, String, Int)] = [
            ("arp_ignore", name, 1), ("accept_local", name, 1), ("rp_filter", name, 0),
            ("promote_secondaries", name, 1), ("arp_ignore", parent, 1), ("arp_filter", parent, 1),
            // Else the one below asks in the name of the virtual addresses, and neighbours learn its MAC address.
            ("arp_announce", parent, 2),
        ]
        for (parameter, interface, value) in settings {
            guard let reason = host.setParameter("net/ipv4/conf/\(interface)/\(parameter)", value) else {
                continue
            }
            host.log(.warning, "(\(instance.name)) cannot set \(parameter) of \(interface): \(reason)")
        }
    }

    /// The interfaces of an instance that leaves.
    func removeVirtualInterfaces(of instance: Instance) {
        for index in instance.madeLinks {
            host.removeInterface(index)
            interfaces.remove(index: index)
        }
    }

    // MARK: promote_secondaries

    func setPromotion(of instance: Instance) {
        guard instance.configuration.promotesSecondaries else { return }
        let names = Set(
            instance.allAddresses.compactMap { address in
                interfaceIndex(of: address, instance).flatMap { interfaces[$0]?.name }
            })
        for name in names.sorted() {
            guard let reason = host.setParameter("net/ipv4/conf/\(name)/promote_secondaries", 1)
            else {
                continue
            }
            host.log(.warning, "(\(instance.name)) cannot set promote_secondaries of \(name): \(reason)")
        }
    }

    // MARK: Firewall

    /// Packets to the addresses of masters that do not accept them are dropped; an owner always accepts.
    func settleFirewall() {
        let closed = instances.filter { instance in
            guard node.state(of: instance.router) == .master else { return false }
            return !instance.configuration.accepts && !instance.configuration.router.isOwner
        }
        let settings = configuration.global.firewall
        let request =
            closed.isEmpty
            ? nil
            : FirewallRequest(
                table: settings.table, priority: settings.priority, countsPackets: settings.countsPackets,
                addresses: Set(closed.flatMap { $0.allAddresses.map(\.address) }))
        firewallBackoff.clear()
        guard request != firewall else { return }
        if let reason = host.setFirewall(request) {
            log(.error, limited: .firewall) { "no_accept: the firewall cannot be set: \(reason)" }
            firewall = nil
            firewallBackoff.trouble(at: host.now)
        } else {
            firewall = request
        }
    }

    /// Somebody else has changed the table.
    package func firewallLost() {
        log(.warning, limited: .firewall) {
            "no_accept: somebody else has changed the table of the firewall, or may have; making it anew"
        }
        firewall = nil
        firewallBackoff.trouble(at: host.now)
    }
}

extension Instance {
    /// RFC 9568 7.3
    fileprivate var virtualMAC: MACAddress {
        MACAddress(vrid: configuration.router.vrid, family: family)
    }
}
