// The rules that the fuzzers hold the codecs against, written a second time and as plainly as possible.

import Wire

enum Plain {
    /// The one's complement sum of 16-bit words (RFC 1071), slowly: 0xffff for a text with a right checksum.
    static func sum(_ octets: [UInt8]) -> UInt16 {
        var sum = 0
        for (index, octet) in octets.enumerated() {
            sum += index % 2 == 0 ? Int(octet) << 8 : Int(octet)
            if sum > 0xffff { sum -= 0xffff }
        }
        return UInt16(sum)
    }

    /// RFC 8200 8.1; over IPv4 its counterpart in RFC 793 3.1.
    static func pseudoHeader(_ source: IPAddress, _ destination: IPAddress, length: Int, _ proto: UInt8)
        -> [UInt8]
    {
        let size = UInt16(length)
        let tail: [UInt8] =
            source.family == .ipv4
            ? [0, proto, UInt8(size >> 8), UInt8(size & 0xff)]
            : [0, 0, UInt8(size >> 8), UInt8(size & 0xff), 0, 0, 0, proto]
        return source.octets + destination.octets + tail
    }

    /// Puts in the checksum at `offset` that makes the sum right.
    static func repair(_ octets: inout [UInt8], at offset: Int, pseudoHeader: [UInt8]) {
        guard octets.count >= offset + 2 else { return }
        octets[offset] = 0
        octets[offset + 1] = 0
        let checksum = ~sum(pseudoHeader + octets)
        octets[offset] = UInt8(checksum >> 8)
        octets[offset + 1] = UInt8(checksum & 0xff)
    }
}
