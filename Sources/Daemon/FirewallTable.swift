// The firewall's table: what it holds, and whether it still does.

import Engine
import Linux
import Wire

final class FirewallTable {
    /// The table that is in force.
    private struct Held {
        let socket: FirewallSocket
        /// Nil: changes by others are not noticed.
        let monitor: FirewallMonitor?
        var request: FirewallRequest
    }
    private let loop: EventLoop
    private let logger: Logger
    private var held: Held?
    /// A table that another process of the daemon may have left, and that nobody has asked for yet.
    private var inheritance: String?
    /// Called when the table is not what it was set to any more; the next `set` makes it anew.
    var onLoss: () -> Void = {}

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

    /// Nil: done, else why not.
    func set(_ request: FirewallRequest?) -> String? {
        do throws(SystemError) {
            guard let request else {
                disown()
                try remove()
                return nil
            }
            if request.table == inheritance, adopts(request) {
                inheritance = nil
                return nil
            }
            disown()
            if changed(to: request) { held?.request = request } else { try make(request) }
            return nil
        } catch {
            return "\(error)"
        }
    }

    /// False: there is none that fits.
    private func adopts(_ request: FirewallRequest) -> Bool {
        let adoption: Void? = try? hold(request) { socket throws(SystemError) in
            try socket.change(add: Array(request.addresses), remove: [])
        }
        return adoption != nil
    }

    private func remove() throws(SystemError) {
        guard let former = held else { return }
        forget()
        try former.socket.delete()
    }

    private func forget() {
        if let monitor = held?.monitor { loop.unwatch(monitor.raw) }
        held = nil
    }

    /// False: the table is another one, or not what it should be.
    private func changed(to request: FirewallRequest) -> Bool {
        guard let held, held.request.table == request.table, held.request.priority == request.priority,
            held.request.countsPackets == request.countsPackets
        else { return false }
        let (new, old) = (request.addresses, held.request.addresses)
        let (added, removed) = (Array(new.subtracting(old)), Array(old.subtracting(new)))
        return (try? held.socket.change(add: added, remove: removed)) != nil
    }

    private func make(_ request: FirewallRequest) throws(SystemError) {
        if let held, held.request.table != request.table { try held.socket.delete() }
        forget()
        try hold(request) { socket throws(SystemError) in
            try socket.create(
                priority: request.priority, countsPackets: request.countsPackets,
                addresses: Array(request.addresses))
        }
    }

    /// `fill` makes the table what is asked for. It is followed before: else a change in between goes unnoticed.
    private func hold(
        _ request: FirewallRequest, _ fill: (FirewallSocket) throws(SystemError) -> Void
    ) throws(SystemError) {
        let socket = try FirewallSocket(table: request.table)
        let monitor = follow(socket, request.table)
        do throws(SystemError) {
            try fill(socket)
        } catch {
            if let monitor { loop.unwatch(monitor.raw) }
            throw error
        }
        held = Held(socket: socket, monitor: monitor, request: request)
    }

    // MARK: Changes by others

    private func follow(_ socket: FirewallSocket, _ table: String) -> FirewallMonitor? {
        do throws(SystemError) {
            let monitor = try FirewallMonitor(table: table, owner: socket.port)
            try loop.watch(monitor.raw) { [weak self, unowned monitor] in self?.check(monitor) }
            return monitor
        } catch {
            logger.log(.warning, "changes of the firewall by others are not noticed: \(error)")
            return nil
        }
    }

    /// Somebody has flushed all tables, or removed something from this one. Without a monitor it would not be noticed.
    private func check(_ monitor: FirewallMonitor) {
        let isLost = (try? monitor.hasLoss()) ?? true
        guard isLost, held != nil else { return }
        forget()
        onLoss()
    }
}
