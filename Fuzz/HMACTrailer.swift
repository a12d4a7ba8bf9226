// The HMAC trailer: any message may come; one that was signed is accepted, and with one octet changed refused, by the
// trailer or by the advertisement.

import Wire

private let key = SecretKey(Array("of the fuzzer".utf8))

func fuzz(_ input: inout Input) {
    let choice = input.octet()
    let family: AddressFamily = choice & 1 == 0 ? .ipv4 : .ipv6
    let version: VRRPVersion = choice & 2 == 0 ? .v3 : .v2
    let source =
        family == .ipv4 ? IPAddress(v4: 0xc0a8_320b) : IPAddress(family: .ipv6, high: 0xfe80 << 48, low: 17)
    guard choice & 4 != 0 else {
        let message = input.remainder()
        _ = try? HMACTrailer.verify(message.span.bytes, source: source, keys: [7: key])
        return
    }
    let group: IPAddress = family == .ipv4 ? .vrrpGroup4 : .vrrpGroup6
    let stamp = HMACStamp(
        seconds: input.integer(), fraction: input.integer(), counter: input.integer())
    let (place, change) = (Int(input.integer(UInt16.self)), max(1, input.octet()))
    let advertisement = Advertisement(
        version: version, vrid: max(1, input.octet()), priority: input.octet(), intervalCentiseconds: 100,
        addressCount: UInt8(input.octet() % 20))
    let addresses = (0..<advertisement.addressCount).map { _ in
        family == .ipv4
            ? IPAddress(v4: input.integer())
            : IPAddress(family: .ipv6, high: input.integer(), low: input.integer())
    }
    var message: [UInt8] = []
    advertisement.encode(
        addresses: addresses, source: source, destination: group, into: &message,
        signer: HMACSigner(keyID: 7, key: key, stamp: stamp))
    let expecting = Expectation(
        version: version, family: family, vrid: advertisement.vrid, isUnicast: false, authentication: .none,
        intervalCentiseconds: 100, addresses: addresses)
    func isAccepted() -> HMACStamp? {
        guard Advertisement.hasTrailer(message.span.bytes, version, family),
            let read = try? HMACTrailer.verify(message.span.bytes, source: source, keys: [7: key]),
            (try? Advertisement.parse(
                message.span.bytes, expecting: expecting, source: source, destination: group, ttl: 255,
                trailerLength: HMACTrailer.length)) != nil
        else { return nil }
        return read
    }
    // Over IPv6 there is no version 2.
    guard version == .v3 || family == .ipv4 else { return }
    require(isAccepted() == stamp, "what was signed is not accepted")
    message[place % message.count] ^= change
    require(isAccepted() == nil, "accepted with octet \(place % message.count) changed")
}
