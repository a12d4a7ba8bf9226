// A rule of policy routing in rtnetlink's terms (ip-rule(8), linux/fib_rules.h).

/// Which table a packet is looked up in, or what else becomes of it.
package struct PolicyRule: Sendable, Hashable {
    package enum Action: Sendable, Hashable {
        case lookUp(table: UInt32)
        case goTo(priority: UInt32)
        case nop, blackhole, unreachable, prohibit
    }
    package var family: AddressFamily
    package var isInverted = false
    package var source: NetworkPrefix?
    package var destination: NetworkPrefix?
    package var action = Action.lookUp(table: 254)
    /// Nil: the kernel chooses one below those that there are.
    package var priority: UInt32?
    package var typeOfService: UInt8 = 0
    package var mark: UInt32?
    package var markMask: UInt32?
    package var realms: UInt32?
    package var suppressedPrefixLength: Int32?
    package var suppressedGroup: Int32?
    package var inputInterface: String?
    package var outputInterface: String?
    package var tunnelID: UInt64?
    package var users: ClosedRange<UInt32>?
    package var usesMasterDevice = false
    package var protocolNumber: UInt8 = 18
    package var ipProtocol: UInt8?
    package var sourcePorts: ClosedRange<UInt16>?
    package var destinationPorts: ClosedRange<UInt16>?

    package init(family: AddressFamily) { self.family = family }
}
