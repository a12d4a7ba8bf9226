// VRRPv2 and v3 over IPv4 and IPv6 (RFC 9568 5.2, RFC 3768 5.3). What is accepted has the length, version, VRID and
// checksum that the RFC asks for, and is written again as the same octets.

import Wire

func fuzz(_ input: inout Input) {
    let choice = input.octet()
    let family: AddressFamily = choice & 1 == 0 ? .ipv4 : .ipv6
    let version: VRRPVersion = choice & 2 == 0 ? .v3 : .v2
    let authentication: Authentication =
        switch choice >> 4 & 3 {
        case 1: .password(0x6162_6364_0000_0000)
        case 2: .header(key: 0x6162_6364_0000_0000)
        default: .none
        }
    let ttl: UInt8 = choice & 8 == 0 ? 255 : input.octet()
    var message = input.remainder()
    let source =
        family == .ipv4 ? IPAddress(v4: 0xc0a8_320b) : IPAddress(family: .ipv6, high: 0xfe80 << 48, low: 17)
    let group: IPAddress = family == .ipv4 ? .vrrpGroup4 : .vrrpGroup6
    let pseudo = Plain.pseudoHeader(source, group, length: message.count, 112)
    // Half of the inputs get a right checksum: a fuzzer cannot guess it.
    if choice & 0x40 == 0 {
        let isCovered = family == .ipv6 && version == .v3 || choice & 0x80 != 0
        Plain.repair(&message, at: 6, pseudoHeader: isCovered ? pseudo : [])
    }
    let trailer =
        Advertisement.hasTrailer(message.span.bytes, version, family) ? HMACTrailer.length : 0
    let configured = [IPAddress(v4: 0xc0a8_3258)]
    let expecting = Expectation(
        version: version, family: family, vrid: 51, isUnicast: choice & 4 != 0,
        authentication: authentication, intervalCentiseconds: 100,
        addresses: family == .ipv4 ? configured : [])
    _ = try? Advertisement.peek(message.span.bytes)
    guard
        let read = try? Advertisement.parse(
            message.span.bytes, expecting: expecting, source: source, destination: group, ttl: ttl,
            trailerLength: trailer)
    else { return }
    require(ttl == 255 || choice & 4 != 0, "TTL \(ttl) was accepted")
    require(message[0] == version.rawValue << 4 | 1, "version or type was accepted")
    require(message[1] == 51 && read.vrid == 51, "a foreign VRID was accepted")
    require(read.priority == message[2] && read.addressCount == message[3], "other fields than were sent")
    require((1...25_500).contains(read.intervalCentiseconds), "interval \(read.intervalCentiseconds)")
    let size = family.addressLength * Int(read.addressCount)
    require(message.count == 8 + size + (version == .v2 ? 8 : 0) + trailer, "a wrong length was accepted")
    let isCovered = family == .ipv6 && version == .v3 || read.checksumForm == .pseudoHeader
    require(Plain.sum((isCovered ? pseudo : []) + message) == 0xffff, "a wrong checksum was accepted")
    let addresses = stride(from: 8, to: 8 + size, by: family.addressLength).compactMap {
        IPAddress(octets: message[$0..<$0 + family.addressLength])
    }
    require(!read.addressListMatches || addresses.count == expecting.addresses.count, "another list matches")
    // Reserved bits, the data of no authentication and the trailer are not kept; a sum of 0 has two forms.
    let keepsAll = trailer == 0 && (version == .v2 ? read.authentication != .none : message[4] < 16)
    guard keepsAll, version == .v3 || family == .ipv4, Plain.sum([message[6], message[7]]) % 0xffff != 0
    else { return }
    if case .header = read.authentication { return }
    var again: [UInt8] = []
    read.encode(addresses: addresses, source: source, destination: group, into: &again)
    require(again == message, "written as \(again), was \(message)")
}
