// Neighbour advertisements (RFC 4861 4.4, 7.1.2): what is accepted obeys the RFC's checks; what is announced is
// accepted, and its checksum is right.

import Wire

func fuzz(_ input: inout Input) {
    let choice = input.octet()
    if choice & 1 == 0 { received(input.remainder()) } else { announced(&input, isRouter: choice & 2 != 0) }
}

private func received(_ frame: [UInt8]) {
    guard let read = NeighborAdvertisement(frame: frame.span.bytes) else { return }
    require(frame.count >= 78, "a frame of \(frame.count) octets was accepted")
    require(frame[21] == 255 && frame[20] == 58, "hop limit \(frame[21]), next header \(frame[20])")
    require(read.target.octets == Array(frame[62..<78]), "another target")
    require(!read.target.isMulticast, "a group was accepted as a target")
    require(!read.isSolicited || frame[38] != 0xff, "a solicited answer to a group was accepted")
    let end = 54 + (Int(frame[18]) << 8 | Int(frame[19]))
    require(end <= frame.count, "a cut frame was accepted")
    if let mac = read.mac {
        require(
            (78..<end).contains { frame[$0...].prefix(6) == mac.octets[...] }, "a MAC address from nowhere")
    }
}

private func announced(_ input: inout Input, isRouter: Bool) {
    let address = IPAddress(family: .ipv6, high: input.integer(), low: input.integer())
    let mac = MACAddress(input.integer())
    let probe = NeighborSolicitation.probeFrame(for: address, mac: mac)
    let group = IPAddress(octets: probe[38..<54]) ?? address
    let question = Plain.pseudoHeader(.unspecified(.ipv6), group, length: 24, 58) + probe[54...]
    require(probe.count == 78 && Plain.sum(question) == 0xffff, "the probe's checksum is wrong")
    let frame = NeighborAdvertisement.unsolicitedFrame(for: address, mac: mac, isRouter: isRouter)
    let message = Array(frame[54...])
    let pseudo = Plain.pseudoHeader(address, .allNodes6, length: message.count, 58)
    require(Plain.sum(pseudo + message) == 0xffff, "the checksum is wrong")
    let read = NeighborAdvertisement(frame: frame.span.bytes)
    guard !address.isMulticast else { return require(read == nil, "a group was accepted as a target") }
    require(read?.target == address && read?.mac == mac, "what was announced is not accepted")
    require(read?.overrides == true && read?.isSolicited == false, "the flags are others")
}
