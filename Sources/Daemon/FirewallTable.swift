// The firewall's table: what it holds, and that it stays so.

import Engine
import Linux
import Wire

/// The table of packets to drop, and what it holds.
final class FirewallTable {
    private let loop: EventLoop
    private let logger: Logger
    private var socket: FirewallSocket?
    private var monitor: FirewallMonitor?
    private var held: FirewallRequest?
    /// A table that another process of the daemon may have left, and that nobody has asked for yet.
    private var inheritance: String?

    init(_ loop: EventLoop, _ logger: Logger) {
        self.loop = loop
        self.logger = logger
    }

    /// The first request takes over the table of this name if it is there and fits: no packet passes meanwhile.
    func inherit(_ table: String) { inheritance = table }

    /// Nobody has asked for the inherited table: it goes. A kernel without nftables has nothing to remove.
    func disown() {
        guard let table = inheritance else { return }
        inheritance = nil
        try? FirewallSocket(table: table).deleteOwn()
    }

    private func adopt(_ request: FirewallRequest) -> Bool {
        guard let left = try? FirewallSocket(table: request.table) else { return false }
        follow(left, request.table)
        guard (try? left.change(add: Array(request.addresses), remove: [])) != nil else { return false }
        socket = left
        held = request
        return true
    }

    /// Nil: done, else why not.
    func set(_ request: FirewallRequest?) -> String? {
        if let inheritance, let request, request.table == inheritance, adopt(request) {
            self.inheritance = nil
            return nil
        }
        disown()
        do throws(SystemError) {
            guard let request else {
                unfollow()
                try socket?.delete()
                socket = nil
                held = nil
                return nil
            }
            // Somebody may have flushed all tables: then this one is made anew.
            if !changed(to: request) { try make(request) }
            held = request
            return nil
        } catch {
            held = nil
            return "\(error)"
        }
    }

    /// False: the table is another one, or not what it should be.
    private func changed(to request: FirewallRequest) -> Bool {
        guard let held, let socket, held.table == request.table, held.priority == request.priority,
            held.countsPackets == request.countsPackets
        else { return false }
        let (new, old) = (request.addresses, held.addresses)
        return (try? socket.change(add: Array(new.subtracting(old)), remove: Array(old.subtracting(new))))
            != nil
    }

    private func make(_ request: FirewallRequest) throws(SystemError) {
        if held?.table != request.table { try socket?.delete() }
        let next = try FirewallSocket(table: request.table)
        // Before it is there: else a change in between goes unnoticed.
        follow(next, request.table)
        try next.create(
            priority: request.priority, countsPackets: request.countsPackets,
            addresses: Array(request.addresses))
        socket = next
    }

    // MARK: Changes by others

    private func follow(_ socket: FirewallSocket, _ table: String) {
        unfollow()
        do throws(SystemError) {
            let next = try FirewallMonitor(table: table, owner: socket.port)
            try loop.watch(next.raw) { [weak self] in self?.restore() }
            monitor = next
        } catch {
            logger.log(.warning, "changes of the firewall by others are not noticed: \(error)")
        }
    }

    private func unfollow() {
        if let monitor { loop.unwatch(monitor.raw) }
        monitor = nil
    }

    /// Somebody has flushed all tables, or removed something from this one.
    private func restore() {
        do throws(SystemError) {
            guard let monitor, let held, try monitor.hasLoss() else { return }
            logger.log(
                .warning, "no_accept: somebody else has changed the table \(held.table); making it anew")
            try make(held)
        } catch {
            logger.log(.error, "no_accept: the firewall cannot be put right: \(error)")
        }
    }
}
