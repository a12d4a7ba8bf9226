// Routes and rules as rtnetlink messages (rtnetlink(7) RTM_NEWROUTE, linux/fib_rules.h RTM_NEWRULE).

import CLinux
import Glibc
import Wire

/// A route or rule to add to or remove from the kernel's tables.
package struct RoutingChange: Sendable {
    package enum Operation: Sendable, Hashable {
        /// A route in its place is replaced; a rule that is there stays.
        case add
        /// EEXIST if there is one already.
        case addMissing
        case remove
    }
    package var operation: Operation
    package var entry: RoutingEntry
    /// The number of each interface that the entry names.
    package var interfaces: [String: Int32]

    package init(_ operation: Operation, _ entry: RoutingEntry, interfaces: [String: Int32]) {
        self.operation = operation
        self.entry = entry
        self.interfaces = interfaces
    }

    /// The message with a sequence number of 0: for somebody who cannot look up interfaces any more.
    package var octets: [UInt8] { message(sequence: 0) }
}

extension RoutingChange: NetlinkChange {
    func message(sequence: UInt32) -> [UInt8] {
        let request = UInt16(NLM_F_REQUEST | NLM_F_ACK)
        switch entry {
        case .route(let route):
            let flags: UInt16 =
                switch operation {
                case .add: request | UInt16(NLM_F_CREATE | NLM_F_REPLACE)
                case .addMissing: request | UInt16(NLM_F_CREATE | NLM_F_EXCL)
                case .remove: request
                }
            let type = UInt16(operation == .remove ? RTM_DELROUTE : RTM_NEWROUTE)
            var builder = NetlinkBuilder(type: type, flags: flags, sequence: sequence)
            route.encode(into: &builder, interfaces, isRemoval: operation == .remove)
            return builder.message
        case .rule(let rule):
            let flags = operation == .remove ? request : request | UInt16(NLM_F_CREATE | NLM_F_EXCL)
            let type = UInt16(operation == .remove ? RTM_DELRULE : RTM_NEWRULE)
            var builder = NetlinkBuilder(type: type, flags: flags, sequence: sequence)
            rule.encode(into: &builder)
            return builder.message
        }
    }

    func failure(_ number: Int32) -> SystemError? {
        switch (number, operation) {
        case (0, _), (EEXIST, .add), (ESRCH, .remove), (ENOENT, .remove), (ENODEV, .remove): return nil
        case (_, .add), (_, .addMissing), (_, .remove):
            let (call, subject): (String, String) =
                switch entry {
                case .route(let route): ("route", route.destination.map { "\($0)" } ?? "default")
                case .rule(let rule): ("rule", rule.priority.map { "preference \($0)" } ?? "rule")
                }
            return SystemError(call: call, errno: number, subject: subject)
        }
    }
}

/// A message that somebody else has built, a sequence number to be put in.
package struct RawChange: NetlinkChange {
    private let octets: [UInt8]

    package init(_ octets: [UInt8]) { self.octets = octets }

    func message(sequence: UInt32) -> [UInt8] {
        var message = octets
        guard message.count >= NetlinkMessage.headerLength else { return message }
        withUnsafeBytes(of: sequence) { message.replaceSubrange(8..<12, with: $0) }
        return message
    }

    /// Whatever was to be undone may be gone already.
    func failure(_ number: Int32) -> SystemError? {
        switch number {
        case 0, ESRCH, ENOENT, ENODEV, EADDRNOTAVAIL: nil
        default: SystemError(call: "netlink", errno: number, subject: "undoing")
        }
    }
}

extension AddressFamily {
    fileprivate var number: UInt8 { self == .ipv4 ? UInt8(AF_INET) : UInt8(AF_INET6) }
}

extension Route {
    /// struct rtmsg, then attributes RTA_*.
    fileprivate func encode(
        into builder: inout NetlinkBuilder, _ interfaces: [String: Int32], isRemoval: Bool
    ) {
        builder.append(family.number)
        builder.append(destination?.length ?? 0)
        builder.append(source?.length ?? 0)
        builder.append(typeOfService)
        builder.append(UInt8(table < 256 ? table : 0))
        builder.append(protocolNumber)
        // RT_SCOPE_NOWHERE in a removal matches every scope.
        builder.append(isRemoval && scope == nil ? 255 : effectiveScope)
        builder.append(type.rawValue)
        builder.append(UInt32(isOnLink ? 4 : 0))
        if let destination, destination.length > 0 { builder.attribute(1, destination.address.octets) }
        if let source, source.length > 0 { builder.attribute(2, source.address.octets) }
        if let interface, let index = interfaces[interface] { builder.attribute(4, value: index) }
        if let gateway { builder.gateway(gateway, family) }
        if let priority { builder.attribute(6, value: priority) }
        if let preferredSource { builder.attribute(7, preferredSource.octets) }
        if let realms { builder.attribute(11, value: realms) }
        builder.attribute(15, value: table)
        if let preference { builder.attribute(20, [preference]) }
        if let expiresSeconds { builder.attribute(23, value: expiresSeconds) }
        if let propagatesTTL { builder.attribute(26, [propagatesTTL ? 1 : 0]) }
        if !metrics.isEmpty { builder.attribute(8, metricOctets) }
        if !nextHops.isEmpty { builder.attribute(9, nextHops.flatMap { $0.octets(family, interfaces) }) }
    }

