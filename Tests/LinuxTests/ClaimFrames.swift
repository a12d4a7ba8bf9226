// Frames of somebody who claims an address, and of those who only seem to.

import Glibc
import Linux
import Testing
import Wire

/// A frame, and what `ClaimSocket` is to make of it.
struct ClaimFrame {
    static let address4 = IPAddress(v4: 0xc000_0258)
    static let address6 = IPAddress(family: .ipv6, high: 0x2001_0db8_0000_0000, low: 0x88)
    static let claimant = MACAddress(0x0200_0000_0099)
    /// Whose frame it is, when it is not the claimant's own.
    static let bearer = MACAddress(0x0200_0000_0042)
    private static let stranger4 = IPAddress(v4: 0xc000_0207)
    private static let stranger6 = IPAddress(family: .ipv6, high: 0x2001_0db8_0000_0000, low: 0x07)

    let name: String
    let octets: [UInt8]
    /// Nil: no claim.
    var claim: (address: IPAddress, mac: MACAddress)?
    /// The kernel's filter lets it pass.
    var wakes: Bool { claim != nil || isLeftToTheParser }
    var isLeftToTheParser = false

    static let claims: [ClaimFrame] = [
        arp("a gratuitous request", target: address4),
        arp("a gratuitous reply", .reply, target: address4),
        arp("a request for another address") { $0.replaceSubrange(6..<12, with: bearer.octets) },
        arp("a padded reply to another", .reply) { $0 += [UInt8](repeating: 0, count: 18) },
        neighbour("an unsolicited advertisement", mac: claimant),
        neighbour("an unsolicited advertisement without the option", mac: bearer) { cut(&$0, to: 24) },
        neighbour("a solicited advertisement", mac: claimant) { solicit(&$0) },
        neighbour("a solicited advertisement without the option", mac: bearer) {
            solicit(&$0)
            cut(&$0, to: 24)
        },
        neighbour("an advertisement with another option first", mac: claimant) {
            $0.insert(contentsOf: [14, 1, 0, 0, 0, 0, 0, 0], at: 78)
            $0[19] += 8
        },
    ]

    static let others: [ClaimFrame] = [
        no(arp("of another address", sender: stranger4, target: stranger4)),
        no(arp("a request for the address", sender: stranger4, target: address4)),
        no(arp("a probe", sender: .unspecified(.ipv4), target: address4)),
        no(arp("of hardware type 6") { $0[15] = 6 }),
        no(arp("of another protocol") { $0[16] = 9 }),
        no(arp("with long addresses") { $0[18] = 8 }),
        no(arp("a reverse request") { $0[21] = 3 }),
        no(arp("with a tag") { tag(&$0) }),
        no(arp("with a kind of frame that is none") { $0[13] = 7 }),
        no(neighbour("of another target", target: stranger6)),
        no(neighbour("of nearly the target") { $0[62] ^= 1 }),
        no(neighbour("routed") { $0[21] = 254 }),
        no(neighbour("a solicitation") { $0[54] = 135 }),
        no(neighbour("behind a header of options") { $0[20] = 0 }),
        no(neighbour("with a tag") { tag(&$0) }),
        passing(neighbour("with an empty option") { $0[79] = 0 }),
        passing(neighbour("with an option that is too long") { $0[79] = 2 }),
        passing(neighbour("with an option's first half") { cut(&$0, to: 28) }),
        passing(neighbour("shorter than it says") { $0.removeLast() }),
        passing(neighbour("solicited by all") { $0[58] |= 0x40 }),
        passing(neighbour("with a code") { $0[55] = 1 }),
        passing(neighbour("of another version") { $0[14] = 0x45 }),
    ]

    private static func arp(
        _ name: String, _ operation: ARPPacket.Operation = .request, sender: IPAddress = address4,
        target: IPAddress = stranger4, _ change: (inout [UInt8]) -> Void = { _ in }
    ) -> ClaimFrame {
        var octets = ARPPacket(
            operation: operation, senderMAC: claimant, senderAddress: sender, targetMAC: .broadcast,
            targetAddress: target
        ).frame(to: .broadcast)
        change(&octets)
        return ClaimFrame(name: "ARP, \(name)", octets: octets, claim: (sender, claimant))
    }

    /// The frame comes from the bearer, the option is the claimant's; `mac` is the one to be reported.
    private static func neighbour(
        _ name: String, target: IPAddress = address6, mac: MACAddress = claimant,
        _ change: (inout [UInt8]) -> Void = { _ in }
    ) -> ClaimFrame {
        var octets = NeighborAdvertisement.unsolicitedFrame(for: target, mac: claimant, isRouter: false)
        octets.replaceSubrange(6..<12, with: bearer.octets)
        change(&octets)
        return ClaimFrame(name: "NA, \(name)", octets: octets, claim: (target, mac))
    }

    private static func no(_ frame: ClaimFrame) -> ClaimFrame {
        ClaimFrame(name: frame.name, octets: frame.octets, claim: nil)
    }

    private static func passing(_ frame: ClaimFrame) -> ClaimFrame {
        ClaimFrame(name: frame.name, octets: frame.octets, claim: nil, isLeftToTheParser: true)
    }

    /// To one host, with the S flag.
    private static func solicit(_ frame: inout [UInt8]) {
        frame[58] |= 0x40
        frame.replaceSubrange(0..<6, with: [2, 0, 0, 0, 0, 1])
        frame.replaceSubrange(38..<54, with: stranger6.octets)
    }

    private static func cut(_ frame: inout [UInt8], to messageLength: Int) {
        frame.removeLast(frame.count - 54 - messageLength)
        frame[19] = UInt8(messageLength)
    }

    private static func tag(_ frame: inout [UInt8]) {
        frame.insert(contentsOf: [0x81, 0, 0, 7], at: 12)
    }
}
