// Addresses for hosts of which none is known: in the subnet of the virtual address, from .11 upwards in the order of the
// hosts, so that among equal priorities the later host wins.

import Configuration
import Wire

/// The addresses of one prefix.
struct Subnet: Equatable {
    let network: IPAddress
    let prefixLength: UInt8

    init(_ address: IPAddress, _ prefixLength: UInt8) {
        network = address.masked(prefixLength)
        self.prefixLength = prefixLength
    }

    /// Of a virtual address; one without a prefix length of its own stands in a subnet of the usual size.
    init(_ virtual: VirtualAddress) {
        let family = virtual.address.family
        let isHost = Int(virtual.prefixLength) > family.maximumPrefixLength - 2
        self.init(virtual.address, isHost ? Self.usualLength(family) : virtual.prefixLength)
    }

    static func usualLength(_ family: AddressFamily) -> UInt8 { family == .ipv4 ? 24 : 64 }

    /// RFC 5737 and RFC 3849.
    static func documentation(_ family: AddressFamily) -> Subnet {
        switch family {
        case .ipv4: Subnet(IPAddress(v4: 0xc000_0200), 24)
        case .ipv6: Subnet(IPAddress(family: .ipv6, high: 0x2001_0db8_0000_0000, low: 0), 64)
        }
    }

    func contains(_ address: IPAddress) -> Bool {
        address.family == network.family && address.masked(prefixLength) == network
    }

    /// The numbers of its hosts that fit into a word.
    var lastHost: UInt64 {
        let bits = UInt64(network.family.maximumPrefixLength) - UInt64(prefixLength)
        return bits >= 32 ? 0xffff_ffff : (1 << bits) - 2
    }
}

struct AddressInventor {
    private var taken: [IPAddress]
    private static let first: UInt64 = 11

    /// Nothing that a file or the operator names is invented.
    init(_ configurations: [Configuration], _ given: [IPAddress]) {
        let instances = configurations.flatMap(\.instances)
        taken = given + instances.flatMap { $0.allAddresses.map(\.address) }
        taken += instances.compactMap(\.transport.source) + instances.flatMap(\.transport.destinations)
    }

    /// The next address of the subnet; of a wider one around it when it is full.
    mutating func next(in subnet: Subnet) -> (address: IPAddress, prefixLength: UInt8) {
        let start = subnet.lastHost > 2 * Self.first ? Self.first : 1
        var number = start
        while number <= subnet.lastHost {
            let address = IPAddress(
                family: subnet.network.family, high: subnet.network.high, low: subnet.network.low | number)
            if !taken.contains(address) {
                taken.append(address)
                return (address, subnet.prefixLength)
            }
            number += 1
        }
        return next(in: Subnet(subnet.network, subnet.prefixLength - 1))
    }
}

extension IPAddress {
    /// With all bits behind the prefix zero.
    fileprivate func masked(_ prefixLength: UInt8) -> IPAddress {
        func mask(_ bits: Int) -> UInt64 { bits <= 0 ? 0 : bits >= 64 ? .max : ~(.max >> UInt64(bits)) }
        let bits = Int(prefixLength)
        return family == .ipv4
            ? IPAddress(v4: v4Value & UInt32(truncatingIfNeeded: mask(bits + 32)))
            : IPAddress(family: .ipv6, high: high & mask(bits), low: low & mask(bits - 64))
    }

    /// fe80::/64
    static func linkLocal(_ number: UInt64) -> IPAddress {
        IPAddress(family: .ipv6, high: 0xfe80_0000_0000_0000, low: number)
    }
}
