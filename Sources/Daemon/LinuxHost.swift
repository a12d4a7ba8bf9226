// The engine's host on a real kernel: sockets, netlink, the clock, and the channel to the guard.

import Control
import Election
import Engine
import Glibc
import Linux
import Wire

/// Performs what the engine asks for with system calls. Packets that arrive are handed to `onPacket`.
final class LinuxHost: Host {
    private let loop: EventLoop
    private let logger: Logger
    private let channel: SequencedSocket
    private let routes: RouteSocket
    private var renewer: LeaseRenewer?
    private let monitor: RouteMonitor
    private var followsRouting = false
    private let virtualLinks = VirtualLinks()
    private var parameters = SavedParameters()
    let firewall: FirewallTable
    private let frames: PacketSocket
    private var claims: ClaimSocket?
    private var sockets: [(point: ListenPoint, socket: VRRPSocket)] = []
    private var buffer = [UInt8](repeating: 0, count: 65536)
    private var failures = FailureLog()
    /// Messages that the guard did not take at once.
    private var backlog: [[UInt8]] = []
    /// Called for each packet that arrived.
    var onPacket: ((PacketOrigin, _ message: RawSpan, _ ipHeader: RawSpan) -> Void)?

    /// Called for each claim of one of the addresses that are followed.
    var onClaim: ((Claim) -> Void)?

    /// Called after each round of packets.
    var afterPackets: (() -> Void)?

    /// Packets read from one socket before anything else has its turn.
    private static let drainLimit = 64

    init(
        loop: EventLoop, logger: Logger, channel: SequencedSocket, monitor: RouteMonitor
    ) throws(SystemError) {
        self.loop = loop
        self.monitor = monitor
        self.logger = logger
        self.channel = channel
        routes = try RouteSocket()
        frames = try PacketSocket()
        firewall = FirewallTable(loop, logger)
        parameters.onChange = { [unowned self] in report(.parameter(path: $0, former: $1)) }
    }

    var now: Timestamp { Timestamp(nanoseconds: MonotonicClock.now) }
    var unixNanoseconds: Int64 { RealtimeClock.nanoseconds }

    // MARK: Sockets

    func listen(on points: [ListenPoint]) -> [ListenPoint] {
        var failed: [ListenPoint] = []
        for (point, socket) in sockets where !points.contains(point) {
            loop.unwatch(socket.raw)
            logger.log(.debug, "closed \(point.interfaceName ?? "the unicast socket")")
        }
        sockets.removeAll { !points.contains($0.point) }
        for point in points where !sockets.contains(where: { $0.point == point }) {
            do throws(SystemError) {
                try open(point)
            } catch {
                failed.append(point)
                failures.report(error, now: now) { log(.error, "cannot hear advertisements: \($0)") }
            }
        }
        return failed
    }

    private func open(_ point: ListenPoint) throws(SystemError) {
        let socket = try VRRPSocket(
            family: point.family, interfaceIndex: point.interfaceIndex, interfaceName: point.interfaceName,
            group: point.group, protocolNumber: point.protocolNumber)
        if let size = point.receiveBufferSize { socket.setReceiveBuffer(size) }
        try loop.watch(socket.raw) { [weak self, weak socket] in
            guard let self, let socket else { return }
            drain(socket, point.protocolNumber)
            afterPackets?()
        }
        sockets.append((point, socket))
    }

    private func drain(_ socket: VRRPSocket, _ protocolNumber: UInt8) {
        for _ in 0..<Self.drainLimit {
            do throws(SystemError) {
                guard let packet = try socket.receive(into: &buffer) else { return }
                let origin = PacketOrigin(
                    interfaceIndex: packet.interfaceIndex, source: packet.source,
                    destination: packet.destination, ttl: packet.ttl, protocolNumber: protocolNumber)
                let octets = buffer.span.bytes
                onPacket?(
                    origin, octets.extracting(packet.message),
                    octets.extracting(0..<packet.message.lowerBound))
            } catch {
                // ENETDOWN and the like: the monitor tells of the link; the socket stays.
                failures.report(error, now: now) { log(.warning, $0) }
                return
            }
        }
    }

    func send(_ transmission: Transmission) -> Bool {
        let family = transmission.destination.family
        let socket = sockets.first {
            $0.point.family == family && $0.point.interfaceIndex == transmission.interfaceIndex
                && ($0.point.group != nil) == transmission.destination.isMulticast
                && $0.point.protocolNumber == transmission.protocolNumber
        }
        guard let socket else { return false }
        do throws(SystemError) {
            try socket.socket.send(
                transmission.message, to: transmission.destination, from: transmission.source,
                ttl: transmission.ttl, identification: transmission.identification)
            return true
        } catch {
            failures.report(error, now: now) { log(.warning, "cannot send an advertisement: \($0)") }
            return false
        }
    }

    func sendFrame(_ frame: [UInt8], interfaceIndex: Int32) {
        do throws(SystemError) {
            try frames.send(frame, interfaceIndex: interfaceIndex)
        } catch {
            failures.report(error, now: now) { log(.warning, "cannot announce an address: \($0)") }
        }
    }

    func followClaims(of addresses: Set<IPAddress>) {
        do throws(SystemError) {
            if let claims { return try claims.setAddresses(addresses) }
            let socket = try ClaimSocket(interfaceIndex: nil, addresses: addresses)
            try loop.watch(socket.raw) { [weak self, weak socket] in
                guard let self, let socket else { return }
                for _ in 0..<Self.drainLimit {
                    guard let claim = try? socket.next() else { break }
                    onClaim?(claim)
                }
                afterPackets?()
            }
            claims = socket
        } catch {
            failures.report(error, now: now) {
                log(.warning, "cannot hear who else claims an address: \($0)")
            }
        }
    }

