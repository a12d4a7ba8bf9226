// Hears who else on the LAN uses an address (packet(7)): ARP by its sender (RFC 826, RFC 5227 2.4), neighbour
// advertisements by their target (RFC 4861 4.4). A master asks for its virtual addresses. The kernel's filter
// keeps everything else from waking the process; what it lets pass is parsed and compared again. Says who,
// never sends, and does not judge: which claims are the host's own, the caller knows.

import CLinux
import Glibc
import Wire

/// Somebody's word that an address is its own.
package struct Claim: Sendable, Hashable {
    /// Where it was heard.
    package let interfaceIndex: Int32
    package let address: IPAddress
    /// Where the claimant wants the address's packets: ARP's sender hardware address, or the target link-layer
    /// address of a neighbour advertisement; without that option the frame's source.
    package let mac: MACAddress

    /// Nil unless `frame` is an ARP request or reply for IPv4 over Ethernet, or a valid neighbour advertisement
    /// without extension headers; both untagged. An ARP probe is no claim: its sender is 0.0.0.0
    /// (RFC 5227 1.1).
    package init?(frame: RawSpan, interfaceIndex: Int32) {
        if let arp = ARPPacket(frame: frame) {
            address = arp.senderAddress
            mac = arp.senderMAC
        } else if let header = EthernetHeader(frame), let neighbour = NeighborAdvertisement(frame: frame) {
            address = neighbour.target
            mac = neighbour.mac ?? header.source
        } else {
            return nil
        }
        self.interfaceIndex = interfaceIndex
        if address.isUnspecified { return nil }
    }
}

/// Receives the claims of a set of addresses that others make. An interface that goes down is no error, and
/// the socket hears again when it is up; one that was made anew needs a new socket.
package final class ClaimSocket {
    private let descriptor: Descriptor
    private let subject: String
    private var addresses: Set<IPAddress> = []
    /// As long as a frame can be.
    private var buffer = [UInt8](repeating: 0, count: EthernetHeader.length + 65_535)
    package var raw: Int32 { descriptor.raw }

    /// After so many frames that are no claims `next` lets others have their turn.
    private static let patience = 256

    /// `interfaceIndex` nil: every interface, of those that exist and of those to come. There a frame that
    /// passes two of them, a bridge and its port, is two claims.
    package init(
        interfaceIndex: Int32?, addresses: some Sequence<IPAddress>
    ) throws(SystemError) {
        let subject = "claims on \(interfaceIndex.map { "interface \($0)" } ?? "all interfaces")"
        self.subject = subject
        let type = Int32(SOCK_RAW.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
        // Without a protocol it is deaf until it is bound.
        descriptor = Descriptor(adopting: try check("socket", subject) { socket(AF_PACKET, type, 0) })
        try setAddresses(addresses)
        // Spares the kernel a copy of each frame that is sent. The filter drops them as well: Linux 4.19 does
        // not know the option.
        try? descriptor.setOption(SOL_PACKET, PACKET_IGNORE_OUTGOING, 1, subject)
        var address = sockaddr_ll()
        address.sll_family = UInt16(AF_PACKET)
        address.sll_protocol = UInt16(ETH_P_ALL).bigEndian
        address.sll_ifindex = interfaceIndex ?? 0
        try check("bind", subject) {
            withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    bind(descriptor.raw, $0, socklen_t(MemoryLayout<sockaddr_ll>.size))
                }
            }
        }
    }

    /// From now on `next` yields claims of these only; none of an address that stays is missed. 0.0.0.0 and ::
    /// are nobody's.
    package func setAddresses(_ addresses: some Sequence<IPAddress>) throws(SystemError) {
        let addresses = Set(addresses.filter { !$0.isUnspecified })
        let sorted = addresses.sorted()
        // Socket options have a limit of memory (net.core.optmem_max), and during an exchange both filters
        // count. The short one takes the old one's place first: each long one had to fit beside it.
        let exactness: [Set<AddressFamily>] = [[], [.ipv4, .ipv6], [.ipv4], [.ipv6]]
        for (index, families) in exactness.enumerated() {
            guard let filter = SocketFilter.claims(of: sorted, exactly: families) else { continue }
            do throws(SystemError) {
                try filter.attach(to: descriptor)
                self.addresses = addresses
                if index > 0 { return }
            } catch {
                guard index > 0, error.errno == ENOMEM else { throw error }
            }
        }
    }

    /// The next claim, never waiting for one; nil: there is none, or so much else that it is the turn of others.
    /// The descriptor stays readable while anything is left, so a caller need not go on until nil.
    package func next() throws(SystemError) -> Claim? {
        for _ in 0..<Self.patience {
            var received = clinux_received()
            let count = clinux_receive(descriptor.raw, &buffer, buffer.count, &received)
            guard count >= 0 else {
                let number = errno
                if number == EAGAIN { return nil }
                // Said once, when its interface has gone down.
                if number == ENETDOWN { continue }
                throw SystemError(call: "recvmsg", errno: number, subject: subject)
            }
            if let claim = claim(count, received) { return claim }
        }
        return nil
    }

    private func claim(_ count: Int, _ received: clinux_received) -> Claim? {
        let link = withUnsafeBytes(of: received.source) { $0.load(as: sockaddr_ll.self) }
        guard received.outgoing == 0, UInt32(link.sll_hatype) == SocketFilter.ethernet,
            let claim = Claim(
                frame: buffer.span.bytes.extracting(0..<count), interfaceIndex: received.interface_index),
            addresses.contains(claim.address)
        else { return nil }
        return claim
    }
}

