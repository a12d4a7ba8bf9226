// What the engine needs of the machine it runs on. `LinuxHost` does it with system calls, a simulated
// host with a virtual network; the engine cannot tell.

import Control
import Election
import Wire

extension Host {
    /// Seconds since 1970.
    var unixSeconds: Int64 { unixNanoseconds / 1_000_000_000 }
}

/// The machine as the engine sees it. Every call returns at once: nothing here waits.
package protocol Host: AnyObject {
    /// A monotonic clock.
    var now: Timestamp { get }
    /// Nanoseconds since 1970, for the date of a mail and the time in an authenticated packet.
    var unixNanoseconds: Int64 { get }
    /// Opens and closes sockets until just these points are listened on. Returns those that could not be opened; the
    /// host has logged why.
    func listen(on points: [ListenPoint]) -> [ListenPoint]
    /// False: the kernel refused; the host has logged why, at a limited rate.
    func send(_ transmission: Transmission) -> Bool
    /// Sends a whole Ethernet frame.
    func sendFrame(_ frame: [UInt8], interfaceIndex: Int32)
    /// Applies the changes as one batch. The result holds, for each change, nil or the kernel's complaint in
    /// words. Adding what is there and removing what is not are no errors.
    func program(_ changes: [AddressProgram]) -> [String?]
    /// Adds again what is there, for its lifetime's sake: soon, while others wait for nothing. What `program` is asked
    /// for later comes later; what the kernel refuses it will report as removed.
    func renew(_ changes: [AddressProgram])
    /// Applies changes of routes and rules; `interfaces` has the number of each interface that they name. The
    /// result is as that of `program`; for `addMissing` also an error if the entry was there.
    func program(
        _ operation: RoutingOperation, _ entries: [RoutingEntry], interfaces: [String: Int32]
    ) -> [RoutingResult]
    /// A message that removes the entry, for the last will.
    func removal(of entry: RoutingEntry, interfaces: [String: Int32]) -> [UInt8]
    /// Sends such messages; what they remove may be gone already.
    func undo(_ removals: [[UInt8]])
    /// Makes an interface over another one, or takes the one that an earlier life left. The result is the
    /// interface, or why there is none.
    func makeInterface(_ request: InterfaceRequest) -> Result<Interface, InterfaceFailure>
    func removeInterface(_ index: Int32)
    /// Sets a kernel parameter (`net/ipv4/conf/eth0/promote_secondaries`) until the daemon ends; nil: done, else why
    /// not.
    func setParameter(_ path: String, _ value: Int) -> String?
    /// The host is an IPv6 router on this interface: its neighbour advertisements MUST say so (RFC 4861 7.2.4, 7.2.5),
    /// or those who use it as their default router give it up.
    func forwardsIPv6(_ interface: String) -> Bool
    /// Drops packets to and from these addresses from now on, and no others. Nil: done, else why not.
    func setFirewall(_ firewall: FirewallRequest?) -> String?
    /// Lets the host hear of neighbours that claim one of these addresses, and of no other.
    func followClaims(of addresses: Set<IPAddress>)
    /// Lets the host hear of routes and rules that are removed.
    func followRouting()
    /// To the guard, which passes requests on to the runner.
    func report(_ message: EngineMessage)
    func log(_ severity: LogSeverity, _ text: String)
}

/// A virtual interface to make.
package struct InterfaceRequest: Sendable, Hashable {
    package enum Kind: Sendable, Hashable {
        case macvlan(MACAddress)
        /// `bridge`, `private` or `vepa`.
        case ipvlan(mode: String)
    }
    package var name: String
    package var parentIndex: Int32
    package var parentName: String
    package var kind: Kind
    package var group: UInt32?
}

package struct InterfaceFailure: Error, Sendable, Hashable {
    package let reason: String

    package init(reason: String) { self.reason = reason }
}

/// The table of packets to drop.
package struct FirewallRequest: Sendable, Hashable {
    package var table: String
    package var priority: Int32
    package var countsPackets: Bool
    /// In no order.
    package var addresses: Set<IPAddress>
}

package enum RoutingOperation: Sendable, Hashable {
    /// A route in its place is replaced.
    case add
    /// Only if there is none.
    case addMissing
    case remove
}

/// What became of a route or rule.
package enum RoutingResult: Sendable, Hashable {
    case done
    /// `addMissing`: there is one already.
    case present
    /// Why not, in words.
    case failed(String)
}

/// How urgent a log line is.
package enum LogSeverity: Sendable, Hashable {
    case error, warning, notice, info
}

/// Where advertisements arrive: one raw socket.
package struct ListenPoint: Sendable, Hashable {
    package var family: AddressFamily
    /// Nil: every interface (unicast without one).
    package var interfaceIndex: Int32?
    package var interfaceName: String?
    /// The multicast group to join; nil for unicast.
    package var group: IPAddress?
    /// 112, or 51 for messages behind an authentication header.
    package var protocolNumber: UInt8 = 112
    /// `kernel_rx_buf_size` in octets; nil: the default.
    package var receiveBufferSize: Int?

    /// One socket serves both, whatever its buffer.
    func isSameSocket(as other: ListenPoint) -> Bool {
        family == other.family && interfaceIndex == other.interfaceIndex && group == other.group
            && protocolNumber == other.protocolNumber
    }
}

/// One address to add to or remove from an interface.
package struct AddressProgram: Sendable, Hashable {
    package enum Operation: Sendable, Hashable { case add, remove }
    package var operation: Operation
    package var interfaceIndex: Int32
    package var address: IPAddress
    package var prefixLength: UInt8
    package var broadcast: IPAddress?
    package var peer: IPAddress?
    package var label: String?
    /// RT_SCOPE_*.
    package var scope: UInt8
    /// IFA_F_* bits.
    package var flags: UInt32
    /// Nil: forever.
    package var preferredLifetimeSeconds: UInt32?
    /// Nil: forever.
    package var validLifetimeSeconds: UInt32?
}

/// A received packet without its payload.
package struct PacketOrigin: Sendable, Hashable {
    package var interfaceIndex: Int32
    package var source: IPAddress
    package var destination: IPAddress
    package var ttl: UInt8
    /// 112, or 51 if the payload begins with an authentication header.
    package var protocolNumber: UInt8

    package init(
        interfaceIndex: Int32, source: IPAddress, destination: IPAddress, ttl: UInt8,
        protocolNumber: UInt8 = 112
    ) {
        self.protocolNumber = protocolNumber
        self.interfaceIndex = interfaceIndex
        self.source = source
        self.destination = destination
        self.ttl = ttl
    }
}
