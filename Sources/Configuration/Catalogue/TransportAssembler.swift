// How an instance's advertisements travel: by unicast if it has peers, else by multicast. What does not fit
// the way or the family is dropped, as in keepalived.

import Wire

struct TransportAssembler {
    let global: GlobalReader
    let findings: Findings

    func assemble(_ reader: InstanceReader, _ family: AddressFamily) -> Transport {
        let peers = peers(reader, family)
        let source = fitting(reader.unicastSource, family) ?? fitting(reader.multicastSource, family)
        let group = fitting(reader.multicastGroup, family)
        guard !peers.isEmpty else {
            reportNoPeer(reader)
            let usual =
                family == .ipv4 ? global.definitions.multicastGroup4 : global.definitions.multicastGroup6
            return .multicast(group: group ?? usual, source: source)
        }
        if let group = reader.multicastGroup {
            findings.report(
                .error, "group-with-unicast", at: group.word,
                "(\(reader.name.text)) advertisements travel by unicast; mcast_dst_ip is ignored")
        }
        return .unicast(
            peers: peers.filter { $0.address != source }, source: source, ttl: reader.unicastTTL?.value,
            checksSource: (reader.checksUnicastSource ?? global.defaults.checksUnicastSource)
                || peers.contains { $0.ttlRange != nil })
    }

    private func peers(_ reader: InstanceReader, _ family: AddressFamily) -> [UnicastPeer] {
        (reader.unicastPeers ?? []).compactMap { line in
            guard line.peer.address.family == family else {
                reportFamily(line.word, "peer-family")
                return nil
            }
            return line.peer
        }
    }

    /// Nil: there is none, or it is of the other family, which is reported.
    private func fitting(_ placed: PlacedAddress?, _ family: AddressFamily) -> IPAddress? {
        guard let placed else { return nil }
        guard placed.address.family == family else {
            reportFamily(placed.word, "address-family")
            return nil
        }
        return placed.address
    }

    private func reportFamily(_ word: Word, _ code: String) {
        findings.report(
            .error, code, at: word, "'\(word.text)' is not of the virtual addresses' family; it is ignored")
    }

    private func reportNoPeer(_ reader: InstanceReader) {
        let name = reader.name.text
        if let word = reader.unicastTTL?.word {
            findings.report(
                .error, "no-unicast-peer", at: word, "(\(name)) unicast_ttl without a unicast peer is ignored"
            )
        }
        guard let word = reader.unicastWord else { return }
        findings.report(
            .warning, "no-unicast-peer", at: word,
            reader.faultsWithoutPeer
                ? "(\(name)) no unicast peer is named: the instance stays in fault"
                : "(\(name)) no unicast peer is named, so advertisements are sent by multicast",
            hint: "name the other hosts in unicast_peer")
    }
}
