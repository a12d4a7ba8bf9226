// What the daemon puts into the kernel bears a mark, so that a later life of it finds what an earlier one left.

import CLinux
import Glibc

package enum OwnMark {
    /// Of addresses (IFA_PROTO, since Linux 5.18): the number of VRRP among the IP protocols.
    package static let address: UInt8 = 112
    /// Of routes and rules: RTPROT_KEEPALIVED, as operators know it.
    package static let routing: UInt8 = 18
    /// Of interfaces (macvlan and ipvlan only): their alias.
    package static let interface = "made by batond"
}

/// Things of the kernel that bear the mark.
package struct MarkedThings: Sendable {
    package var addresses: [AddressChange] = []
    package var links: [Int32] = []
    package var routes: [RawChange] = []
    package var rules: [RawChange] = []

    package init() {}

    package var isEmpty: Bool { addresses.isEmpty && links.isEmpty && routes.isEmpty && rules.isEmpty }
}

extension RouteSocket {
    /// Removals of everything that bears the mark; the socket MUST be strict, or a table of a million routes is read whole.
    /// What cannot be asked for is said and left out.
    package func marked(withRouting: Bool, _ complain: (SystemError) -> Void) -> MarkedThings {
        var things = MarkedThings()
        func attempt(_ body: () throws(SystemError) -> Void) {
            do throws(SystemError) { try body() } catch { complain(error) }
        }
        attempt { () throws(SystemError) in things.addresses = try markedAddresses() }
        attempt { () throws(SystemError) in things.links = try markedLinks() }
        for family in withRouting ? [UInt8(AF_INET), UInt8(AF_INET6)] : [] {
            attempt { () throws(SystemError) in things.routes += try markedRoutes(family) }
            attempt { () throws(SystemError) in things.rules += try markedRules(family) }
        }
        return things
    }

    private func markedAddresses() throws(SystemError) -> [AddressChange] {
        try addresses().filter { $0.protocolMark == OwnMark.address }.map { address in
            var change = AddressChange(
                operation: .remove, interfaceIndex: address.interfaceIndex, address: address.address,
                prefixLength: address.prefixLength)
            change.peer = address.peer
            return change
        }
    }

    private func markedLinks() throws(SystemError) -> [Int32] {
        try dump(UInt16(RTM_GETLINK), UInt16(RTM_NEWLINK)).compactMap { message in
            let isMarked = message.attributes(after: 16).contains {
                $0.type == UInt16(IFLA_IFALIAS) && $0.payload.text == OwnMark.interface
            }
            guard isMarked, let link = Link(message), ["macvlan", "ipvlan"].contains(link.kind) else {
                return nil
            }
            return link.index
        }
    }

    private func markedRoutes(_ family: UInt8) throws(SystemError) -> [RawChange] {
        // struct rtmsg: the protocol is the sixth octet.
        let header: [UInt8] = [family, 0, 0, 0, 0, OwnMark.routing, 0, 0, 0, 0, 0, 0]
        return try dump(UInt16(RTM_GETROUTE), UInt16(RTM_NEWROUTE), header: header)
            .filter { $0.body.count > 5 && $0.body[5] == OwnMark.routing }
            .map { $0.removal(UInt16(RTM_DELROUTE)) }
    }

    private func markedRules(_ family: UInt8) throws(SystemError) -> [RawChange] {
        let header = [family] + [UInt8](repeating: 0, count: 11)
        return try dump(UInt16(RTM_GETRULE), UInt16(RTM_NEWRULE), header: header)
            .filter { message in
                // FRA_PROTOCOL
                message.attributes(after: 12).contains {
                    $0.type == 21 && $0.payload.first == OwnMark.routing
                }
            }
            .map { $0.removal(UInt16(RTM_DELRULE)) }
    }

    /// Rules first: none may point to what is gone. Returns what the kernel refused.
    package func remove(_ things: MarkedThings) -> [SystemError] {
        var failures = perform(things.rules) + perform(things.routes) + perform(things.addresses)
        for link in things.links {
            do throws(SystemError) { try removeLink(link) } catch { failures.append(error) }
        }
        return failures.compactMap { $0 }
    }
}

extension NetlinkMessage {
    /// A report of what is there, turned into the request to remove it.
    fileprivate func removal(_ type: UInt16) -> RawChange {
        var builder = NetlinkBuilder(type: type, flags: UInt16(NLM_F_REQUEST | NLM_F_ACK), sequence: 0)
        builder.append(octets: body)
        return RawChange(builder.message)
    }
}