    /// Nested RTAX_*; those that are locked in a bit mask of their own.
    private var metricOctets: [UInt8] {
        var nested = NetlinkBuilder(type: 0, flags: 0, sequence: 0)
        let locks = metrics.filter(\.isLocked).reduce(UInt32(0)) { $0 | 1 << UInt32($1.kind) }
        if locks != 0 { nested.attribute(1, value: locks) }
        for metric in metrics {
            switch metric.value {
            case .number(let number): nested.attribute(metric.kind, value: number)
            case .text(let text): nested.attribute(metric.kind, text: text)
            }
        }
        return Array(nested.octets.dropFirst(NetlinkMessage.headerLength))
    }
}

extension NextHop {
    /// struct rtnexthop, then attributes.
    fileprivate func octets(_ family: AddressFamily, _ interfaces: [String: Int32]) -> [UInt8] {
        var nested = NetlinkBuilder(type: 0, flags: 0, sequence: 0)
        if let gateway { nested.gateway(gateway, family) }
        if let realms { nested.attribute(11, value: realms) }
        let attributes = Array(nested.octets.dropFirst(NetlinkMessage.headerLength))
        var result: [UInt8] = []
        withUnsafeBytes(of: UInt16(8 + attributes.count)) { result += $0 }
        result.append(isOnLink ? 4 : 0)
        result.append(UInt8(clamping: weight - 1))
        withUnsafeBytes(of: interface.flatMap { interfaces[$0] } ?? 0) { result += $0 }
        return result + attributes
    }
}

extension NetlinkBuilder {
    /// RTA_GATEWAY, or RTA_VIA for one of the other family.
    fileprivate mutating func gateway(_ gateway: IPAddress, _ family: AddressFamily) {
        guard gateway.family != family else { return attribute(5, gateway.octets) }
        attribute(18, withUnsafeBytes(of: UInt16(gateway.family.number)) { Array($0) } + gateway.octets)
    }
}

extension PolicyRule {
    /// struct fib_rule_hdr, then attributes FRA_*.
    fileprivate func encode(into builder: inout NetlinkBuilder) {
        let (code, table): (UInt8, UInt32) =
            switch action {
            case .lookUp(let table): (1, table)
            case .goTo: (2, 0)
            case .nop: (3, 0)
            case .blackhole: (6, 0)
            case .unreachable: (7, 0)
            case .prohibit: (8, 0)
            }
        builder.append(family.number)
        builder.append(destination?.length ?? 0)
        builder.append(source?.length ?? 0)
        builder.append(typeOfService)
        builder.append(UInt8(table < 256 && !usesMasterDevice ? table : 0))
        builder.append(UInt16(0))
        builder.append(code)
        builder.append(UInt32(isInverted ? 2 : 0))
        if let destination, destination.length > 0 { builder.attribute(1, destination.address.octets) }
        if let source, source.length > 0 { builder.attribute(2, source.address.octets) }
        if let inputInterface { builder.attribute(3, text: inputInterface) }
        if case .goTo(let priority) = action { builder.attribute(4, value: priority) }
        if let priority { builder.attribute(6, value: priority) }
        if let mark { builder.attribute(10, value: mark) }
        if let realms { builder.attribute(11, value: realms) }
        if let tunnelID { builder.attribute(12, value: tunnelID.bigEndian) }
        if let suppressedGroup { builder.attribute(13, value: suppressedGroup) }
        if let suppressedPrefixLength { builder.attribute(14, value: suppressedPrefixLength) }
        if code == 1, !usesMasterDevice { builder.attribute(15, value: table) }
        if let markMask { builder.attribute(16, value: markMask) }
        if let outputInterface { builder.attribute(17, text: outputInterface) }
        if usesMasterDevice { builder.attribute(19, [1]) }
        if let users {
            let high = UInt64(users.upperBound) << 32
            builder.attribute(20, value: (high | UInt64(users.lowerBound)).littleEndian)
        }
        builder.attribute(21, [protocolNumber])
        if let ipProtocol { builder.attribute(22, [ipProtocol]) }
        if let sourcePorts { builder.attribute(23, value: sourcePorts.packed) }
        if let destinationPorts { builder.attribute(24, value: destinationPorts.packed) }
    }
}

extension ClosedRange<UInt16> {
    /// struct fib_rule_port_range: start, end.
    fileprivate var packed: UInt32 { (UInt32(upperBound) << 16 | UInt32(lowerBound)).littleEndian }
}
