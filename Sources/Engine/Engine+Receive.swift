// From a received packet to an event, or to a counted rejection. Costs no allocation for a good packet.

import Configuration
import Election
import Wire

extension Engine {
    /// A packet without an authentication header.
    package func receive(_ origin: PacketOrigin, message: RawSpan) {
        receive(origin, message: message, ipHeader: message.extracting(0..<0))
    }

    /// A packet of protocol 112 or 51. `payload` is the IP payload; `ipHeader` the IPv4 header, which an
    /// authentication header covers.
    package func receive(_ origin: PacketOrigin, message payload: RawSpan, ipHeader: RawSpan) {
        do throws(Rejection) {
            let offset = try headerLength(payload, origin)
            let message = payload.extracting(offset..<payload.byteCount)
            let vrid = try Advertisement.peek(message).vrid
            // What a virtual interface is to hear arrives on the one below as well.
            guard !isForVirtualInterface(origin, vrid: vrid) else { return }
            let place = try recipient(origin, vrid: vrid)
            receive(origin, payload, message, ipHeader, at: place)
        } catch {
            strayRejections[error] += 1
            if options.logsDetail { logStray(error, origin) }
            if error == .unknownVRID, configuration.global.logsUnknownVRIDs {
                logUnknownVRID(payload, origin)
            }
        }
    }

    /// `log_unknown_vrids`: somebody else's router on this network.
    private func logUnknownVRID(_ payload: RawSpan, _ origin: PacketOrigin) {
        guard let offset = try? headerLength(payload, origin),
            let vrid = try? Advertisement.peek(payload.extracting(offset..<payload.byteCount)).vrid
        else { return }
        log(.info, limited: .unknownVRID(interfaceIndex: origin.interfaceIndex, vrid: vrid)) {
            let name = interfaces[origin.interfaceIndex]?.name ?? "interface \(origin.interfaceIndex)"
            return "\(origin.source) advertises VRID \(vrid) on \(name), which is not configured here"
        }
    }

    private func isForVirtualInterface(_ origin: PacketOrigin, vrid: UInt8) -> Bool {
        guard !virtualIndexes.isEmpty else { return false }
        return instances.contains {
            $0.configuration.router.vrid == vrid && $0.family == origin.source.family
                && $0.interfaceIndex == origin.interfaceIndex && $0.receivingIndex != origin.interfaceIndex
        }
    }

    /// The instance that the packet is for. Several instances share a VRID on an interface only with
    /// unicast peers that differ, so the sender decides.
    private func recipient(_ origin: PacketOrigin, vrid: UInt8) throws(Rejection) -> Int {
        let family = origin.source.family
        let key = RecipientKey(interfaceIndex: origin.interfaceIndex, family: family, vrid: vrid)
        let anywhere = RecipientKey(interfaceIndex: 0, family: family, vrid: vrid)
        guard let places = recipients[key] ?? recipients[anywhere], let first = places.first else {
            throw .unknownVRID
        }
        guard places.count > 1 else { return first }
        let multicast = origin.destination.isMulticast
        return places.first {
            let transport = instances[$0].configuration.transport
            return multicast ? transport.group == origin.destination : transport.peer(origin.source) != nil
        } ?? first
    }

    /// Octets before the VRRP message: those of an authentication header, or none.
    private func headerLength(_ payload: RawSpan, _ origin: PacketOrigin) throws(Rejection) -> Int {
        guard origin.protocolNumber == AuthenticationHeader.protocolNumber else { return 0 }
        guard payload.byteCount > AuthenticationHeader.length else { throw .authenticationMalformed }
        return AuthenticationHeader.length
    }

    private func receive(
        _ origin: PacketOrigin, _ payload: RawSpan, _ message: RawSpan, _ ipHeader: RawSpan, at place: Int
    ) {
        let router = instances[place].router
        do throws(Rejection) {
            try checkSender(origin, instances[place].configuration.transport)
            let proof = try authenticate(origin, payload, message, ipHeader, place)
            let advertisement = try Advertisement.parse(
                message, expecting: instances[place].expectation, source: origin.source,
                destination: origin.destination, ttl: origin.ttl, trailerLength: proof.trailerLength)
            try admit(proof, origin, place)
            if !advertisement.addressListMatches || advertisement.checksumForm == .pseudoHeader {
                noteOddity(of: advertisement, origin, place)
            }
            let heard = HeardAdvertisement(
                source: origin.source, priority: advertisement.priority,
                interval: .centiseconds(Int(advertisement.intervalCentiseconds)))
            handle(.advertisement(heard), for: router)
        } catch {
            node.count(router) { $0[error] += 1 }
            logRejection(error, origin, message, instances[place])
        }
    }

    private func checkSender(_ origin: PacketOrigin, _ transport: Transport) throws(Rejection) {
        switch transport {
        case .multicast(let group, _):
            guard origin.destination == group else { throw .destinationKind }
        case .unicast(_, _, _, let checksSource):
            guard !origin.destination.isMulticast else { throw .destinationKind }
            guard checksSource else { return }
            guard let peer = transport.peer(origin.source) else { throw .unknownPeer }
            guard peer.ttlRange?.contains(origin.ttl) ?? true else { throw .timeToLive }
        }
    }

    private func noteOddity(of advertisement: Advertisement, _ origin: PacketOrigin, _ place: Int) {
        node.count(instances[place].router) { statistics in
            if advertisement.checksumForm == .pseudoHeader { statistics.pseudoHeaderChecksums += 1 }
            if !advertisement.addressListMatches { statistics.addressListMismatches += 1 }
        }
        let instance = instances[place]
        guard !advertisement.addressListMatches, !instance.configuration.ignoresAddressList else { return }
        log(.warning, limited: .addressList(instance.router)) {
            "(\(instance.name)) the virtual addresses that \(origin.source) advertises"
                + " (\(advertisement.addressCount)) are not the ones configured here"
                + " (\(instance.configuration.addresses.count))"
        }
    }
}
