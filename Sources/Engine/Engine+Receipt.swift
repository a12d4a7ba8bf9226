// The receipt of a takeover: that the kernel has every address and may use it, and how long it took.

import Configuration
import Election
import Wire

extension Engine {
    /// Duplicate address detection takes a second or two.
    private static let receiptPatience: Duration = .seconds(4)

    func expectReceipt(_ transition: Transition, _ place: Int) {
        let isTakeover = transition.to == .master && !instances[place].allAddresses.isEmpty
        instances[place].unconfirmedSince = isTakeover ? host.now : nil
        if isTakeover, receiptDue == nil { receiptDue = host.now + Self.receiptPatience }
    }

    /// What the kernel has reported by now.
    func settleReceipts() {
        guard receiptDue != nil else { return }
        defer {
            receiptDue = instances.compactMap(\.unconfirmedSince).min().map { $0 + Self.receiptPatience }
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
