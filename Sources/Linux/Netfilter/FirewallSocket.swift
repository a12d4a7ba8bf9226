// nftables through netlink (linux/netfilter/nf_tables.h): one table that drops packets to and from addresses that
// this host holds but must not use itself (`no_accept`). Every call is one batch: all of it or nothing.

import CLinux
import Glibc
import Wire

/// Changes the table of one daemon.
package final class FirewallSocket {
    private let socket: NetlinkSocket
    private let table: String
    private var sequence: UInt32 = 0

    package init(table: String) throws(SystemError) {
        self.table = table
        socket = try NetlinkSocket(groups: 0, protocolNumber: NETLINK_NETFILTER)
        try socket.descriptor.setOption(
            SOL_SOCKET, SO_RCVTIMEO, structure: timeval(tv_sec: 2, tv_usec: 0), "netfilter")
    }

    /// The number by which the kernel knows who has changed something.
    package var port: UInt32 { socket.port }

    /// Makes the table anew; what was there is gone in the same step.
    package func create(
        priority: Int32, countsPackets: Bool, addresses: [IPAddress]
    ) throws(SystemError) {
        var batch = NFTBatch(table: table)
        // A table must be there to be deleted, whatever was before.
        batch.table(delete: false)
        batch.table(delete: true)
        batch.table(delete: false)
        for set in NFTSet.allCases {
            batch.set(set)
            batch.elements(set, addresses.filter { $0.family == set.family }, delete: false)
        }
        for hook in NFTHook.allCases { batch.chain(hook, priority: priority) }
        for hook in NFTHook.allCases {
            batch.rule(hook, NFTRules.drop(.ipv4, hook, countsPackets: countsPackets))
            for type: UInt8 in [135, 136] { batch.rule(hook, NFTRules.acceptNeighbourDiscovery(type)) }
            batch.rule(hook, NFTRules.drop(.ipv6, hook, countsPackets: countsPackets))
        }
        try send(batch)
    }

    /// The addresses MUST NOT be in the table already, or for removing MUST be.
    package func change(add: [IPAddress], remove: [IPAddress]) throws(SystemError) {
        var batch = NFTBatch(table: table)
        for set in NFTSet.allCases {
            let (gone, come) = (
                remove.filter { $0.family == set.family }, add.filter { $0.family == set.family }
            )
            if !gone.isEmpty { batch.elements(set, gone, delete: true) }
            if !come.isEmpty { batch.elements(set, come, delete: false) }
        }
        try send(batch)
    }

    /// A table that is not there is no error.
    package func delete() throws(SystemError) {
        var batch = NFTBatch(table: table)
        batch.table(delete: false)
        batch.table(delete: true)
        try send(batch)
    }

    /// Deletes the table if it is one of this daemon's making: one that has its sets.
    package func deleteOwn() throws(SystemError) {
        var batch = NFTBatch(table: table)
        // Where a set is missing this fails, and with it the whole batch.
        for set in NFTSet.allCases { batch.elements(set, [.unspecified(set.family)], delete: false) }
        batch.table(delete: true)
        try send(batch)
    }

    private func send(_ batch: NFTBatch) throws(SystemError) {
        sequence &+= 1000
        let (octets, last) = batch.encoded(sequence: sequence)
        try socket.send(octets)
        // The last request is acknowledged when all have been taken; an error answers the one that failed.
        while true {
            guard let messages = try socket.receive(waits: true) else {
                throw SystemError(call: "recv", errno: ETIMEDOUT, subject: "netfilter")
            }
            for message in messages where message.type == UInt16(NLMSG_ERROR) {
                let number = -message.body[...].load(0, as: Int32.self)
                if number != 0 { throw SystemError(call: "nftables", errno: number, subject: table) }
                if message.sequence == last { return }
            }
        }
    }
}
