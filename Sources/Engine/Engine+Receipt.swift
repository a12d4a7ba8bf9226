// The receipt of a takeover: that the kernel has every address and may use it, how long it took, and that nobody else
// answers for one.

import Configuration
import Election
import Wire

extension Engine {
    /// Duplicate address detection takes a second or two.
    private static let receiptPatience: Duration = .seconds(4)
    /// By then a former master has let go.
    private static let probeDelay: Duration = .seconds(1)

    func expectReceipt(_ transition: Transition, _ place: Int) {
        let isTakeover = transition.to == .master && !instances[place].allAddresses.isEmpty
        instances[place].unconfirmedSince = isTakeover ? host.now : nil
        instances[place].probeDue = nil
        if isTakeover, receiptDue == nil { receiptDue = host.now + Self.receiptPatience }
    }

    /// What the kernel has reported by now.
    func settleReceipts() {
        guard receiptDue != nil else { return }
        defer {
            let confirmation = instances.compactMap(\.unconfirmedSince).min().map {
                $0 + Self.receiptPatience
            }
            receiptDue = [confirmation, instances.compactMap(\.probeDue).min()].compactMap { $0 }.min()
        }
        for place in instances.indices {
            guard let due = instances[place].probeDue, due <= host.now else { continue }
            instances[place].probeDue = nil
            probe(instances[place])
        }
        for place in instances.indices {
            guard let since = instances[place].unconfirmedSince else { continue }
            let instance = instances[place]
            let missing = instance.allAddresses.filter { address in
                guard let index = interfaceIndex(of: address, instance) else { return true }
                return !interfaces.isUsable(address.address, on: index)
            }
            if missing.isEmpty {
                instances[place].unconfirmedSince = nil
                instances[place].probeDue = since + Self.probeDelay
                host.log(
                    .info,
                    "(\(instance.name)) holds its \(instance.allAddresses.count) addresses,"
                        + " \((host.now - since).microseconds) µs after the decision")
            } else if since + Self.receiptPatience <= host.now {
                instances[place].unconfirmedSince = nil
                let names = missing.map { missingReason($0, instance) }.joined(separator: ", ")
                host.log(.error, "(\(instance.name)) is master without \(names)")
            }
        }
    }

    /// Asks who else has an address. An answer is a claim, which is logged and contradicted.
    private func probe(_ instance: Instance) {
        // One that leaves would take its answer for its successor's. With a shared MAC the answer says nothing.
        guard node.isMaster(instance.router), !instance.configuration.sharesMAC else { return }
        for address in instance.allAddresses {
            // What the kernel has asked already must not be asked again: a peer that is asking gave up its address.
            guard !address.detectsDuplicates, let index = interfaceIndex(of: address, instance),
                let interface = interfaces[index]
            else { continue }
            let frame =
                switch address.address.family {
                case .ipv4: ARPPacket.probeFrame(for: address.address, mac: interface.mac)
                case .ipv6: NeighborSolicitation.probeFrame(for: address.address, mac: interface.mac)
                }
            host.sendFrame(frame, interfaceIndex: index)
        }
    }

    private func missingReason(_ address: VirtualAddress, _ instance: Instance) -> String {
        guard let index = interfaceIndex(of: address, instance) else {
            return "\(address.address) (no such interface)"
        }
        let isThere = interfaces.has(address.address, on: index)
        return
            "\(address.address) (\(isThere ? "another host uses it, or detection still runs" : "not there"))"
    }
}

extension Duration {
    /// Whole microseconds, truncated.
    fileprivate var microseconds: Int64 { nanoseconds / 1000 }
}
