// From what an instance says to what it means: family and version, defaults from global_defs, ranges
// that depend on the version, and what cannot work together.

import Election
import Wire

struct InstanceAssembler {
    let global: GlobalReader
    let tracked: TrackedObjects
    let findings: Findings

    /// Nil: the instance cannot be used at all; why was reported as fatal.
    func assemble(_ reader: InstanceReader) -> InstanceConfiguration? {
        let family = reader.family
        let version = version(reader, family)
        guard let vrid = reader.vrid else {
            if !reader.hasWrongVRID { reportMissingVRID(reader) }
            return nil
        }
        guard standsOnALink(reader) else { return nil }
        var router = VirtualRouterSettings(
            name: reader.name.text, vrid: UInt8(vrid), family: family, version: version)
        fill(&router, reader)
        let transport = TransportAssembler(global: global, findings: findings).assemble(reader, family)
        guard reader.interface != nil || (transport.group == nil && transport.source != nil) else {
            findings.report(
                .fatal, "no-interface", at: reader.name, "(\(reader.name.text)) no interface is set",
                hint: "add 'interface' with the name that 'ip link' shows; unicast can do with unicast_src_ip"
            )
            return nil
        }
        var instance = InstanceConfiguration(
            router: router, transport: transport, location: reader.name.location)
        instance.interface = reader.interface
        instance.authentication = authentication(reader, version, family)
        instance.hmac = reader.hmac?.value
        setAddresses(&instance, reader)
        if reader.virtualInterface.coversOtherInterfaces { instance.coverOtherInterfaces() }
        instance.routes = reader.routes
        instance.rules = reader.rules
        instance.notify = reader.notify
        instance.sendsMail =
            reader.sendsMail ?? global.defaults.smtpAlertVRRP ?? global.defaults.smtpAlert ?? false
        instance.accepts = reader.accepts ?? true
        instance.sendsStandardChecksum =
            reader.sendsStandardChecksum ?? global.defaults.sendsStandardChecksum
        instance.ignoresAddressList = reader.ignoresAddressList ?? global.defaults.ignoresAddressList
        instance.reportsPriorityChanges =
            reader.reportsPriorityChanges ?? global.defaults.reportsPriorityChanges
        instance.promotesSecondaries = reader.promotesSecondaries
        switch reader.extraAnnouncement {
        case .some(let written): instance.extraAnnouncement = written
        case nil: instance.extraAnnouncement = global.defaults.extraAnnouncement
        }
        instance.virtualInterface = virtualInterface(reader, family, vrid)
        instance.receiveBufferSize = reader.receiveBufferSize
        setLease(&instance, reader)
        // Two hosts that send from one MAC address at a time would confuse the switches.
        instance.router.handover =
            instance.sharesMAC ? .breakBeforeMake : reader.handover ?? global.defaults.handover
        instance.router.lacksPeers =
            reader.faultsWithoutPeer && reader.unicastWord != nil && transport.group != nil
        if reader.isStrict ?? global.defaults.isStrict {
            StrictMode(findings: findings).apply(to: &instance, reader)
        }
        return instance
    }

    private func setLease(_ instance: inout InstanceConfiguration, _ reader: InstanceReader) {
        instance.lease = reader.lease ?? global.defaults.lease
        let interval = instance.router.advertisementInterval
        guard case .seconds(let seconds) = instance.lease, .seconds(Int(seconds)) < interval * 2 else {
            return
        }
        instance.lease = .automatic
        findings.report(
            .error, "out-of-range", at: reader.name,
            "(\(reader.name.text)) vip_lease is shorter than two advertisements; 'auto' is used")
    }

    private func reportMissingVRID(_ reader: InstanceReader) {
        findings.report(
            .fatal, "no-vrid", at: reader.name, "(\(reader.name.text)) the virtual router id must be set",
            hint: "add 'virtual_router_id' with a number from 1 to 255, the same on all hosts")
    }

    /// What the instance stands on and what it tracks must be there; the loopback interface reaches nobody.
    private func standsOnALink(_ reader: InstanceReader) -> Bool {
        for tracked in reader.tracks.all where tracked.kind == .trackedInterface {
            findings.uses(tracked.word, reader.owner)
        }
        guard let word = reader.interfaceWord else { return true }
        guard word.text != "lo" else {
            findings.report(
                .fatal, "loopback-interface", at: word,
                "(\(reader.name.text)) a virtual router cannot stand on the loopback interface")
            return false
        }
        findings.uses(word, reader.owner)
        return true
    }

    private func virtualInterface(
        _ reader: InstanceReader, _ family: AddressFamily, _ vrid: Int
    ) -> VirtualInterface? {
        let prefix = global.defaults.virtualMACPrefix
        reader.virtualInterface.reportBaseAlone(findings)
        guard let word = reader.virtualInterface.word,
            var result = reader.virtualInterface.result(vrid: vrid, family: family, prefix: prefix)
        else { return nil }
        if reader.unicastPeers?.isEmpty == false, !result.transmitsOnBase {
            findings.report(
                .warning, "vmac-and-unicast", at: word,
                "(\(reader.name.text)) unicast travels over the interface below a virtual one",
                hint: "add 'vmac_xmit_base', which is used here")
            result.transmitsOnBase = true
        }
        if reader.interface == nil {
            findings.report(
                .fatal, "no-interface", at: word,
                "(\(reader.name.text)) '\(word.text)' needs an interface to stand on")
        }
        return result
    }

