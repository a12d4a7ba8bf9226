// Asking the kernel for links and addresses, and changing addresses in batches. The kernel answers a
// request before `send` returns, so none of these calls waits for anything.

import CLinux
import Glibc
import Wire

/// A socket for rtnetlink requests.
package final class RouteSocket {
    private let socket: NetlinkSocket
    private var sequence: UInt32 = 0
    /// Requests in one send: their acknowledgements must fit the receive buffer.
    private static let batch = 64
    private static let dumpAttempts = 20

    /// `isStrict`: the kernel takes the header of a dump as a filter, where it can.
    package init(isStrict: Bool = false) throws(SystemError) {
        socket = try NetlinkSocket(groups: 0)
        if isStrict { try? socket.descriptor.setOption(SOL_NETLINK, NETLINK_GET_STRICT_CHK, 1, "netlink") }
        // A waiting socket would hang for ever if an answer were lost.
        try socket.descriptor.setOption(
            SOL_SOCKET, SO_RCVTIMEO, structure: timeval(tv_sec: 2, tv_usec: 0), "netlink")
    }

    package func links() throws(SystemError) -> [Link] {
        try dump(UInt16(RTM_GETLINK), UInt16(RTM_NEWLINK)).compactMap(Link.init)
    }

    package func addresses() throws(SystemError) -> [InterfaceAddress] {
        // struct ifaddrmsg
        try dump(UInt16(RTM_GETADDR), UInt16(RTM_NEWADDR), header: [UInt8](repeating: 0, count: 8))
            .compactMap(InterfaceAddress.init)
    }

    /// Applies all changes; the result has an error or nil for each. Removing what is not there counts as
    /// done; adding what is there replaces its lifetimes. An address with a peer is removed even if the change
    /// does not name the peer.
    package func perform(_ changes: [AddressChange]) -> [SystemError?] {
        var results = performBatches(changes)
        let absent = changes.indices.filter { changes[$0].isAbsent(results[$0]) }
        for index in absent { results[index] = nil }
        // The kernel does not find an IPv4 address without its peer: the table tells whether there is one.
        let unnamed = absent.filter { changes[$0].peer == nil && changes[$0].address.family == .ipv4 }
        guard !unnamed.isEmpty, let present = try? addresses() else { return results }
        for index in unnamed {
            guard let peer = present.first(where: { changes[index].names($0) })?.peer else { continue }
            var change = changes[index]
            change.peer = peer
            let answer = performBatches([change])[0]
            results[index] = change.isAbsent(answer) ? nil : answer
        }
        return results
    }

    /// Applies changes of routes and rules; the result has an error or nil for each.
    package func perform(_ changes: [RoutingChange]) -> [SystemError?] { performBatches(changes) }

    /// Sends messages that were built before, to undo what somebody else has done.
    package func perform(_ changes: [RawChange]) -> [SystemError?] { performBatches(changes) }

    func performBatches(_ changes: [some NetlinkChange]) -> [SystemError?] {
        var results = [SystemError?](repeating: nil, count: changes.count)
        var start = 0
        while start < changes.count {
            let end = min(start + Self.batch, changes.count)
            var unanswered = Set(start..<end)
            do throws(SystemError) {
                try perform(changes[start..<end], &results, &unanswered)
            } catch {
                for index in unanswered { results[index] = error }
            }
            start = end
        }
        return results
    }

    private func perform(
        _ changes: ArraySlice<some NetlinkChange>, _ results: inout [SystemError?],
        _ unanswered: inout Set<Int>
    ) throws(SystemError) {
        let first = sequence &+ 1
        var octets: [UInt8] = []
        for change in changes {
            sequence &+= 1
            octets += change.message(sequence: sequence)
        }
        try socket.send(octets)
        while !unanswered.isEmpty {
            guard let messages = try socket.receive(waits: true) else {
                throw SystemError(call: "recv", errno: ETIMEDOUT, subject: "netlink")
            }
            for message in messages where message.type == UInt16(NLMSG_ERROR) {
                let offset = Int(message.sequence &- first)
                guard offset >= 0, offset < changes.count else { continue }
                let index = changes.startIndex + offset
                unanswered.remove(index)
                results[index] = changes[index].failure(-message.body[...].load(0, as: Int32.self))
            }
        }
    }

    /// Asked for again while the answer was taken from a table that changed meanwhile, a few times. `header`: the fixed
    /// part of the request; all zero means everything of every family.
    func dump(
        _ request: UInt16, _ answer: UInt16, header: [UInt8] = [UInt8](repeating: 0, count: 16)
    ) throws(SystemError) -> [NetlinkMessage] {
        for _ in 0..<Self.dumpAttempts {
            if let list = try dumpOnce(request, answer, header) { return list }
        }
        throw SystemError(call: "netlink", errno: EINTR, subject: "dump")
    }

    /// Nil: the table changed meanwhile.
    private func dumpOnce(
        _ request: UInt16, _ answer: UInt16, _ header: [UInt8]
    ) throws(SystemError) -> [NetlinkMessage]? {
        sequence &+= 1
        var builder = NetlinkBuilder(
            type: request, flags: UInt16(NLM_F_REQUEST) | 0x300, sequence: sequence)
        builder.append(octets: header)
        try socket.send(builder.message)
        var list: [NetlinkMessage] = []
        var isWhole = true
        while true {
            guard let messages = try socket.receive(waits: true) else {
                throw SystemError(call: "recv", errno: ETIMEDOUT, subject: "netlink")
            }
            for message in messages where message.sequence == sequence {
                if message.flags & UInt16(NLM_F_DUMP_INTR) != 0 { isWhole = false }
                switch message.type {
                case answer: list.append(message)
                case UInt16(NLMSG_DONE): return isWhole ? list : nil
                case UInt16(NLMSG_ERROR):
                    let number = -message.body[...].load(0, as: Int32.self)
                    throw SystemError(call: "netlink", errno: number, subject: "dump")
                default: break
                }
            }
        }
    }
}

/// A request that the kernel acknowledges.
protocol NetlinkChange {
    func message(sequence: UInt32) -> [UInt8]
    /// What the kernel's answer means for this change; nil: it is done.
    func failure(_ number: Int32) -> SystemError?
}

extension AddressChange: NetlinkChange {}

extension AddressChange {
    /// Whether the answer is that there is nothing to remove.
    fileprivate func isAbsent(_ error: SystemError?) -> Bool {
        operation == .remove && error?.errno == EADDRNOTAVAIL
    }

    /// Whether an address that stands on an interface is the one meant.
    fileprivate func names(_ present: InterfaceAddress) -> Bool {
        present.interfaceIndex == interfaceIndex && present.address == address
            && present.prefixLength == prefixLength
    }

    /// What the kernel's answer means for this change.
    func failure(_ number: Int32) -> SystemError? {
        switch (number, operation) {
        case (0, _), (EEXIST, .add), (ENODEV, .remove): nil
        case (_, .add): SystemError(call: "RTM_NEWADDR", errno: number, subject: "\(address)")
        case (_, .remove): SystemError(call: "RTM_DELADDR", errno: number, subject: "\(address)")
        }
    }
}
