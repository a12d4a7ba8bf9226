// An address on an interface as rtnetlink describes it (rtnetlink(7), RTM_NEWADDR), and a change to one.

import CLinux
import Wire

/// An address on an interface.
package struct InterfaceAddress: Sendable, Hashable {
    package var interfaceIndex: Int32
    package var address: IPAddress
    package var prefixLength: UInt8
    /// IFA_F_* bits.
    package var flags: UInt32
    package var scope: UInt8
    /// The far end of a point-to-point address; nil: there is none.
    package var peer: IPAddress?
    package var label: String?
    /// Who added it (IFA_PROTO); 0: unknown.
    package var protocolMark: UInt8 = 0

    /// Duplicate address detection runs, or has failed.
    package var isTentative: Bool { flags & UInt32(IFA_F_TENTATIVE | IFA_F_DADFAILED) != 0 }
    /// Not to be the source of new connections: its preferred lifetime is over.
    package var isDeprecated: Bool { flags & UInt32(IFA_F_DEPRECATED) != 0 }
    /// IPv4: another address of the same network stands before it.
    package var isSecondary: Bool { address.family == .ipv4 && flags & UInt32(IFA_F_SECONDARY) != 0 }

    private static let fixedLength = 8

    /// Nil for a message that is too short, or of another family than IPv4 and IPv6.
    init?(_ message: NetlinkMessage) {
        guard message.body.count >= Self.fixedLength else { return nil }
        prefixLength = message.body[1]
        flags = UInt32(message.body[2])
        scope = message.body[3]
        interfaceIndex = message.body[...].load(4, as: Int32.self)
        var local: IPAddress?
        var remote: IPAddress?
        for (type, payload) in message.attributes(after: Self.fixedLength) {
            switch type {
            case UInt16(IFA_LOCAL): local = IPAddress(octets: payload)
            case UInt16(IFA_ADDRESS): remote = IPAddress(octets: payload)
            case UInt16(IFA_FLAGS): flags = payload.load(0, as: UInt32.self)
            case UInt16(IFA_LABEL): label = payload.text
            case UInt16(IFA_PROTO): protocolMark = payload.first ?? 0
            default: break
            }
        }
        guard let address = local ?? remote else { return nil }
        self.address = address
        if let remote, remote != address { peer = remote }
    }
}

/// An address to add to or remove from an interface.
package struct AddressChange: Sendable, Hashable {
    package enum Operation: Sendable, Hashable { case add, remove }
    package var operation: Operation
    package var interfaceIndex: Int32
    package var address: IPAddress
    package var prefixLength: UInt8
    package var broadcast: IPAddress?
    package var peer: IPAddress?
    package var label: String?
    /// RT_SCOPE_*.
    package var scope: UInt8 = 0
    /// IFA_F_* bits.
    package var flags: UInt32 = 0
    /// Seconds; nil: forever.
    package var preferredLifetime: UInt32?
    /// Seconds; nil: forever.
    package var validLifetime: UInt32?
    /// Who adds it (IFA_PROTO, since Linux 5.18); nil: nobody is named.
    package var protocolMark: UInt8?

    package init(
        operation: Operation, interfaceIndex: Int32, address: IPAddress, prefixLength: UInt8
    ) {
        self.operation = operation
        self.interfaceIndex = interfaceIndex
        self.address = address
        self.prefixLength = prefixLength
    }

    /// RTM_NEWADDR or RTM_DELADDR, acknowledged.
    func message(sequence: UInt32) -> [UInt8] {
        let isAdd = operation == .add
        let request = UInt16(NLM_F_REQUEST | NLM_F_ACK)
        var builder = NetlinkBuilder(
            type: UInt16(isAdd ? RTM_NEWADDR : RTM_DELADDR),
            flags: isAdd ? request | UInt16(NLM_F_CREATE | NLM_F_REPLACE) : request, sequence: sequence)
        builder.append(address.family == .ipv4 ? UInt8(AF_INET) : UInt8(AF_INET6))
        builder.append(prefixLength)
        builder.append(UInt8(truncatingIfNeeded: flags))
        builder.append(scope)
        builder.append(interfaceIndex)
        builder.attribute(UInt16(IFA_LOCAL), address.octets)
        builder.attribute(UInt16(IFA_ADDRESS), (peer ?? address).octets)
        guard isAdd else { return builder.message }
        if let broadcast { builder.attribute(UInt16(IFA_BROADCAST), broadcast.octets) }
        if let label { builder.attribute(UInt16(IFA_LABEL), text: label) }
        builder.attribute(UInt16(IFA_FLAGS), value: flags)
        if let protocolMark { builder.attribute(UInt16(IFA_PROTO), [protocolMark]) }
        if preferredLifetime != nil || validLifetime != nil {
            let forever = UInt32.max
            var lifetimes = NetlinkBuilder(type: 0, flags: 0, sequence: 0)
            lifetimes.append(preferredLifetime ?? validLifetime ?? forever)
            lifetimes.append(validLifetime ?? forever)
            lifetimes.append(UInt64(0))
            builder.attribute(
                UInt16(IFA_CACHEINFO), Array(lifetimes.octets.dropFirst(NetlinkMessage.headerLength)))
        }
        return builder.message
    }
}
