// What the daemon puts into the kernel bears a mark, so that a later life of it finds what an earlier one left.

import CLinux
import Glibc

package enum OwnMark {
    /// Of addresses (IFA_PROTO, since Linux 5.18): the number of VRRP among the IP protocols.
    package static let address: UInt8 = 112
    /// Of routes and rules: RTPROT_KEEPALIVED, as operators know it.
    package static let routing: UInt8 = 18
    /// Of interfaces: their alias.
    package static let interface = "baton"
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
    package func marked(withRouting: Bool) throws(SystemError) -> MarkedThings {
        var things = MarkedThings()
        things.addresses = try addresses().filter { $0.protocolMark == OwnMark.address }.map { address in
            var change = AddressChange(
                operation: .remove, interfaceIndex: address.interfaceIndex, address: address.address,
                prefixLength: address.prefixLength)
            change.peer = address.peer
            return change
        }
        things.links = try dump(UInt16(RTM_GETLINK), UInt16(RTM_NEWLINK)).compactMap { message in
            let isMarked = message.attributes(after: 16).contains {
                $0.type == UInt16(IFLA_IFALIAS)
                    && $0.payload.prefix { $0 != 0 }.elementsEqual(OwnMark.interface.utf8)
            }
            return isMarked ? Link(message)?.index : nil
        }
        guard withRouting else { return things }
        for family in [UInt8(AF_INET), UInt8(AF_INET6)] {
            // struct rtmsg: the protocol is the sixth octet.
            let header: [UInt8] = [family, 0, 0, 0, 0, OwnMark.routing, 0, 0, 0, 0, 0, 0]
            things.routes += try dump(UInt16(RTM_GETROUTE), UInt16(RTM_NEWROUTE), header: header)
                .filter { $0.body.count > 5 && $0.body[5] == OwnMark.routing }
                .map { $0.removal(UInt16(RTM_DELROUTE)) }
            let rule = [family] + [UInt8](repeating: 0, count: 11)
            things.rules += try dump(UInt16(RTM_GETRULE), UInt16(RTM_NEWRULE), header: rule)
                .filter { message in
                    // FRA_PROTOCOL
                    message.attributes(after: 12).contains {
                        $0.type == 21 && $0.payload.first == OwnMark.routing
                    }
                }
                .map { $0.removal(UInt16(RTM_DELRULE)) }
        }
        return things
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