    private func version(_ reader: InstanceReader, _ family: AddressFamily) -> VRRPVersion {
        guard family == .ipv6 else { return reader.version ?? global.defaults.version ?? .v2 }
        if reader.version == .v2 {
            findings.report(
                .error, "version-and-family", at: reader.name,
                "(\(reader.name.text)) VRRP version 2 carries IPv4 only; version 3 is used")
        }
        return .v3
    }

    private func fill(_ router: inout VirtualRouterSettings, _ reader: InstanceReader) {
        let defaults = global.defaults
        router.wantsMaster = reader.wantsMaster ?? false
        let priority = reader.priority ?? (router.wantsMaster ? 255 : 100)
        router.basePriority = UInt8(clamping: priority)
        router.advertisementInterval = interval(reader, router.version)
        router.preempts = reader.preempts
        if !reader.preempts, router.wantsMaster, let word = reader.preemptWord {
            findings.report(
                .warning, "nopreempt-with-master", at: word,
                "(\(reader.name.text)) nopreempt does not go together with 'state MASTER'",
                hint: "write 'state BACKUP' on all hosts")
        }
        router.preemptDelay = preemptDelay(router, reader)
        router.downTimerAdvertisements = reader.downTimerAdvertisements ?? defaults.downTimerAdvertisements
        router.ownerIgnoresAdvertisements =
            reader.ownerIgnoresAdvertisements ?? defaults.ownerIgnoresAdvertisements
        router.lowerPriorityNoAdvertisement =
            reader.lowerPriorityNoAdvertisement ?? defaults.lowerPriorityNoAdvertisement
        router.higherPrioritySendsAdvertisement =
            reader.higherPrioritySendsAdvertisement ?? defaults.higherPrioritySendsAdvertisement
        router.startupDelay = global.definitions.startupDelay
        router.announcement = reader.announcement.settings(within: defaults.announcement)
        if reader.tracksInterface, let interface = reader.interface {
            router.trackers.append(TrackerSettings(kind: .interface, name: interface))
        }
        let resolved = tracked.resolve(reader.tracks, for: reader.name.text, findings)
        router.trackers += resolved.filter { tracker in
            guard tracker.kind == .trackedInterface, tracker.name == reader.interface else { return true }
            let word = reader.tracks.all.first { $0.kind == tracker.kind && $0.word.text == tracker.name }?
                .word
            findings.report(
                .warning, "own-interface", at: word ?? reader.name,
                "(\(reader.name.text)) \(tracker.name) is the instance's own interface and tracked in any case;"
                    + " this line is not used")
            return false
        }
        settleTrackers(&router, reader)
    }

    /// A delay is for a backup that may take over from a master.
    private func preemptDelay(_ router: VirtualRouterSettings, _ reader: InstanceReader) -> Duration {
        guard reader.preemptDelay > .zero, let word = reader.preemptDelayWord else { return .zero }
        let startsAsMaster = router.wantsMaster || router.isOwner
        guard startsAsMaster || !router.preempts else { return reader.preemptDelay }
        findings.report(
            .warning, "preempt-delay-unused", at: word,
            startsAsMaster
                ? "(\(reader.name.text)) preempt_delay does not go together with 'state MASTER'; it is ignored"
                : "(\(reader.name.text)) preempt_delay does nothing with 'nopreempt'; it is ignored")
        return .zero
    }

    /// An owner's priority never changes; weights that only lower it below others do nothing with nopreempt.
    private func settleTrackers(_ router: inout VirtualRouterSettings, _ reader: InstanceReader) {
        let weighted = router.trackers.filter { $0.weight != 0 }
        guard let first = weighted.first else { return }
        if router.isOwner {
            router.trackers.removeAll { $0.weight != 0 }
            let names = weighted.map(\.name).joined(separator: ", ")
            findings.report(
                .warning, "weight-of-owner", at: reader.name,
                "(\(reader.name.text)) priority 255 never changes: not tracked: \(names)",
                hint: "use a priority below 255, or a weight of 0")
        } else if !router.preempts {
            findings.report(
                .note, "weight-with-nopreempt", at: reader.name,
                "(\(reader.name.text)) with nopreempt a backup never takes over from a running master, whatever"
                    + " '\(first.name)' does to its priority",
                hint: "a weight of 0 makes a failure a fault, and the other host takes over")
        }
    }

