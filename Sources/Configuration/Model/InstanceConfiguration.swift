// `vrrp_instance`, after defaults and inheritance from global_defs.

import Election
import Wire

/// One configured virtual router with everything around the protocol.
package struct InstanceConfiguration: Sendable, Equatable {
    /// What the election needs; `router.name` is the instance's name. `router.trackers` begins with the
    /// own interface unless `dont_track_primary`, then lists `track_interface` in order.
    package var router: VirtualRouterSettings
    /// Nil only for unicast with addresses that are not link-local.
    package var interface: String?
    package var transport: Transport
    package var authentication: Authentication = .none
    /// `auth_hmac`; excludes `authentication`.
    package var hmac: HMACSettings?
    /// Carried in advertisements, in the order of the file.
    package var addresses: [VirtualAddress] = []
    /// `no_virtual_ipaddress`: having none is what was meant.
    package var isWithoutAddresses = false
    /// Added and removed with the state, not in advertisements; any family.
    package var excludedAddresses: [VirtualAddress] = []
    /// `virtual_routes`, `virtual_rules`: in the kernel while master.
    package var routes: [ConfiguredRoute] = []
    package var rules: [ConfiguredRule] = []
    package var notify = NotifyScripts()
    /// Mail on state changes.
    package var sendsMail = false
    /// `accept` (true, the default) or `no_accept`.
    package var accepts = true
    /// `v3_checksum_as_v2`: send the RFC 9568 checksum over IPv4, without the pseudo-header.
    package var sendsStandardChecksum = false
    /// How many of the router's trackers, at the end, are those of its sync group.
    package var groupTrackerCount = 0
    /// `skip_check_adv_addr`: other addresses in a received advertisement are not mentioned.
    package var ignoresAddressList = false
    /// `notify_priority_changes`
    package var reportsPriorityChanges = false
    /// `promote_secondaries`
    package var promotesSecondaries = false
    /// `garp_extra_if`: announcements on the virtual addresses' other interfaces this often; nil: none.
    package var extraAnnouncement: ExtraAnnouncement?
    /// `use_vmac` or `use_ipvlan`
    package var virtualInterface: VirtualInterface?
    /// `vip_lease`
    package var lease = AddressLease.automatic
    /// `kernel_rx_buf_size` in octets.
    package var receiveBufferSize: Int?
    /// Statements that have no effect in this release.
    package var inert: [InertStatement] = []
    /// Where the block begins, for messages that are found after parsing.
    package var location: SourceLocation

    package init(router: VirtualRouterSettings, transport: Transport, location: SourceLocation) {
        self.router = router
        self.transport = transport
        self.location = location
    }

    package var name: String { router.name }

    /// All that come and go with the state.
    package var allAddresses: [VirtualAddress] { addresses + excludedAddresses }

    /// All hosts send from one MAC address, be it only for single addresses.
    package var sharesMAC: Bool {
        virtualInterface != nil || allAddresses.contains(where: \.usesVirtualMAC)
    }
}

/// `vip_lease`: how long the kernel keeps the addresses without a renewal. A master renews with its advertisements, so
/// they end by themselves when every process of the daemon is dead or stands still.
package enum AddressLease: Sendable, Equatable {
    /// As long as the peers wait before they take over.
    case automatic
    case off
    case seconds(UInt32)
}

/// `garp_extra_if`
package struct ExtraAnnouncement: Sendable, Equatable {
    package var interval: Duration
    /// Also on interfaces that are not virtual ones.
    package var includesAll: Bool

    package init(interval: Duration, includesAll: Bool) {
        self.interval = interval
        self.includesAll = includesAll
    }
}

/// An interface that the instance makes for its addresses.
package struct VirtualInterface: Sendable, Equatable {
    package enum Kind: Sendable, Equatable {
        /// `use_vmac`: its own MAC address; nil: 00:00:5e:00:01:VRID or 00:00:5e:00:02:VRID (RFC 9568 7.3).
        case macvlan(MACAddress?)
        /// `use_ipvlan`: `bridge`, `private` or `vepa`.
        case ipvlan(mode: String, address: IPAddress?)
    }
    package var kind: Kind
    /// At most 15 octets.
    package var name: String
    /// `vmac_xmit_base`: advertisements travel over the interface below.
    package var transmitsOnBase = false
    /// `netlink_notify_msg`: accepted; the kernel is told in any case.
    package var notifiesNetlink = false
    /// The link's group.
    package var group: UInt32?

    package init(kind: Kind, name: String) {
        self.kind = kind
        self.name = name
    }
}

