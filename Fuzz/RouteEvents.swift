// What the kernel tells of links, addresses and routes (rtnetlink(7)): nothing is made of octets that are not there,
// and an address that is added is read as it was written.

import Wire

@testable import Linux

func fuzz(_ input: inout Input) {
    let choice = input.octet()
    if choice & 1 == 0 { received(input.remainder()) } else { added(&input, choice) }
}

private func received(_ datagram: [UInt8]) {
    let messages = NetlinkMessage.split(datagram[...])
    let size = messages.reduce(0) { $0 + NetlinkMessage.headerLength + $1.body.count }
    require(size <= datagram.count, "\(size) octets of messages in \(datagram.count)")
    for message in messages {
        for offset in [0, 8, 12, 16] {
            let attributes = message.attributes(after: offset)
            let size = attributes.reduce(0) { $0 + 4 + $1.payload.count }
            require(size <= max(0, message.body.count - offset), "attributes beyond the message")
        }
        guard let event = RouteEvent(message) else { continue }
        switch event {
        case .linkChanged(let link):
            require(!link.name.isEmpty && !link.name.utf8.contains(0), "a link's name is '\(link.name)'")
        case .addressAdded(let address), .addressRemoved(let address):
            require(address.peer != address.address, "an address is its own peer")
        case .linkRemoved, .routingRemoved, .overflow: break
        }
    }
}

private func added(_ input: inout Input, _ choice: UInt8) {
    let address =
        choice & 2 == 0
        ? IPAddress(v4: input.integer())
        : IPAddress(family: .ipv6, high: input.integer(), low: input.integer())
    var change = AddressChange(
        operation: .add, interfaceIndex: input.integer(), address: address, prefixLength: input.octet())
    change.scope = input.octet()
    change.flags = input.integer()
    if choice & 4 != 0 { change.peer = IPAddress(v4: input.integer()) }
    if choice & 8 != 0 { change.label = String(decoding: input.octets(15), as: UTF8.self) }
    if choice & 16 != 0 { change.protocolMark = input.octet() }
    if choice & 32 != 0 { change.validLifetime = input.integer() }
    let octets = change.message(sequence: 1)
    let messages = NetlinkMessage.split(octets[...])
    require(messages.count == 1, "one change is \(messages.count) messages")
    guard let read = messages.first.flatMap(InterfaceAddress.init) else {
        return require(false, "an address that is added is not read")
    }
    require(read.address == address && read.interfaceIndex == change.interfaceIndex, "another address")
    require(read.prefixLength == change.prefixLength && read.scope == change.scope, "another network")
    require(read.flags == change.flags, "other flags")
    require(read.peer == (change.peer == address ? nil : change.peer), "another peer")
    require(read.protocolMark == change.protocolMark ?? 0, "another mark")
    if let label = change.label, !label.utf8.contains(0) { require(read.label == label, "another label") }
}