    /// v2: whole seconds 1 to 255; v3: 10 ms to 40.95 s in steps of 10 ms.
    private func interval(_ reader: InstanceReader, _ version: VRRPVersion) -> Duration {
        guard let (value, word) = reader.interval else { return .seconds(1) }
        let unit: Duration = version == .v2 ? .seconds(1) : .milliseconds(10)
        let limit = version == .v2 ? 255 : 4095
        let steps = (value.nanoseconds + unit.nanoseconds / 2) / unit.nanoseconds
        let rounded = Duration.nanoseconds(min(max(steps, 1), Int64(limit)) * unit.nanoseconds)
        if rounded != value {
            findings.report(
                .warning, "interval-rounded", at: word,
                "VRRP version \(version.rawValue) cannot advertise each \(word.text) s; \(rounded.seconds) s is used"
            )
        }
        return rounded
    }

    private func authentication(
        _ reader: InstanceReader, _ version: VRRPVersion, _ family: AddressFamily
    ) -> Authentication {
        guard let (value, word) = reader.authentication, value != .none else { return .none }
        if case .header = value, family == .ipv6 { return .none }
        guard reader.hmac == nil else {
            findings.report(
                .error, "two-authentications", at: word,
                "authentication and auth_hmac exclude each other; auth_hmac is used")
            return .none
        }
        guard version == .v2 else {
            findings.report(
                .error, "authentication-in-v3", at: word,
                "VRRP version 3 has no authentication; the block is ignored")
            return .none
        }
        return value
    }

    // MARK: Addresses

    private func setAddresses(_ instance: inout InstanceConfiguration, _ reader: InstanceReader) {
        let family = instance.router.family
        var addresses: [VirtualAddress] = []
        var excluded: [VirtualAddress] = []
        var known: Set<AddressPlace> = []
        for line in reader.addresses {
            guard line.address.address.family == family else {
                findings.report(
                    .fatal, "mixed-families", at: line.word,
                    "IPv4 and IPv6 cannot stand in one virtual_ipaddress block",
                    hint:
                        "put \(line.address.address) into virtual_ipaddress_excluded, or into an instance of its own"
                )
                continue
            }
            append(line, to: &addresses, &known)
        }
        for line in reader.excludedAddresses { append(line, to: &excluded, &known) }
        let room = Self.capacity(family, instance.router.version)
        if addresses.count > room {
            findings.report(
                .warning, "too-many-addresses", at: reader.addresses[room].word,
                "an advertisement holds \(room) addresses; the other \(addresses.count - room) are not advertised"
            )
            excluded = addresses[room...] + excluded
            addresses = Array(addresses[..<room])
        }
        instance.addresses = addresses
        instance.excludedAddresses = excluded
        instance.isWithoutAddresses = reader.allowsNoAddress
        guard addresses.isEmpty, !reader.allowsNoAddress else { return }
        let isRequired = instance.router.version == .v3
        // What became of the addresses has been said.
        if reader.lostAddress, !isRequired { return }
        findings.report(
            isRequired ? .fatal : .warning, "no-address", at: reader.name,
            "(\(reader.name.text)) there is no virtual address",
            hint: "add virtual_ipaddress { ADDRESS/PREFIX }")
    }

    private func append(
        _ line: AddressLine, to list: inout [VirtualAddress], _ known: inout Set<AddressPlace>
    ) {
        let place = AddressPlace(address: line.address.address, interface: line.address.interface)
        if known.insert(place).inserted {
            list.append(line.address)
        } else {
            findings.report(
                .warning, "duplicate-address", at: line.word, "\(line.address.address) stands here twice")
        }
    }

    /// Addresses that fit a packet of 1500 octets.
    private static func capacity(_ family: AddressFamily, _ version: VRRPVersion) -> Int {
        let header = family == .ipv4 ? 20 : 40
        let message = version == .v2 ? 16 : 8
        // The room that authentication may take is left in any case: the list must not depend on it.
        let authentication = max(AuthenticationHeader.length, HMACTrailer.length)
        return min(255, (1500 - header - message - authentication) / family.addressLength)
    }
}

/// What must not stand twice in an instance.
private struct AddressPlace: Hashable {
    let address: IPAddress
    let interface: String?
}

extension InstanceConfiguration {
    /// `use_vmac_addr`
    fileprivate mutating func coverOtherInterfaces() {
        let own = interface
        func cover(_ address: VirtualAddress) -> VirtualAddress {
            guard let name = address.interface, name != own else { return address }
            var address = address
            address.usesVirtualMAC = true
            return address
        }
        addresses = addresses.map(cover)
        excludedAddresses = excludedAddresses.map(cover)
    }
}

extension InstanceReader {
    /// The first virtual address decides; without one, the unicast peers.
    var family: AddressFamily {
        addresses.first?.address.address.family ?? unicastPeers?.first?.peer.address.family
            ?? (multicastGroup ?? unicastSource ?? multicastSource)?.address.family ?? .ipv4
    }
}

extension Duration {
    /// Decimal seconds without superfluous zeros.
    var seconds: String {
        let micros = nanoseconds / 1_000
        guard micros % 1_000_000 != 0 else { return String(micros / 1_000_000) }
        var fraction = String(micros % 1_000_000)
        fraction = String(repeating: "0", count: 6 - fraction.count) + fraction
        while fraction.hasSuffix("0") { fraction.removeLast() }
        return "\(micros / 1_000_000).\(fraction)"
    }
}
