// What the host keeps of changes in the kernel beyond addresses and routes: interfaces made here, parameters to be
// put back.

import Engine
import Linux
import Wire

/// Makes virtual interfaces.
struct VirtualLinks {
    /// The interface of that name if it is the one that is wanted (an earlier life left it), else a new one.
    func make(_ request: InterfaceRequest, _ routes: RouteSocket) throws(SystemError) -> Interface {
        let (kind, name): (VirtualLink.Kind, String) =
            switch request.kind {
            case .macvlan(let mac): (.macvlan(mac), "macvlan")
            case .ipvlan(let mode): (.ipvlan(flags: mode == "private" ? 1 : mode == "vepa" ? 2 : 0), "ipvlan")
            }
        if let found = try routes.links().first(where: { $0.name == request.name }) {
            let isOurs =
                found.kind == name && found.parent == request.parentIndex && found.hasMAC(of: request.kind)
            guard isOurs else {
                throw SystemError(
                    call: "RTM_NEWLINK", errno: 17, subject: "\(request.name) is somebody else's interface")
            }
            try routes.setUp(found.index)
            return Interface(found)
        }
        try routes.create(
            VirtualLink(
                name: request.name, parent: request.parentIndex, kind: kind, group: request.group))
        if let made = try routes.links().first(where: { $0.name == request.name }) {
            try routes.suppressGeneratedAddress(made.index)
            try routes.setUp(made.index)
        }
        guard let made = try routes.links().first(where: { $0.name == request.name }) else {
            throw SystemError(call: "RTM_NEWLINK", errno: 19, subject: request.name)
        }
        return Interface(made)
    }
}

extension Link {
    fileprivate func hasMAC(of kind: InterfaceRequest.Kind) -> Bool {
        switch kind {
        case .macvlan(let mac): self.mac == mac
        case .ipvlan: true
        }
    }
}

/// Kernel parameters with the values that they had before.
struct SavedParameters {
    private var former: [(path: String, value: String)] = []
    /// Told of each value that will have to be put back, before it is changed.
    var onChange: ((_ path: String, _ former: String) -> Void)?

    /// Nil: done, else why not.
    mutating func set(_ path: String, _ value: String) -> String? {
        guard let present = Sysctl.read(path) else { return "there is no \(path)" }
        guard present != value else { return nil }
        let isFirst = !former.contains { $0.path == path }
        if isFirst { onChange?(path, present) }
        do throws(SystemError) {
            try Sysctl.write(path, value)
        } catch {
            return "\(error)"
        }
        if isFirst { former.append((path, present)) }
        return nil
    }

    /// The kernel takes the higher of an interface's reverse path filter and that of `all`. To be able to switch it off
    /// on one interface, what `all` says is handed down to every other one first: for these nothing changes.
    mutating func handDownReversePathFilter() {
        let all = "net/ipv4/conf/all/rp_filter"
        guard let value = Sysctl.read(all).flatMap({ Int($0) }), value > 0 else { return }
        let names = (try? FileSystem.list("/proc/sys/net/ipv4/conf")) ?? []
        for name in names where name != "all" {
            let path = "net/ipv4/conf/\(name)/rp_filter"
            guard let own = Sysctl.read(path).flatMap({ Int($0) }), own < value else { continue }
            _ = set(path, "\(value)")
        }
        _ = set(all, "0")
    }

    /// Parameters of interfaces that are gone are gone with them.
    mutating func restore() {
        for (path, value) in former.reversed() { try? Sysctl.write(path, value) }
        former = []
    }
}
