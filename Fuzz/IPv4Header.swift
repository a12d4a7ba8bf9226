// The IPv4 header before a raw packet (RFC 791 3.1): a payload that is accepted lies within the packet.

import Wire

func fuzz(_ input: inout Input) {
    let packet = input.remainder()
    guard let header = try? IPv4Header(packet.span.bytes) else { return }
    require(header.payload.lowerBound >= 20, "the payload begins within the header")
    require(header.payload.upperBound <= packet.count, "the payload ends beyond the packet")
    require(packet[0] >> 4 == 4, "another version was accepted")
    require(header.payload.upperBound == Int(packet[2]) << 8 | Int(packet[3]), "another length than was told")
    require(packet[6] & 0x3f == 0 && packet[7] == 0, "a fragment was accepted")
    require(header.source.octets == Array(packet[12..<16]), "another source")
    require(header.destination.octets == Array(packet[16..<20]), "another destination")
}
