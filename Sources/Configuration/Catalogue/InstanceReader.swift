// `vrrp_instance`: its keywords and what they set. What must be known together (family, version,
// interval) is settled in InstanceAssembler.

import Election
import Wire

/// One instance as it was written.
struct InstanceReader {
    let name: Word
    var wantsMaster: Bool?
    var interface: String?
    var interfaceWord: Word?
    var vrid: Int?
    /// A VRID that is none, which was reported.
    var hasWrongVRID = false
    var priority: Int?
    var interval: (value: Duration, word: Word)?
    var version: VRRPVersion?
    var preempts = true
    var preemptWord: Word?
    var preemptDelay: Duration = .zero
    var preemptDelayWord: Word?
    var downTimerAdvertisements: Int?
    var ownerIgnoresAdvertisements: Bool?
    var lowerPriorityNoAdvertisement: Bool?
    var higherPrioritySendsAdvertisement: Bool?
    var handover: Handover?
    var lease: AddressLease?
    var announcement = AnnouncementReader()
    var authentication: (value: Authentication, word: Word)?
    var addresses: [AddressLine] = []
    /// A line of `virtual_ipaddress` that was left out, which was reported.
    var lostAddress = false
    var excludedAddresses: [AddressLine] = []
    var allowsNoAddress = false
    var unicastSource: PlacedAddress?
    var unicastPeers: [PeerLine]?
    var unicastWord: Word?
    var unicastTTL: (value: UInt8, word: Word)?
    var checksUnicastSource: Bool?
    var multicastSource: PlacedAddress?
    var multicastGroup: PlacedAddress?
    var sendsStandardChecksum: Bool?
    var notify = NotifyScripts()
    var sendsMail: Bool?
    var tracksInterface = true
    var tracks = TrackReferences()
    var isStrict: Bool?
    var ignoresAddressList: Bool?
    var reportsPriorityChanges: Bool?
    var promotesSecondaries = false
    var faultsWithoutPeer = false
    /// Nil: what `global_defs` says; `.some(nil)`: none.
    var extraAnnouncement: ExtraAnnouncement??
    var virtualInterface = VirtualInterfaceReader()
    var receiveBufferSize: Int?
    var hmac: (value: HMACSettings, word: Word)?
    var routes: [ConfiguredRoute] = []
    var rules: [ConfiguredRule] = []
    var accepts: Bool?

    init(name: Word) { self.name = name }

    static let keywords: KeywordTable<InstanceReader> =
        election.merging(addressing) { $1 }.merging(transport) { $1 }.merging(notification) { $1 }

    private static let election: KeywordTable<InstanceReader> = [
        "state": { reader, statement, findings in
            guard let word = statement.argument(0, findings) else { return }
            statement.expectArguments(atMost: 1, findings)
            switch word.text {
            case "MASTER": reader.wantsMaster = true
            case "BACKUP": reader.wantsMaster = false
            default:
                findings.report(
                    .error, "unknown-state", at: word,
                    "state is MASTER or BACKUP, not '\(word.text)'; BACKUP is used",
                    hint: Suggestion.hint(to: word.text.uppercased(), among: ["MASTER", "BACKUP"]))
            }
        },
        "interface": { reader, statement, findings in
            reader.interface = statement.argument(0, findings)?.text
            reader.interfaceWord = statement.arguments.first
            statement.expectArguments(atMost: 1, findings)
        },
        "virtual_router_id": { reader, statement, findings in
            reader.takeVRID(statement, findings)
        },
        "priority": { reader, statement, findings in
            reader.priority = statement.number(1...255, otherwise: "100 is used", findings) ?? 100
        },
        "advert_int": { reader, statement, findings in
            guard let value = statement.seconds(0.01...255, otherwise: "1 is used", findings) else { return }
            reader.interval = (value, statement.arguments[0])
        },
        "version": { reader, statement, findings in
            guard let number = statement.number(2...3, otherwise: "the default is used", findings) else {
                return
            }
            reader.version = number == 2 ? .v2 : .v3
        },
        "preempt": { $0.preempts = $1.isThere($2) },
        "nopreempt": { reader, statement, findings in
            reader.preempts = !statement.isThere(findings)
            reader.preemptWord = statement.keyword
        },
        "preempt_delay": { reader, statement, findings in
            reader.preemptDelay = statement.seconds(0...1000, otherwise: "0 is used", findings) ?? .zero
            reader.preemptDelayWord = statement.keyword
        },
        "down_timer_adverts": { reader, statement, findings in
            reader.downTimerAdvertisements = statement.number(1...100, otherwise: "3 is used", findings)
        },
        "owner_ignore_adverts": { $0.ownerIgnoresAdvertisements = $1.flag($2) },
        "lower_prio_no_advert": { $0.lowerPriorityNoAdvertisement = $1.flag($2) },
        "higher_prio_send_advert": { $0.higherPrioritySendsAdvertisement = $1.flag($2) },
        "handover": { $0.handover = Handover.read($1, $2) },
        "vip_lease": { $0.lease = AddressLease.read($1, $2) },
        "garp_master_delay": { $0.announcement.delay($1, $2) },
        "garp_master_repeat": { $0.announcement.repeats($1, $2) },
        "garp_master_refresh": { $0.announcement.refresh($1, $2) },
        "garp_master_refresh_repeat": { $0.announcement.refreshRepeats($1, $2) },
        "garp_lower_prio_delay": { $0.announcement.lowerDelay($1, $2) },
        "garp_lower_prio_repeat": { $0.announcement.lowerRepeats($1, $2) },
        "dont_track_primary": { $0.tracksInterface = !$1.isThere($2) },
        "track_interface": { $0.tracks.take(.trackedInterface, $1, $2) },
        "track_script": { $0.tracks.take(.script, $1, $2) },
        "track_file": { $0.tracks.take(.file, $1, $2) },
        "track_process": { $0.tracks.take(.process, $1, $2) },
        "strict_mode": { $0.isStrict = $1.flag($2) },
        "garp_extra_if": { $0.extraAnnouncement = ExtraAnnouncement.read($1, from: 0, $2) },
        "vmac_garp_intvl": { $0.extraAnnouncement = ExtraAnnouncement.read($1, from: 0, $2) },
    ]

