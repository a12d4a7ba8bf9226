// ARP for IPv4 over Ethernet (RFC 826): 28 octets behind the Ethernet header.
//
//     hardware type 1 | protocol 0x0800 | 6 | 4 | operation
//     sender MAC, sender IP, target MAC, target IP

/// An ARP packet.
package struct ARPPacket: Sendable, Hashable {
    package enum Operation: UInt16, Sendable { case request = 1, reply = 2 }
    package var operation: Operation
    package var senderMAC: MACAddress
    package var senderAddress: IPAddress
    package var targetMAC: MACAddress
    package var targetAddress: IPAddress

    package init(
        operation: Operation, senderMAC: MACAddress, senderAddress: IPAddress, targetMAC: MACAddress,
        targetAddress: IPAddress
    ) {
        self.operation = operation
        self.senderMAC = senderMAC
        self.senderAddress = senderAddress
        self.targetMAC = targetMAC
        self.targetAddress = targetAddress
    }

    private static let hardwareEthernet: UInt16 = 1

    /// Nil unless `frame` is a whole Ethernet frame with an ARP packet for IPv4.
    package init?(frame: RawSpan) {
        let start = EthernetHeader.length
        guard EthernetHeader(frame)?.type == .arp,
            frame.load(start, as: UInt16.self) == Self.hardwareEthernet,
            frame.load(start + 2, as: UInt16.self) == EtherType.ipv4.rawValue,
            frame.load(start + 4, as: UInt16.self) == 0x0604,
            let operation = frame.load(start + 6, as: UInt16.self).flatMap(Operation.init(rawValue:)),
            let senderMAC = frame.mac(start + 8), let senderAddress = frame.address(start + 14, .ipv4),
            let targetMAC = frame.mac(start + 18), let targetAddress = frame.address(start + 24, .ipv4)
        else { return nil }
        self.init(
            operation: operation, senderMAC: senderMAC, senderAddress: senderAddress, targetMAC: targetMAC,
            targetAddress: targetAddress)
    }

    /// The packet in a frame to `destination`, 42 octets.
    package func frame(to destination: MACAddress) -> [UInt8] {
        var frame: [UInt8] = []
        frame.reserveCapacity(42)
        EthernetHeader.append(destination: destination, source: senderMAC, type: .arp, to: &frame)
        frame.append(bigEndian: Self.hardwareEthernet)
        frame.append(bigEndian: EtherType.ipv4.rawValue)
        frame.append(bigEndian: UInt16(0x0604))
        frame.append(bigEndian: operation.rawValue)
        frame.append(senderMAC)
        frame.append(senderAddress)
        frame.append(targetMAC)
        frame.append(targetAddress)
        return frame
    }

    /// A gratuitous request: sender and target are `address` (RFC 9568 6.4.2, RFC 5227 2.3), broadcast.
    package static func gratuitousFrame(for address: IPAddress, mac: MACAddress) -> [UInt8] {
        ARPPacket(
            operation: .request, senderMAC: mac, senderAddress: address, targetMAC: .broadcast,
            targetAddress: address
        ).frame(to: .broadcast)
    }

    /// A probe (RFC 5227 2.1.1): who has the address answers, and nobody's cache changes.
    package static func probeFrame(for address: IPAddress, mac: MACAddress) -> [UInt8] {
        ARPPacket(
            operation: .request, senderMAC: mac, senderAddress: .unspecified(.ipv4), targetMAC: .zero,
            targetAddress: address
        ).frame(to: .broadcast)
    }

    package var isGratuitous: Bool { senderAddress == targetAddress }
}
