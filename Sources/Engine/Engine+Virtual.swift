// Interfaces that instances make for themselves (`use_vmac`, `use_ipvlan`), and the firewall for addresses that the
// host holds without using them (`no_accept`).

import Configuration
import Control
import Election
import Wire

extension Engine {
    /// Makes the virtual interfaces whose interface below is there, and forgets those that are gone.
    func settleVirtualInterfaces() {
        defer { virtualIndexes = Set(instances.compactMap(\.virtualIndex)) }
        for place in instances.indices {
            guard let wanted = instances[place].configuration.virtualInterface else { continue }
            if let index = instances[place].virtualIndex, interfaces[index] != nil { continue }
            instances[place].virtualIndex = nil
            guard let parent = instances[place].interfaceIndex, let name = interfaces[parent]?.name else {
                continue
            }
            make(wanted, on: parent, name, place)
        }
    }

    private func make(_ wanted: VirtualInterface, on parent: Int32, _ parentName: String, _ place: Int) {
        let instance = instances[place]
        let kind: InterfaceRequest.Kind =
            switch wanted.kind {
            case .macvlan(let mac):
                .macvlan(mac ?? MACAddress(vrid: instance.configuration.router.vrid, family: instance.family))
            case .ipvlan(let mode, _): .ipvlan(mode: mode)
            }
        let request = InterfaceRequest(
            name: wanted.name, parentIndex: parent, parentName: parentName, kind: kind, group: wanted.group)
        switch host.makeInterface(request) {
        case .success(let interface):
            _ = interfaces.set(interface)
            instances[place].virtualIndex = interface.index
            setParameters(of: wanted.name, parentName, instance)
            host.log(.info, "(\(instance.name)) uses \(wanted.name) with \(interface.mac)")
        case .failure(let failure):
            log(.error, limited: .installation(instance.router)) {
                "(\(instance.name)) cannot make the interface \(wanted.name): \(failure.reason)"
            }
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

    /// The interface of an instance that leaves.
    func removeVirtualInterface(of instance: Instance) {
        guard let index = instance.virtualIndex else { return }
        host.removeInterface(index)
        interfaces.remove(index: index)
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
            guard case .master = node[instance.router]?.state else { return false }
            return !instance.configuration.accepts && !instance.configuration.router.isOwner
        }
        let settings = configuration.global.firewall
        let request =
            closed.isEmpty
            ? nil
            : FirewallRequest(
                table: settings.table, priority: settings.priority, countsPackets: settings.countsPackets,
                addresses: Set(closed.flatMap { $0.allAddresses.map(\.address) }))
        guard request != firewall else { return }
        if let reason = host.setFirewall(request) {
            host.log(.error, "no_accept: the firewall cannot be set: \(reason)")
        } else {
            firewall = request
        }
    }
}