    private static let addressing: KeywordTable<InstanceReader> = [
        "virtual_ipaddress": { $0.takeAddresses($1, $2) },
        "virtual_ipaddress_excluded": { reader, statement, findings in
            reader.excludedAddresses += AddressLine.read(all: statement, of: reader.owner, findings)
        },
        "virtual_routes": { $0.routes += RouteLine.read(all: $1, of: $0.owner, $2) },
        "virtual_rules": { $0.rules += RuleLine.read(all: $1, of: $0.owner, $2) },
        "no_virtual_ipaddress": { $0.allowsNoAddress = $1.isThere($2) },
        "accept": { $0.accepts = $1.isThere($2) },
        "no_accept": { $0.accepts = !$1.isThere($2) },
        "promote_secondaries": { $0.promotesSecondaries = $1.isThere($2) },
        "use_vmac": { $0.virtualInterface.macvlan($1, $2) },
        "use_ipvlan": { $0.virtualInterface.ipvlan($1, $2) },
        "use_vmac_addr": { $0.virtualInterface.coversOtherInterfaces = $1.isThere($2) },
        "vmac_xmit_base": { $0.virtualInterface.transmitOnBase($1, $2) },
    ]

    private static let transport: KeywordTable<InstanceReader> = [
        "authentication": { reader, statement, findings in
            var block = AuthenticationReader()
            BlockReader.read(
                statement.block ?? [], into: &block, keywords: AuthenticationReader.keywords,
                block: "authentication", findings)
            reader.authentication = (block.result(statement.keyword, findings), statement.keyword)
        },
        "auth_hmac": { reader, statement, findings in
            var block = HMACReader()
            BlockReader.read(
                statement.block ?? [], into: &block, keywords: HMACReader.keywords, block: "auth_hmac",
                findings)
            reader.hmac = block.result(statement.keyword, findings).map { ($0, statement.keyword) }
        },
        "unicast_src_ip": { reader, statement, findings in
            reader.unicastSource = PlacedAddress(statement, findings)
            reader.unicastWord = reader.unicastWord ?? statement.keyword
        },
        "unicast_peer": { $0.takePeers($1, $2) },
        "unicast_ttl": { reader, statement, findings in
            guard let ttl = statement.number(0...255, otherwise: "255 is used", findings) else { return }
            reader.unicastTTL = (UInt8(ttl), statement.keyword)
        },
        "check_unicast_src": { reader, statement, findings in
            reader.checksUnicastSource = statement.isThere(findings)
            reader.unicastWord = reader.unicastWord ?? statement.keyword
        },
        "mcast_src_ip": { $0.multicastSource = PlacedAddress($1, $2) },
        "mcast_dst_ip": { reader, statement, findings in
            guard let group = PlacedAddress(statement, findings) else { return }
            guard group.address.isMulticast else {
                findings.report(
                    .error, "not-multicast", at: group.word,
                    "\(group.address) is no multicast address; the default group is used")
                return
            }
            reader.multicastGroup = group
        },
        "v3_checksum_as_v2": { $0.sendsStandardChecksum = $1.flag($2) },
        "skip_check_adv_addr": { $0.ignoresAddressList = $1.flag($2) },
        "unicast_fault_no_peer": { $0.faultsWithoutPeer = $1.isThere($2) },
        // A configured source that is missing is a fault in any case.
        "track_src_ip": { _, statement, findings in _ = statement.isThere(findings) },
        "kernel_rx_buf_size": { reader, statement, findings in
            reader.receiveBufferSize = statement.number(
                1...Int(Int32.max), otherwise: "the default is used", findings, ifMissing: .error)
        },
    ]

    private static let notification: KeywordTable<InstanceReader> = [
        "notify": { $0.notify.generic = $1.script(after: $0.notify.generic, $2) },
        "notify_master": { $0.notify.master = $1.script(after: $0.notify.master, $2) },
        "notify_backup": { $0.notify.backup = $1.script(after: $0.notify.backup, $2) },
        "notify_fault": { $0.notify.fault = $1.script(after: $0.notify.fault, $2) },
        "notify_stop": { $0.notify.stop = $1.script(after: $0.notify.stop, $2) },
        "notify_deleted": { reader, statement, findings in
            guard !reader.notify.reportsDeleted else { return statement.reportRepetition(findings) }
            reader.notify.reportsDeleted = true
            if !statement.arguments.isEmpty { reader.notify.deleted = statement.script(findings) }
        },
        "notify_master_rx_lower_pri": {
            $0.notify.masterReceivedLowerPriority = $1.script(
                after: $0.notify.masterReceivedLowerPriority, $2)
        },
        "smtp_alert": { $0.sendsMail = $1.flag($2) },
        "notify_priority_changes": { $0.reportsPriorityChanges = $1.flag($2) },
    ]
}
