// The authentication header (RFC 2402): any packet may come; one that was sealed is accepted, and with one octet
// changed refused.

import Wire

func fuzz(_ input: inout Input) {
    let choice = input.octet()
    let key = input.integer(UInt64.self)
    if choice & 1 == 0 { anyPacket(input.remainder(), key) } else { sealed(&input, key) }
}

private func anyPacket(_ packet: [UInt8], _ key: UInt64) {
    guard let header = try? IPv4Header(packet.span.bytes) else { return }
    let payload = Array(packet[header.payload])
    let before = Array(packet[..<header.payload.lowerBound])
    let read = try? AuthenticationHeader.verify(payload.span.bytes, ipHeader: before.span.bytes, key: key)
    require(read == nil || payload.count > AuthenticationHeader.length, "too short, and accepted")
}

private func sealed(_ input: inout Input, _ key: UInt64) {
    let (source, group) = (IPAddress(v4: input.integer()), IPAddress.vrrpGroup4)
    let sequence = input.integer(UInt32.self)
    let identification = input.integer(UInt16.self)
    let (place, change) = (Int(input.integer(UInt16.self)), max(1, input.octet()))
    let message = [1] + input.octets(1000)
    var payload = AuthenticationHeader.seal(
        message, source: source, destination: group, ttl: 255, sequenceNumber: sequence,
        identification: identification, key: key)
    let size = UInt16(20 + payload.count)
    let header: [UInt8] =
        [0x45, 0, UInt8(size >> 8), UInt8(size & 0xff), UInt8(identification >> 8)]
        + [UInt8(identification & 0xff), 0, 0, 255, AuthenticationHeader.protocolNumber, 0x12, 0x34]
        + source.octets + group.octets
    let read = try? AuthenticationHeader.verify(payload.span.bytes, ipHeader: header.span.bytes, key: key)
    require(read?.sequenceNumber == sequence, "what was sealed is not accepted")
    require(Array(payload.dropFirst(AuthenticationHeader.length)) == message, "the message is another one")
    payload[place % payload.count] ^= change
    let broken = try? AuthenticationHeader.verify(payload.span.bytes, ipHeader: header.span.bytes, key: key)
    require(broken == nil, "accepted with octet \(place % payload.count) changed")
}
