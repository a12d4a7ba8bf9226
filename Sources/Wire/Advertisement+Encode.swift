// Writing an advertisement; the layout's diagram stands in Advertisement+Parse.swift.

extension Advertisement {
    /// Appends the message. `addresses` are sent in their order and MUST be `addressCount` of the family of
    /// `source`; a signer adds an HMAC trailer; source and destination enter the checksum where its form asks for them.
    package func encode(
        addresses: [IPAddress], source: IPAddress, destination: IPAddress, into buffer: inout [UInt8],
        signer: HMACSigner? = nil
    ) {
        let start = buffer.count
        buffer.append(version.rawValue << 4 | AdvertisementLayout.typeAdvertisement)
        buffer.append(vrid)
        buffer.append(priority)
        buffer.append(addressCount)
        switch version {
        case .v2:
            buffer.append(authentication.type)
            buffer.append(UInt8(clamping: intervalCentiseconds / 100))
        case .v3:
            buffer.append(bigEndian: intervalCentiseconds & 0xfff)
        }
        buffer.append(bigEndian: UInt16(0))
        for address in addresses { buffer.append(address) }
        if version == .v2 { buffer.append(bigEndian: authentication.octets) }
        if let signer { HMACTrailer.append(signer, source: source, to: &buffer, from: start) }
        var checksum = InternetChecksum()
        checksum.add(buffer.span.bytes.extracting(start..<buffer.count))
        if source.family == .ipv6 || checksumForm == .pseudoHeader {
            checksum.addPseudoHeader(
                source: source, destination: destination, length: buffer.count - start,
                protocolNumber: AdvertisementLayout.protocolNumber)
        }
        buffer.store(checksum.value, at: start + AdvertisementLayout.checksum)
    }
}

extension Authentication {
    /// RFC 2338's authentication type.
    fileprivate var type: UInt8 {
        switch self {
        case .none: 0
        case .password: 1
        case .header: 2
        }
    }

    fileprivate var octets: UInt64 {
        switch self {
        case .none, .header: 0
        case .password(let password): password
        }
    }

    /// A password's first eight octets, padded with zero.
    package init(password: String) {
        let octets = Array(password.utf8.prefix(8))
        let value = octets.reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        self = .password(octets.isEmpty ? 0 : value << UInt64(8 * (8 - octets.count)))
    }

    /// An authentication header with a password's first eight octets as its key.
    package init(headerKey: String) {
        let password = Authentication(password: headerKey)
        self = if case .password(let key) = password { .header(key: key) } else { .none }
    }
}