/// How advertisements travel.
package enum Transport: Sendable, Equatable {
    /// `source` nil: the interface's primary address (IPv4) or link-local address (IPv6).
    case multicast(group: IPAddress, source: IPAddress?)
    /// `source` nil: the interface's primary address. `ttl` nil: 255.
    case unicast(peers: [UnicastPeer], source: IPAddress?, ttl: UInt8?, checksSource: Bool)
}

extension Transport {
    /// The multicast group; nil for unicast.
    package var group: IPAddress? {
        switch self {
        case .multicast(let group, _): group
        case .unicast: nil
        }
    }

    /// The configured source; nil: the interface's own address.
    package var source: IPAddress? {
        switch self {
        case .multicast(_, let source): source
        case .unicast(_, let source, _, _): source
        }
    }

    /// Where each advertisement goes.
    package var destinations: [IPAddress] {
        switch self {
        case .multicast(let group, _): [group]
        case .unicast(let peers, _, _, _): peers.map(\.address)
        }
    }

    /// TTL or hop limit of own packets (RFC 9568 5.1.1.3); unicast may be configured otherwise.
    package var ttl: UInt8 {
        switch self {
        case .multicast: 255
        case .unicast(_, _, let ttl, _): ttl ?? 255
        }
    }

    /// The configured peer of this address.
    package func peer(_ address: IPAddress) -> UnicastPeer? {
        switch self {
        case .multicast: nil
        case .unicast(let peers, _, _, _): peers.first { $0.address == address }
        }
    }
}

/// One line of `unicast_peer`.
package struct UnicastPeer: Sendable, Equatable {
    package var address: IPAddress
    /// Accepted TTL range of its packets; nil: any.
    package var ttlRange: ClosedRange<UInt8>?

    package init(address: IPAddress, ttlRange: ClosedRange<UInt8>? = nil) {
        self.address = address
        self.ttlRange = ttlRange
    }
}

/// One line of `virtual_ipaddress` or `virtual_ipaddress_excluded`.
package struct VirtualAddress: Sendable, Equatable {
    package var address: IPAddress
    /// 0...32 or 0...128; default 32 or 128.
    package var prefixLength: UInt8
    package var broadcast: IPAddress?
    /// Nil: the instance's interface.
    package var interface: String?
    /// rtnetlink's RT_SCOPE_*: 0 global, 200 site, 253 link, 254 host, 255 nowhere.
    package var scope: UInt8 = 0
    /// At most 15 octets, IPv4 only.
    package var label: String?
    package var peer: IPAddress?
    /// `home`, `mngtmpaddr`, `noprefixroute`, `autojoin`: IFA_F_* bits.
    package var flags: UInt32 = 0
    /// IPv6: run duplicate address detection (written `-nodad`); default no.
    package var detectsDuplicates = false
    /// Nil: forever; for an IPv6 /128 without the option zero, so that it is not chosen as a source.
    package var preferredLifetimeSeconds: UInt32?
    /// `no_track`: deletion by somebody else is ignored.
    package var isTracked = true
    /// `use_vmac`: the address gets an interface of its own, with the virtual MAC address.
    package var usesVirtualMAC = false
    /// `track_group`, of `static_ipaddress` alone.
    package var trackGroup: String?

    package init(address: IPAddress, prefixLength: UInt8) {
        self.address = address
        self.prefixLength = prefixLength
    }
}

/// The scripts of an instance, each a command line split into words.
package struct NotifyScripts: Sendable, Equatable {
    package var master: ScriptCommand?
    package var backup: ScriptCommand?
    package var fault: ScriptCommand?
    package var stop: ScriptCommand?
    package var deleted: ScriptCommand?
    /// `notify_deleted` without a script: DELETED instead of FAULT for the generic script.
    package var reportsDeleted = false
    /// `notify_master_rx_lower_pri`.
    package var masterReceivedLowerPriority: ScriptCommand?
    /// `notify`: run on every change with four more arguments.
    package var generic: ScriptCommand?

    package init() {}
}

/// A script with its arguments; executed directly, never through a shell.
package struct ScriptCommand: Sendable, Equatable {
    /// The path, then the arguments; at least one word.
    package var words: [String]
    /// Nil: the default script user.
    package var user: ScriptUser?

    package init(words: [String], user: ScriptUser? = nil) {
        self.words = words
        self.user = user
    }
}
