// Reading an advertisement. No allocation; each check has a rejection of its own, in the order of
// RFC 9568 7.1.
//
//      0                   1                   2                   3
//      0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//     +-------+-------+---------------+---------------+---------------+
//     |Version| Type  | Virtual Rtr ID|   Priority    | Address count |
//     +-------+-------+---------------+---------------+---------------+
//  v3 |Reserve| Max Advertise Interval|           Checksum            |
//  v2 |   Auth Type   |   Adver Int   |           Checksum            |
//     +---------------+---------------+---------------+---------------+
//     |                 addresses, 4 or 16 octets each                |
//     +---------------------------------------------------------------+
//  v2 |             Authentication Data, always 8 octets              |
//     +---------------------------------------------------------------+

/// Offsets and sizes in octets.
enum AdvertisementLayout {
    static let typeAdvertisement: UInt8 = 1
    static let vrid = 1
    static let priority = 2
    static let addressCount = 3
    static let authenticationType = 4
    static let interval = 4
    static let checksum = 6
    static let addresses = 8
    static let authenticationLength = 8
    /// IP protocol number of VRRP.
    static let protocolNumber: UInt8 = 112
}

extension Advertisement {
    /// What is needed to find the virtual router: the VRID, from any message that has one.
    package static func peek(_ message: RawSpan) throws(Rejection) -> (version: UInt8, vrid: UInt8) {
        guard let first = message.octet(0), let vrid = message.octet(AdvertisementLayout.vrid) else {
            throw .length
        }
        guard vrid != 0 else { throw .unknownVRID }
        return (first >> 4, vrid)
    }

    /// Reads and checks a whole message.
    ///
    /// `message` is the IP payload, exactly as long as the IP header says: padding of the Ethernet frame must
    /// have been cut off. A longer message is rejected, as all peers do. `trailerLength` octets at its end
    /// are not the advertisement's, but the checksum covers them.
    package static func parse(
        _ message: RawSpan, expecting: Expectation, source: IPAddress, destination: IPAddress, ttl: UInt8,
        trailerLength: Int = 0
    ) throws(Rejection) -> Advertisement {
        guard expecting.isUnicast || ttl == 255 else { throw .timeToLive }
        guard let first = message.octet(0) else { throw .length }
        guard first >> 4 == expecting.version.rawValue else { throw .version }
        guard first & 0xf == AdvertisementLayout.typeAdvertisement else { throw .type }
        guard let vrid = message.octet(AdvertisementLayout.vrid),
            let priority = message.octet(AdvertisementLayout.priority),
            let count = message.octet(AdvertisementLayout.addressCount),
            let timing = message.load(AdvertisementLayout.interval, as: UInt16.self),
            message.byteCount - trailerLength
                == length(expecting.version, expecting.family, count: Int(count))
        else { throw .length }
        let form = try checksumForm(message, expecting, source: source, destination: destination)
        guard vrid == expecting.vrid else { throw .unknownVRID }
        // Without configured addresses (`no_virtual_ipaddress`) the peer has none either.
        guard count > 0 || expecting.addresses.isEmpty else { throw .noAddresses }
        var advertisement = Advertisement(
            version: expecting.version, vrid: vrid, priority: priority, intervalCentiseconds: timing & 0xfff,
            addressCount: count, checksumForm: form)
        if expecting.version == .v2 {
            advertisement.intervalCentiseconds = (timing & 0xff) * 100
            advertisement.authentication = try authentication(
                message, expecting, type: UInt8(timing >> 8), trailerLength)
        }
        guard advertisement.intervalCentiseconds > 0 else { throw .zeroInterval }
        if expecting.version == .v2,
            advertisement.intervalCentiseconds != expecting.intervalCentiseconds
        {
            throw .intervalMismatch
        }
        // RFC 9568 erratum 8300 wants a link-local address first over IPv6. Most configurations name a global
        // one alone and keepalived sends it: to discard those would make two masters.
        advertisement.addressListMatches = lists(expecting.addresses, count, message, expecting.family)
        return advertisement
    }

    /// Octets of a message with `count` addresses.
    static func length(_ version: VRRPVersion, _ family: AddressFamily, count: Int) -> Int {
        AdvertisementLayout.addresses + count * family.addressLength
            + (version == .v2 ? AdvertisementLayout.authenticationLength : 0)
    }

    /// Over IPv4, v3 is accepted with and without the pseudo-header: both are deployed.
    private static func checksumForm(
        _ message: RawSpan, _ expecting: Expectation, source: IPAddress, destination: IPAddress
    ) throws(Rejection) -> ChecksumForm {
        var plain = InternetChecksum()
        plain.add(message)
        var extended = plain
        extended.addPseudoHeader(
            source: source, destination: destination, length: message.byteCount,
            protocolNumber: AdvertisementLayout.protocolNumber)
        switch (expecting.version, expecting.family) {
        case (.v2, _):
            guard plain.folded == 0xffff else { throw .checksum }
            return .standard
        case (.v3, .ipv4):
            if plain.folded == 0xffff { return .standard }
            guard extended.folded == 0xffff else { throw .checksum }
            return .pseudoHeader
        case (.v3, .ipv6):
            guard extended.folded == 0xffff else { throw .checksum }
            return .standard
        }
    }

    /// RFC 3768 5.3.6, 5.3.10. The password is compared in constant time.
    private static func authentication(
        _ message: RawSpan, _ expecting: Expectation, type: UInt8, _ trailerLength: Int
    ) throws(Rejection) -> Authentication {
        let offset = message.byteCount - trailerLength - AdvertisementLayout.authenticationLength
        guard let octets = message.load(offset, as: UInt64.self) else { throw .length }
        switch (type, expecting.authentication) {
        case (0, .none):
            return .none
        case (1, .password(let password)):
            guard octets ^ password == 0 else { throw .authenticationFailed }
            return .password(octets)
        case (2, .header):
            return expecting.authentication
        case (0, .password), (0, .header), (1, .none), (1, .header), (2, .none), (2, .password):
            throw .authenticationTypeMismatch
        case (_, _):
            throw .unknownAuthenticationType
        }
    }

    /// Whether the message names the configured addresses, in any order.
    private static func lists(
        _ configured: [IPAddress], _ count: UInt8, _ message: RawSpan, _ family: AddressFamily
    ) -> Bool {
        guard configured.count == Int(count) else { return false }
        for index in 0..<Int(count) {
            let offset = AdvertisementLayout.addresses + index * family.addressLength
            guard let address = message.address(offset, family) else { return false }
            // The same order is the rule (RFC 9568 5.2.9), so the first comparison nearly always decides.
            guard configured[index] == address || configured.contains(address) else { return false }
        }
        return true
    }
}
