// What the kernel tells of itself: links and addresses that change.

import CLinux
import Glibc

/// A change of a link or an address.
package enum RouteEvent: Sendable, Hashable {
    case linkChanged(Link)
    case linkRemoved(index: Int32)
    case addressAdded(InterfaceAddress)
    case addressRemoved(InterfaceAddress)
    /// A route of this daemon's protocol, or a rule, was removed.
    case routingRemoved
    /// Messages were lost: everything must be asked for anew.
    case overflow
}

/// Hears of every change of links and addresses. `raw` is readable when `next` has something.
package final class RouteMonitor {
    private let socket: NetlinkSocket
    package var raw: Int32 { socket.descriptor.raw }

    package init() throws(SystemError) {
        socket = try NetlinkSocket(
            groups: UInt32(RTMGRP_LINK) | UInt32(RTMGRP_IPV4_IFADDR) | UInt32(RTMGRP_IPV6_IFADDR))
        socket.setReceiveBuffer(4 << 20)
    }

    /// Hears of routes and rules from now on. Not from the start: a host may have a million routes of others.
    package func followRouting() throws(SystemError) {
        for group in [RTNLGRP_IPV4_ROUTE, RTNLGRP_IPV6_ROUTE, RTNLGRP_IPV4_RULE, RTNLGRP_IPV6_RULE] {
            try socket.descriptor.setOption(
                SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, Int32(group.rawValue), "netlink")
        }
    }

    /// The events of the next datagram; nil: nothing is waiting.
    package func next() throws(SystemError) -> [RouteEvent]? {
        do throws(SystemError) {
            return try socket.receive(waits: false)?.compactMap(RouteEvent.init)
        } catch {
            guard error.errno == ENOBUFS else { throw error }
            return [.overflow]
        }
    }
}

extension RouteEvent {
    init?(_ message: NetlinkMessage) {
        switch Int32(message.type) {
        case Int32(RTM_NEWLINK):
            // Bridge ports report themselves a second time under AF_BRIDGE: not a change of the link.
            guard message.body.first != UInt8(AF_BRIDGE), let link = Link(message) else { return nil }
            self = .linkChanged(link)
        case Int32(RTM_DELLINK):
            guard message.body.first != UInt8(AF_BRIDGE), let link = Link(message) else { return nil }
            self = .linkRemoved(index: link.index)
        case Int32(RTM_NEWADDR):
            guard let address = InterfaceAddress(message) else { return nil }
            self = .addressAdded(address)
        case Int32(RTM_DELADDR):
            guard let address = InterfaceAddress(message) else { return nil }
            self = .addressRemoved(address)
        case Int32(RTM_DELROUTE):
            // struct rtmsg: the protocol is the sixth octet.
            guard message.body.count > 5, message.body[5] == OwnMark.routing else { return nil }
            self = .routingRemoved
        case Int32(RTM_DELRULE): self = .routingRemoved
        default:
            return nil
        }
    }
}
