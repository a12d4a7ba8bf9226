// From a received packet to an event, or to a counted rejection. Costs no allocation for a good packet.

import Configuration
import Election
import Wire

extension Engine {
    /// A packet of protocol 112. `message` is the IP payload, from the VRRP version nibble on.
    package func receive(_ origin: PacketOrigin, message: RawSpan) {
        do throws(Rejection) {
            let vrid = try Advertisement.peek(message).vrid
            // What a virtual interface is to hear arrives on the one below as well.
            guard !isForVirtualInterface(origin, vrid: vrid) else { return }
            let place = try recipient(origin, vrid: vrid)
            receive(origin, message: message, at: place)
        } catch {
            strayRejections[error] += 1
            if options.logsDetail { logStray(error, origin) }
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

    private func receive(_ origin: PacketOrigin, message: RawSpan, at place: Int) {
        let router = instances[place].router
        do throws(Rejection) {
            try checkSender(origin, instances[place].configuration.transport)
            let advertisement = try Advertisement.parse(
                message, expecting: instances[place].expectation, source: origin.source,
                destination: origin.destination, ttl: origin.ttl)
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
