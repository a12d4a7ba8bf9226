// The Ethernet II header: destination, source, EtherType; 14 octets.

/// EtherTypes that Baton sends or looks for.
package enum EtherType: UInt16, Sendable {
    case ipv4 = 0x0800
    case arp = 0x0806
    case ipv6 = 0x86dd
}

/// The header of a frame.
package struct EthernetHeader: Sendable, Hashable {
    package static let length = 14
    package let destination: MACAddress
    package let source: MACAddress
    /// Nil: none of those that Baton knows.
    package let type: EtherType?

    /// Nil: the frame is shorter than its header.
    package init?(_ frame: RawSpan) {
        guard let destination = frame.mac(0), let source = frame.mac(6),
            let type = frame.load(12, as: UInt16.self)
        else { return nil }
        self.destination = destination
        self.source = source
        self.type = EtherType(rawValue: type)
    }

    static func append(
        destination: MACAddress, source: MACAddress, type: EtherType, to frame: inout [UInt8]
    ) {
        frame.append(destination)
        frame.append(source)
        frame.append(bigEndian: type.rawValue)
    }
}
