// The rules: small programs of nftables' expressions, each of which loads, compares or decides.

import Wire

/// One expression.
struct NFTExpression {
    let name: String
    var data = NFTAttributes()

    init(_ name: String, _ body: (inout NFTAttributes) -> Void = { _ in }) {
        self.name = name
        body(&data)
    }

    /// NFT_REG_1
    private static let register: UInt32 = 1

    /// Loads what the kernel knows of a packet.
    static func meta(_ key: UInt32) -> NFTExpression {
        NFTExpression("meta") {
            $0.add(1, number: register)
            $0.add(2, number: key)
        }
    }

    static func equals(_ octets: [UInt8]) -> NFTExpression {
        NFTExpression("cmp") {
            $0.add(1, number: register)
            $0.add(2, number: 0)
            $0.nest(3) { $0.add(1, octets) }
        }
    }

    /// Loads octets of a header: 1 the network's, 2 the transport's.
    static func payload(base: UInt32, offset: Int, length: Int) -> NFTExpression {
        NFTExpression("payload") {
            $0.add(1, number: register)
            $0.add(2, number: base)
            $0.add(3, number: UInt32(offset))
            $0.add(4, number: UInt32(length))
        }
    }

    static func isIn(_ set: NFTSet) -> NFTExpression {
        NFTExpression("lookup") {
            $0.add(1, text: set.rawValue)
            $0.add(2, number: register)
        }
    }

    static let counter = NFTExpression("counter")

    /// NF_DROP or NF_ACCEPT.
    static func verdict(accept: Bool) -> NFTExpression {
        NFTExpression("immediate") {
            $0.add(1, number: 0)
            $0.nest(2) { $0.nest(2) { $0.add(1, number: accept ? 1 : 0) } }
        }
    }
}

enum NFTRules {
    private enum Meta {
        static let transportProtocol: UInt32 = 16
        static let family: UInt32 = 15
    }

    /// Packets whose destination (input) or source (output) is in the set.
    static func drop(_ family: AddressFamily, _ hook: NFTHook, countsPackets: Bool) -> [NFTExpression] {
        let isInput = hook == .input
        let offset = family == .ipv4 ? (isInput ? 16 : 12) : (isInput ? 24 : 8)
        var rule: [NFTExpression] = [
            .meta(Meta.family), .equals([family == .ipv4 ? 2 : 10]),
            .payload(base: 1, offset: offset, length: family.addressLength),
            .isIn(family == .ipv4 ? .vips : .vips6),
        ]
        if countsPackets { rule.append(.counter) }
        return rule + [.verdict(accept: false)]
    }

    /// Without it nobody on the link could find the address: it must be reachable, though not used.
    static func acceptNeighbourDiscovery(_ type: UInt8) -> [NFTExpression] {
        [
            .meta(Meta.transportProtocol), .equals([58]), .payload(base: 2, offset: 0, length: 1),
            .equals([type]), .verdict(accept: true),
        ]
    }
}