    // MARK: Addresses

    func program(_ changes: [AddressProgram]) -> [String?] {
        renewer?.settle()
        return routes.perform(changes.map(AddressChange.init)).map { $0.map { "\($0)" } }
    }

    func renew(_ changes: [AddressProgram]) {
        do throws(SystemError) {
            try startedRenewer().renew(changes.map(AddressChange.init))
        } catch {
            failures.report(error, now: now) { log(.warning, "leases are renewed without a thread: \($0)") }
            _ = program(changes)
        }
    }

    /// Not made before the first renewal: its thread has the scheduling that this one has by then.
    private func startedRenewer() throws(SystemError) -> LeaseRenewer {
        if let renewer { return renewer }
        let next = try LeaseRenewer()
        renewer = next
        return next
    }

    func program(
        _ operation: RoutingOperation, _ entries: [RoutingEntry], interfaces: [String: Int32]
    ) -> [RoutingResult] {
        let changes = entries.map { RoutingChange(.init(operation), $0, interfaces: interfaces) }
        return routes.perform(changes).map { error in
            guard let error else { return .done }
            return error.errno == EEXIST ? .present : .failed("\(error)")
        }
    }

    func removal(of entry: RoutingEntry, interfaces: [String: Int32]) -> [UInt8] {
        RoutingChange(.remove, entry, interfaces: interfaces).octets
    }

    func undo(_ removals: [[UInt8]]) {
        for case let error? in routes.perform(removals.map { RawChange($0) }) { log(.error, "\(error)") }
    }

    // MARK: Virtual interfaces, parameters, firewall

    func makeInterface(_ request: InterfaceRequest) -> Result<Interface, InterfaceFailure> {
        do throws(SystemError) {
            return .success(try virtualLinks.make(request, routes))
        } catch {
            return .failure(InterfaceFailure(reason: "\(error)"))
        }
    }

    func removeInterface(_ index: Int32) {
        do throws(SystemError) {
            try routes.removeLink(index)
        } catch {
            log(.error, "\(error)")
        }
    }

    func setParameter(_ path: String, _ value: Int) -> String? {
        if path.hasSuffix("/rp_filter"), value == 0 { parameters.handDownReversePathFilter() }
        return parameters.set(path, "\(value)")
    }

    func forwardsIPv6(_ interface: String) -> Bool {
        (Sysctl.read("net/ipv6/conf/\(interface)/forwarding").flatMap { Int($0) } ?? 0) > 0
    }

    func setFirewall(_ request: FirewallRequest?) -> String? { firewall.set(request) }

    /// Puts back what was changed for as long as the daemon runs.
    func restoreParameters() { parameters.restore() }

    func followRouting() {
        guard !followsRouting else { return }
        followsRouting = true
        do throws(SystemError) {
            try monitor.followRouting()
        } catch {
            log(.warning, "routes and rules that others remove are not noticed: \(error)")
        }
    }

    /// Everything that the kernel knows of links and addresses.
    func inventory() throws(SystemError) -> (interfaces: [Interface], addresses: [AssignedAddress]) {
        let links = try routes.links()
        let addresses = try routes.addresses()
        return (links.map(Interface.init), addresses.map(AssignedAddress.init))
    }

    // MARK: Messages

    func report(_ message: EngineMessage) {
        // A guard that does not read is not told again and again that all is well.
        if case .alive = message, !backlog.isEmpty { return flush() }
        backlog.append(message.encoded)
        flush()
    }

    /// Hands waiting messages over; called again after every event. The guard reads at once, so a backlog
    /// means that it is stopped. A message that cannot be sent at all is said and left out.
    func flush() {
        while let message = backlog.first {
            do throws(SystemError) {
                guard try channel.send(message) else { return }
            } catch {
                failures.report(error, now: now) {
                    log(.error, "a message to the main process is lost: \($0)")
                }
            }
            backlog.removeFirst()
        }
    }

    func log(_ severity: LogSeverity, _ text: String) {
        let priority: LogPriority =
            switch severity {
            case .error: .error
            case .warning: .warning
            case .notice: .notice
            case .info: .info
            }
        logger.log(priority, text)
    }
}

/// Logs a system error once in ten seconds for each call and reason.
private struct FailureLog {
    private var next: [String: Timestamp] = [:]

    mutating func report(_ error: SystemError, now: Timestamp, _ log: (String) -> Void) {
        let key = "\(error.call) \(error.errno)"
        guard next[key].map({ $0 <= now }) ?? true else { return }
        next[key] = now + .seconds(10)
        log("\(error)")
    }
}

extension RoutingChange.Operation {
    init(_ operation: RoutingOperation) {
        switch operation {
        case .add: self = .add
        case .addMissing: self = .addMissing
        case .remove: self = .remove
        }
    }
}

extension Interface {
    init(_ link: Link) {
        self.init(index: link.index, name: link.name, isUp: link.isUp, mac: link.mac)
    }
}

extension AssignedAddress {
    init(_ address: InterfaceAddress) {
        self.init(
            interfaceIndex: address.interfaceIndex, address: address.address,
            prefixLength: address.prefixLength, isTentative: address.isTentative)
    }
}

extension AddressChange {
    init(_ program: AddressProgram) {
        self.init(
            operation: program.operation == .add ? .add : .remove, interfaceIndex: program.interfaceIndex,
            address: program.address, prefixLength: program.prefixLength)
        broadcast = program.broadcast
        peer = program.peer
        label = program.label
        scope = program.scope
        flags = program.flags
        preferredLifetime = program.preferredLifetimeSeconds
        validLifetime = program.validLifetimeSeconds
    }
}
