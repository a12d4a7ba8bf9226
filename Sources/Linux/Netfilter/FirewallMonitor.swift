// Hears when somebody else removes a part of a table of nftables (linux/netfilter/nf_tables.h).

import CLinux
import Glibc

/// `raw` is readable when `hasLoss` has something to say.
package final class FirewallMonitor {
    private let socket: NetlinkSocket
    private let table: String
    /// Whose changes are not told.
    private let owner: UInt32
    package var raw: Int32 { socket.descriptor.raw }

    /// NFNLGRP_NFTABLES
    private static let group: Int32 = 7
    /// NFNL_SUBSYS_NFTABLES with NFT_MSG_DELTABLE, -DELCHAIN, -DELRULE, -DELSET and -DELSETELEM.
    private static let drainLimit = 64
    /// NFPROTO_INET, the first octet of struct nfgenmsg.
    private static let family: UInt8 = 1
    private static let removals: Set<UInt16> = [0x0a02, 0x0a05, 0x0a08, 0x0a0b, 0x0a0e]

    package init(table: String, owner: UInt32) throws(SystemError) {
        self.table = table
        self.owner = owner
        socket = try NetlinkSocket(groups: 0, protocolNumber: NETLINK_NETFILTER)
        try socket.descriptor.setOption(SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, Self.group, "netfilter")
    }

    /// Reads what waits, but not so much that others would not have their turn. True as well if messages were lost.
    package func hasLoss() throws(SystemError) -> Bool {
        for _ in 0..<Self.drainLimit {
            do throws(SystemError) {
                guard let messages = try socket.receive(waits: false) else { return false }
                if messages.contains(where: isRemoval) { return true }
            } catch {
                guard error.errno == ENOBUFS else { throw error }
                return true
            }
        }
        return false
    }

    private func isRemoval(_ message: NetlinkMessage) -> Bool {
        guard Self.removals.contains(message.type), message.port != owner, message.body.first == Self.family
        else { return false }
        // The first attribute of each of these names the table.
        return message.attributes(after: 4).contains {
            $0.type == 1 && $0.payload.text == table
        }
    }
}
