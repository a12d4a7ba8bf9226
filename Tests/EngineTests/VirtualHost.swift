// A host without a kernel: remembers what the engine asks for.

import Configuration
import Control
import Election
import Engine
import Wire

final class VirtualHost: Host {
    var now = Timestamp(nanoseconds: 1_000_000_000)
    var unixNanoseconds: Int64 = 1_700_000_000_000_000_000
    var listenPoints: [ListenPoint] = []
    var sent: [Transmission] = []
    var frames: [(frame: [UInt8], interfaceIndex: Int32)] = []
    var programmed: [AddressProgram] = []
    var routed: [(operation: RoutingOperation, entry: RoutingEntry)] = []
    var undone: [[UInt8]] = []
    var made: [InterfaceRequest] = []
    var removed: [Int32] = []
    var parameters: [String] = []
    var firewalls: [FirewallRequest?] = []
    var messages: [EngineMessage] = []
    var lines: [String] = []
    /// What the kernel says to each change.
    var refusal: String?

    /// The kernel refuses every socket.
    var refusesSockets = false
    var isRouter = false
    var claimable: Set<IPAddress> = []

    func listen(on points: [ListenPoint]) -> [ListenPoint] {
        listenPoints = points
        return refusesSockets ? points : []
    }

    func forwardsIPv6(_ interface: String) -> Bool { isRouter }

    func send(_ transmission: Transmission) -> Bool {
        sent.append(transmission)
        return true
    }

    func sendFrame(_ frame: [UInt8], interfaceIndex: Int32) { frames.append((frame, interfaceIndex)) }

    func program(_ changes: [AddressProgram]) -> [String?] {
        programmed += changes
        return changes.map { _ in refusal }
    }

    func program(
        _ operation: RoutingOperation, _ entries: [RoutingEntry], interfaces: [String: Int32]
    ) -> [RoutingResult] {
        routed += entries.map { (operation, $0) }
        return entries.map { _ in .done }
    }

    func removal(of entry: RoutingEntry, interfaces: [String: Int32]) -> [UInt8] {
        Array("\(entry)".utf8)
    }

    func renew(_ changes: [AddressProgram]) { _ = program(changes) }

    func undo(_ removals: [[UInt8]]) { undone += removals }

    func followRouting() {}

    func followClaims(of addresses: Set<IPAddress>) { claimable = addresses }

    func makeInterface(_ request: InterfaceRequest) -> Result<Interface, InterfaceFailure> {
        made.append(request)
        guard case .macvlan(let mac) = request.kind else { return .failure(InterfaceFailure(reason: "no")) }
        return .success(Interface(index: 100 + Int32(made.count), name: request.name, isUp: true, mac: mac))
    }

    func removeInterface(_ index: Int32) { removed.append(index) }

    func setParameter(_ path: String, _ value: Int) -> String? {
        parameters.append("\(path)=\(value)")
        return nil
    }

    func setFirewall(_ request: FirewallRequest?) -> String? {
        firewalls.append(request)
        return nil
    }

    func report(_ message: EngineMessage) { messages.append(message) }

    func log(_ severity: LogSeverity, _ text: String) { lines.append(text) }

    func forget() {
        sent.removeAll(keepingCapacity: true)
        frames.removeAll(keepingCapacity: true)
        programmed.removeAll(keepingCapacity: true)
        messages.removeAll(keepingCapacity: true)
        lines.removeAll(keepingCapacity: true)
    }

    /// The runner's requests so far.
    var requests: [RunnerMessage] {
        messages.compactMap {
            guard case .runner(let octets) = $0 else { return nil }
            return try? RunnerMessage(decoding: octets)
        }
    }
}

/// An engine on a virtual host, with a peer that the test plays.
struct Stage {
    let host = VirtualHost()
    let engine: Engine

    static let own = address("192.168.50.133")
    static let peer = address("192.168.50.134")

    static func address(_ text: String) -> IPAddress { IPAddress(text) ?? .unspecified(.ipv4) }

    static let standard = """
        vrrp_instance VI_1 {
            interface eth0
            virtual_router_id 51
            priority 100
            virtual_ipaddress { 192.168.50.88/24 }
        }
        """

    init(_ text: String = Stage.standard, detail: Bool = false, sendsHeartbeat: Bool = false) {
        let parsed = ConfigurationParser.parse(text: text)
        engine = Engine(
            host: host, configuration: parsed.configuration,
            options: EngineOptions(hostName: "lb1", logsDetail: detail, sendsHeartbeat: sendsHeartbeat))
        engine.resynchronise(
            interfaces: [
                Interface(index: 2, name: "eth0", isUp: true, mac: MACAddress(0x0200_0000_0001)),
                Interface(index: 3, name: "eth1", isUp: true, mac: MACAddress(0x0200_0000_0002)),
            ],
            addresses: [
                Self.assigned("192.168.50.133"), Self.assigned("fe80::1", prefix: 64),
                Self.assigned("2001:db8::1", prefix: 64),
            ])
        engine.start()
    }

    static func assigned(_ text: String, prefix: UInt8 = 24) -> AssignedAddress {
        AssignedAddress(
            interfaceIndex: 2, address: address(text), prefixLength: prefix, isTentative: false)
    }

    /// Acts at the next deadline; the kernel's reports of new IPv6 addresses are still to come.
    func tickAtDeadline() {
        guard let deadline = engine.nextDeadline else { return }
        host.now = max(host.now, deadline)
        engine.tick()
    }

    func runToDeadline() {
        let former = host.programmed.count
        tickAtDeadline()
        serve(host.programmed.dropFirst(former).filter { $0.operation == .add && $0.address.family == .ipv6 })
    }

    /// What the kernel says of addresses that it serves now.
    func serve(_ changes: [AddressProgram]) {
        guard !changes.isEmpty else { return }
        for change in changes {
            engine.addressAdded(
                AssignedAddress(
                    interfaceIndex: change.interfaceIndex, address: change.address,
                    prefixLength: change.prefixLength, isTentative: false))
        }
        engine.settleReports()
    }

    func becomeMaster() {
        runToDeadline()
        host.forget()
    }

    /// An advertisement as the peer sends it; the last parameter damages the message.
    func hear(
        priority: UInt8, version: VRRPVersion = .v2, from source: IPAddress = Stage.peer,
        to destination: IPAddress = .vrrpGroup4, ttl: UInt8 = 255, vrid: UInt8 = 51,
        addresses: [IPAddress] = [Stage.address("192.168.50.88")],
        damage: (inout [UInt8]) -> Void = { _ in }
    ) {
        let advertisement = Advertisement(
            version: version, vrid: vrid, priority: priority, intervalCentiseconds: 100,
            addressCount: UInt8(addresses.count))
        var message: [UInt8] = []
        advertisement.encode(addresses: addresses, source: source, destination: destination, into: &message)
        damage(&message)
        engine.receive(
            PacketOrigin(interfaceIndex: 2, source: source, destination: destination, ttl: ttl),
            message: message.span.bytes)
    }

    var isMaster: Bool { engine.dataText().contains("State = MASTER") }
}
