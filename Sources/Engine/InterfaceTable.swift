// The network interfaces and their addresses as the kernel last reported them.

import Wire

/// A network interface.
package struct Interface: Sendable, Hashable {
    package var index: Int32
    package var name: String
    /// Administratively up and with carrier.
    package var isUp: Bool
    package var mac: MACAddress

    package init(index: Int32, name: String, isUp: Bool, mac: MACAddress) {
        self.index = index
        self.name = name
        self.isUp = isUp
        self.mac = mac
    }
}

/// An address on an interface.
package struct AssignedAddress: Sendable, Hashable {
    package var interfaceIndex: Int32
    package var address: IPAddress
    package var prefixLength: UInt8
    /// Duplicate address detection runs or failed: not to be sent from.
    package var isTentative: Bool

    package init(interfaceIndex: Int32, address: IPAddress, prefixLength: UInt8, isTentative: Bool) {
        self.interfaceIndex = interfaceIndex
        self.address = address
        self.prefixLength = prefixLength
        self.isTentative = isTentative
    }
}

/// Interfaces and addresses, in the order in which the kernel reported them: the first address of an
/// interface is its primary one.
struct InterfaceTable {
    private(set) var interfaces: [Interface] = []
    private(set) var addresses: [AssignedAddress] = []
    /// The same without order: leases are renewed each second, and each renewal is reported. More than one only if
    /// the prefix lengths differ.
    private var known: [Key: [AssignedAddress]] = [:]

    fileprivate struct Key: Hashable {
        let interfaceIndex: Int32
        let address: IPAddress
    }

    subscript(index: Int32) -> Interface? { interfaces.first { $0.index == index } }

    subscript(name: String) -> Interface? { interfaces.first { $0.name == name } }

    /// Replaces everything, after a start or a lost message.
    mutating func replace(interfaces: [Interface], addresses: [AssignedAddress]) {
        self.interfaces = interfaces
        self.addresses = addresses
        remember()
    }

    /// Returns what was known of the interface before.
    mutating func set(_ interface: Interface) -> Interface? {
        guard let place = interfaces.firstIndex(where: { $0.index == interface.index }) else {
            interfaces.append(interface)
            return nil
        }
        defer { interfaces[place] = interface }
        return interfaces[place]
    }

    mutating func remove(index: Int32) {
        interfaces.removeAll { $0.index == index }
        addresses.removeAll { $0.interfaceIndex == index }
        remember()
    }

    private mutating func remember() { known = Dictionary(grouping: addresses, by: \.key) }

    mutating func add(_ address: AssignedAddress) {
        guard known[address.key]?.contains(address) != true else { return }
        if let place = addresses.firstIndex(where: { $0.isSame(as: address) }) {
            addresses[place] = address
        } else {
            addresses.append(address)
        }
        known[address.key] = addresses.filter { $0.key == address.key }
    }

    mutating func remove(_ address: AssignedAddress) {
        addresses.removeAll { $0.isSame(as: address) }
        let left = known[address.key]?.filter { !$0.isSame(as: address) } ?? []
        known[address.key] = left.isEmpty ? nil : left
    }

    func isOwn(_ mac: MACAddress) -> Bool { interfaces.contains { $0.mac == mac } }

    /// It is there and may be used: duplicate address detection is over and has found nobody.
    func isUsable(_ address: IPAddress, on index: Int32) -> Bool {
        known[Key(interfaceIndex: index, address: address)]?.contains { !$0.isTentative } ?? false
    }

    func has(_ address: IPAddress, on index: Int32) -> Bool {
        known[Key(interfaceIndex: index, address: address)] != nil
    }

    /// Usable addresses of one family on an interface; nil: on any.
    func usable(_ family: AddressFamily, on index: Int32?) -> [IPAddress] {
        addresses.filter {
            $0.address.family == family && !$0.isTentative && (index == nil || $0.interfaceIndex == index)
        }.map(\.address)
    }
}

extension AssignedAddress {
    fileprivate var key: InterfaceTable.Key {
        InterfaceTable.Key(interfaceIndex: interfaceIndex, address: address)
    }

    fileprivate func isSame(as other: AssignedAddress) -> Bool {
        interfaceIndex == other.interfaceIndex && address == other.address
            && prefixLength == other.prefixLength
    }
}
