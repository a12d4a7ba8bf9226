// The octets of a batch of nftables requests: a header of struct nfgenmsg on each, nested attributes, everything
// in network order.

import CLinux
import Wire

/// Where packets are looked at.
enum NFTHook: UInt32, CaseIterable {
    /// NF_INET_LOCAL_IN
    case input = 1
    /// NF_INET_LOCAL_OUT
    case output = 3

    var chain: String { self == .input ? "in" : "out" }
}

/// The sets of addresses.
enum NFTSet: String, CaseIterable {
    case vips, vips6

    var family: AddressFamily { self == .vips ? .ipv4 : .ipv6 }
    /// nft's number of the type, for listing.
    fileprivate var keyType: UInt32 { self == .vips ? 7 : 8 }
}

/// Attributes one within another.
struct NFTAttributes {
    private(set) var octets: [UInt8] = []

    mutating func add(_ type: UInt16, _ payload: [UInt8]) {
        withUnsafeBytes(of: UInt16(4 + payload.count)) { octets += $0 }
        withUnsafeBytes(of: type) { octets += $0 }
        octets += payload
        while octets.count % 4 != 0 { octets.append(0) }
    }

    mutating func add(_ type: UInt16, text: String) { add(type, Array(text.utf8) + [0]) }

    mutating func add(_ type: UInt16, number: UInt32) {
        add(type, withUnsafeBytes(of: number.bigEndian) { Array($0) })
    }

    /// NLA_F_NESTED
    mutating func nest(_ type: UInt16, _ body: (inout NFTAttributes) -> Void) {
        var inner = NFTAttributes()
        body(&inner)
        add(type | 0x8000, inner.octets)
    }
}

struct NFTBatch {
    private let table: String
    private var requests: [(type: UInt16, flags: UInt16, attributes: NFTAttributes)] = []

    /// NFPROTO_INET: a table for both families.
    private static let family: UInt8 = 1
    private static let subsystem: UInt16 = 10
    private static let create = UInt16(NLM_F_CREATE)
    /// A rule stands behind those that are there.
    private static let append: UInt16 = 0x800

    init(table: String) { self.table = table }

    mutating func table(delete: Bool) {
        var attributes = NFTAttributes()
        attributes.add(1, text: table)
        requests.append((delete ? 2 : 0, delete ? 0 : Self.create, attributes))
    }

    mutating func chain(_ hook: NFTHook, priority: Int32) {
        var attributes = NFTAttributes()
        attributes.add(1, text: table)
        attributes.add(3, text: hook.chain)
        attributes.nest(4) {
            $0.add(1, number: hook.rawValue)
            $0.add(2, number: UInt32(bitPattern: priority))
        }
        // NF_ACCEPT
        attributes.add(5, number: 1)
        attributes.add(7, text: "filter")
        requests.append((3, Self.create, attributes))
    }

    mutating func set(_ set: NFTSet) {
        var attributes = NFTAttributes()
        attributes.add(1, text: table)
        attributes.add(2, text: set.rawValue)
        attributes.add(3, number: 0)
        attributes.add(4, number: set.keyType)
        attributes.add(5, number: UInt32(set.family.addressLength))
        attributes.add(10, number: set == .vips ? 1 : 2)
        requests.append((9, Self.create, attributes))
    }

    /// How many elements fit an attribute, whose length has 16 bits.
    private static let elementLimit = 1000

    mutating func elements(_ set: NFTSet, _ addresses: [IPAddress], delete: Bool) {
        var rest = addresses[...]
        while !rest.isEmpty {
            request(set, rest.prefix(Self.elementLimit), delete: delete)
            rest = rest.dropFirst(Self.elementLimit)
        }
    }

    private mutating func request(_ set: NFTSet, _ addresses: ArraySlice<IPAddress>, delete: Bool) {
        var attributes = NFTAttributes()
        attributes.add(1, text: table)
        attributes.add(2, text: set.rawValue)
        attributes.nest(3) { list in
            for address in addresses {
                list.nest(1) { element in
                    element.nest(1) { $0.add(1, address.octets) }
                }
            }
        }
        requests.append((delete ? 14 : 12, delete ? 0 : Self.create, attributes))
    }

    mutating func rule(_ hook: NFTHook, _ expressions: [NFTExpression]) {
        var attributes = NFTAttributes()
        attributes.add(1, text: table)
        attributes.add(2, text: hook.chain)
        attributes.nest(4) { list in
            for expression in expressions {
                list.nest(1) {
                    $0.add(1, text: expression.name)
                    $0.add(2 | 0x8000, expression.data.octets)
                }
            }
        }
        requests.append((6, Self.create | Self.append, attributes))
    }

    /// The whole datagram, and the sequence number whose acknowledgement ends it.
    func encoded(sequence: UInt32) -> (octets: [UInt8], last: UInt32) {
        // NFNL_MSG_BATCH_BEGIN and _END carry the subsystem.
        var octets = message(0x10, UInt16(NLM_F_REQUEST), sequence, family: 0, Self.subsystem, [])
        var number = sequence
        for (index, request) in requests.enumerated() {
            number &+= 1
            let isLast = index == requests.count - 1
            let flags = UInt16(NLM_F_REQUEST) | request.flags | (isLast ? UInt16(NLM_F_ACK) : 0)
            octets += message(
                Self.subsystem << 8 | request.type, flags, number, family: Self.family, 0,
                request.attributes.octets)
        }
        octets += message(0x11, UInt16(NLM_F_REQUEST), number &+ 1, family: 0, Self.subsystem, [])
        return (octets, number)
    }

    private func message(
        _ type: UInt16, _ flags: UInt16, _ sequence: UInt32, family: UInt8, _ resource: UInt16,
        _ attributes: [UInt8]
    ) -> [UInt8] {
        var builder = NetlinkBuilder(type: type, flags: flags, sequence: sequence)
        builder.append(family)
        builder.append(UInt8(0))
        builder.append(resource.bigEndian)
        for octet in attributes { builder.append(octet) }
        return builder.message
    }
}
