// Lines of `virtual_routes` and `virtual_rules` up to the kernel's door: each that is read becomes one whole netlink
// message whose attributes fill it.

import Configuration
import Wire

@testable import Linux

func fuzz(_ input: inout Input) {
    let block = input.octet() & 1 == 0 ? "virtual_routes" : "virtual_rules"
    let before = "vrrp_instance V {\ninterface eth0\nvirtual_router_id 51\n\(block) {\n"
    let text = Array(before.utf8) + input.remainder() + Array("\n}\n}\n".utf8)
    for instance in ConfigurationParser.parse(octets: text, name: "text").configuration.instances {
        for entry in instance.routes.map({ RoutingEntry.route($0.route) }) { check(entry, fixedLength: 12) }
        for entry in instance.rules.map({ RoutingEntry.rule($0.rule) }) { check(entry, fixedLength: 12) }
    }
}

private func check(_ entry: RoutingEntry, fixedLength: Int) {
    for operation in [RoutingChange.Operation.add, .addMissing, .remove] {
        let octets = RoutingChange(operation, entry, interfaces: ["eth0": 2, "eth1": 3]).octets
        let messages = NetlinkMessage.split(octets[...])
        guard messages.count == 1, let message = messages.first else {
            return require(false, "one change is \(messages.count) messages")
        }
        require(message.body.count == octets.count - NetlinkMessage.headerLength, "octets behind the message")
        let size = message.attributes(after: fixedLength).reduce(fixedLength) {
            $0 + (4 + $1.payload.count + 3) & ~3
        }
        require(size == message.body.count, "attributes of \(size) octets in \(message.body.count)")
    }
}
