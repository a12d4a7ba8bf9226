// Whether a packet is from who it says: authentication headers and HMAC trailers, and packets that were recorded and
// sent again. On the way out, the numbers that never come twice.

import Configuration
import Control
import Election
import Wire

/// What a packet's authentication came to.
struct Proof {
    /// Octets behind the advertisement.
    var trailerLength = 0
    /// Grows from packet to packet of a sender; nil: there is no such number.
    var number: UInt64?
    /// A sender that was silent for so long may count from the beginning; nil: never.
    var patience: Duration?
}

extension Engine {
    func authenticate(
        _ origin: PacketOrigin, _ payload: RawSpan, _ message: RawSpan, _ ipHeader: RawSpan, _ place: Int
    ) throws(Rejection) -> Proof {
        let hasHeader = origin.protocolNumber == AuthenticationHeader.protocolNumber
        if case .header(let key) = instances[place].configuration.authentication {
            // A message that says of itself that it is authenticated is not.
            guard hasHeader else { throw .authenticationMissing }
            let header = try AuthenticationHeader.verify(payload, ipHeader: ipHeader, key: key)
            return Proof(
                number: UInt64(header.sequenceNumber), patience: patience(of: instances[place]))
        }
        guard !hasHeader else { throw .authenticationTypeMismatch }
        guard let hmac = instances[place].configuration.hmac else { return Proof() }
        return try verify(hmac, origin, message, instances[place].configuration)
    }

    private func verify(
        _ hmac: HMACSettings, _ origin: PacketOrigin, _ message: RawSpan,
        _ configuration: InstanceConfiguration
    ) throws(Rejection) -> Proof {
        let router = configuration.router
        guard Advertisement.hasTrailer(message, router.version, router.family) else {
            guard hmac.mode != .enforce else { throw .authenticationMissing }
            return Proof()
        }
        let stamp = try HMACTrailer.verify(message, source: origin.source, keys: hmac.keys)
        if hmac.usesTime {
            let interval = router.advertisementInterval.nanoseconds * 3 / 1_000_000_000
            let window = Int64(hmac.windowSeconds ?? Int(max(interval, 5)))
            guard abs(host.unixSeconds - Int64(stamp.seconds)) <= window else { throw .authenticationStale }
        }
        return Proof(trailerLength: HMACTrailer.length, number: stamp.number)
    }

    /// Only after everything else was right: a wrong packet must not use up a number.
    func admit(_ proof: Proof, _ origin: PacketOrigin, _ place: Int) throws(Rejection) {
        guard let number = proof.number else { return }
        let isNew = instances[place].replays.admit(
            number, from: origin.source, at: host.now.nanoseconds, patience: proof.patience?.nanoseconds)
        guard isNew else { throw .replayed }
    }

    // MARK: Sending

    /// What an advertisement is signed with; nil: nothing.
    func signer(_ instance: Instance) -> HMACSigner? {
        guard let hmac = instance.configuration.hmac, hmac.mode != .receiveOnly,
            let key = hmac.keys[hmac.activeKey]
        else { return nil }
        let now = host.unixNanoseconds
        let fraction = UInt64(now % 1_000_000_000) << 16 / 1_000_000_000
        let number = UInt64(UInt32(truncatingIfNeeded: now / 1_000_000_000)) << 32 | fraction << 16
        // The clock may be set back: a number that peers have seen never comes again.
        lastStamp = max(lastStamp &+ 1, number)
        return HMACSigner(
            keyID: hmac.activeKey, key: key,
            stamp: HMACStamp(
                seconds: UInt32(truncatingIfNeeded: lastStamp >> 32),
                fraction: UInt16(truncatingIfNeeded: lastStamp >> 16),
                counter: UInt16(truncatingIfNeeded: lastStamp)))
    }

    /// A packet with an authentication header in front, where that is configured.
    func seal(_ transmission: Transmission, _ instance: Instance) -> Transmission {
        guard case .header(let key) = instance.configuration.authentication else { return transmission }
        var sealed = transmission
        headerSequence = max(headerSequence &+ 1, firstSequence)
        sealed.protocolNumber = AuthenticationHeader.protocolNumber
        sealed.identification = UInt16(truncatingIfNeeded: headerSequence) | 1
        sealed.message = AuthenticationHeader.seal(
            transmission.message, source: transmission.source, destination: transmission.destination,
            ttl: transmission.ttl, sequenceNumber: headerSequence, identification: sealed.identification,
            key: key)
        return sealed
    }

    /// Grows with the time, so that a daemon that was started again goes on above its former numbers: eight a
    /// second since the autumn of 2020.
    private var firstSequence: UInt32 {
        UInt32(truncatingIfNeeded: max(host.unixSeconds - 1_600_000_000, 0) * 8)
    }
}