// MARK: The filter

extension SocketFilter {
    /// ARPHRD_ETHER.
    fileprivate static let ethernet: UInt32 = 1
    /// SKF_AD_OFF: what the kernel knows beside the packet.
    private static let ancillary: UInt32 = 0xffff_f000

    /// For a packet socket: frames from others that may claim one of `addresses`. A family not in `families`:
    /// any address passes if there is one of that family. Nil: more instructions than the kernel takes.
    package static func claims(
        of addresses: [IPAddress], exactly families: Set<AddressFamily>
    ) -> SocketFilter? {
        let arp = arpClaims(of: addresses.filter { $0.family == .ipv4 }, exactly: families.contains(.ipv4))
        let advertisements = advertisementClaims(
            of: addresses.filter { $0.family == .ipv6 }, exactly: families.contains(.ipv6))
        let isARP = UInt32(EtherType.arp.rawValue)
        var instructions = [
            loadHalf(12), jump(unequal: isARP, else: 2),
            jump(unequal: UInt32(EtherType.ipv6.rawValue), else: 1), drop,
        ]
        // SKF_AD_PKTTYPE: not PACKET_OUTGOING.
        instructions += [loadOctet(ancillary + 4), jump(equal: 4, else: 1), drop]
        // SKF_AD_HATYPE; SKF_AD_VLAN_TAG_PRESENT: a tag that the kernel has taken out of the frame. The frame
        // comes again by the VLAN's own interface, if there is one.
        instructions += demand(loadHalf(ancillary + 28), ethernet) + demand(loadOctet(ancillary + 48), 0)
        instructions += [loadHalf(12), jump(unequal: isARP, else: 1), jump(over: arp.count)]
        instructions += arp + advertisements
        return instructions.count <= Int(BPF_MAXINSNS) ? SocketFilter(instructions: instructions) : nil
    }

    /// RFC 826: Ethernet, IPv4, lengths 6 and 4; a request or a reply; the sender's address.
    private static func arpClaims(of addresses: [IPAddress], exactly: Bool) -> [sock_filter] {
        if addresses.isEmpty { return [drop] }
        let senders = addresses.flatMap { [jump(equal: $0.v4Value, else: 1), accept] }
        let rest = exactly ? [loadWord(28)] + senders + [drop] : [accept]
        return demand(loadWord(14), 0x0001_0800) + demand(loadHalf(18), 0x0604)
            + [loadHalf(20), jump(unequal: 1, else: 2), jump(unequal: 2, else: 1), drop] + rest
    }

    /// RFC 4861 4.4: ICMPv6 with a hop limit of 255, type 136; the target.
    private static func advertisementClaims(of addresses: [IPAddress], exactly: Bool) -> [sock_filter] {
        if addresses.isEmpty { return [drop] }
        let rest = exactly ? targets(addresses) : [accept]
        return demand(loadHalf(20), 58 << 8 | 255) + demand(loadOctet(54), 136) + rest
    }

    /// The target's words are taken out of the frame once: the kernel makes ten instructions of its own of each
    /// time, and a long list would exceed its memory.
    private static func targets(_ addresses: [IPAddress]) -> [sock_filter] {
        (0..<4).flatMap { [loadWord(62 + 4 * $0), storeMemory($0)] }
            + addresses.flatMap { match($0, loadMemory) + [accept] } + [drop]
    }

    /// Drops the frame unless the loaded value is equal.
    private static func demand(_ load: sock_filter, _ value: UInt32) -> [sock_filter] {
        [load, jump(unequal: value, else: 1), drop]
    }
}
