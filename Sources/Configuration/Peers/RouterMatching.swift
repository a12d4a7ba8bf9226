// Which instances of the nodes are one virtual router: those of one VRID and family that would hear each other, or
// that were meant to. Names, interfaces and addresses decide where a VRID is used several times.

import Election
import Wire

enum RouterMatching {
    private struct Key: Hashable {
        let vrid: UInt8
        let family: AddressFamily
    }

    /// Every instance of every node, in the order in which they first appear.
    static func routers(of nodes: [ClusterNode]) -> [SharedRouter] {
        var routers: [SharedRouter] = []
        var places: [Key: [Int]] = [:]
        for (index, node) in nodes.enumerated() {
            var waiting: [Key: [Member]] = [:]
            var order: [Key] = []
            for instance in node.parsed.configuration.instances {
                let key = Key(vrid: instance.router.vrid, family: instance.router.family)
                if waiting[key] == nil { order.append(key) }
                waiting[key, default: []].append(Member(index: index, node: node, instance: instance))
            }
            for key in order {
                place(waiting[key] ?? [], among: &places[key, default: []], in: &routers)
            }
        }
        return routers
    }

    /// The closest pairs find each other first; who is left begins a router of its own.
    private static func place(
        _ members: [Member], among places: inout [Int], in routers: inout [SharedRouter]
    ) {
        var pairs: [(closeness: Int, member: Int, place: Int)] = []
        for (number, member) in members.enumerated() {
            for place in places {
                let all = routers[place].members.compactMap { closeness($0.instance, member.instance) }
                guard let best = all.max() else { continue }
                pairs.append((best, number, place))
            }
        }
        pairs.sort { ($1.closeness, $0.member, $0.place) < ($0.closeness, $1.member, $1.place) }
        var placed: Set<Int> = []
        var taken: Set<Int> = []
        for pair in pairs where !placed.contains(pair.member) && !taken.contains(pair.place) {
            placed.insert(pair.member)
            taken.insert(pair.place)
            routers[pair.place].add(members[pair.member])
        }
        for (number, member) in members.enumerated() where !placed.contains(number) {
            places.append(routers.count)
            routers.append(SharedRouter(member))
        }
    }

    /// How much speaks for two instances of one VRID and family being one router; nil: nothing does.
    private static func closeness(_ left: InstanceConfiguration, _ right: InstanceConfiguration) -> Int? {
        let sharesAddress = left.sharesAddress(with: right)
        let hasSameName = left.name == right.name
        let hasSameInterface = left.interface != nil && left.interface == right.interface
        let isReached: Bool
        let isLikely: Bool
        switch (left.transport, right.transport) {
        case (.multicast(let one, _), .multicast(let other, _)):
            isReached = one == other
            isLikely = hasSameName || (hasSameInterface && one == other)
        case (.multicast, .unicast), (.unicast, .multicast):
            isReached = false
            isLikely = hasSameName
        case (.unicast(let ofLeft, let one, _, _), .unicast(let ofRight, let other, _, _)):
            isReached =
                ofLeft.contains { $0.address == other } || ofRight.contains { $0.address == one }
            // With both sources known, nobody's list is a statement as well.
            let isKnown = one != nil && other != nil && one != other
            isLikely = isReached || (!isKnown && (hasSameName || hasSameInterface))
        }
        guard sharesAddress || isLikely else { return nil }
        return (sharesAddress ? 8 : 0) + (isReached ? 4 : 0) + (hasSameName ? 2 : 0)
            + (hasSameInterface ? 1 : 0)
    }
}

extension InstanceConfiguration {
    fileprivate func sharesAddress(with other: InstanceConfiguration) -> Bool {
        addresses.contains { mine in other.addresses.contains { $0.address == mine.address } }
    }
}
