// Interfaces that are made and removed: macvlan and ipvlan over another one (rtnetlink(7), linux/if_link.h).

import CLinux
import Glibc
import Wire

/// An interface to make.
package struct VirtualLink: Sendable, Hashable {
    package enum Kind: Sendable, Hashable {
        /// With a MAC address of its own; packets between it and the interface below do not pass.
        case macvlan(MACAddress)
        /// With the MAC address of the interface below; 0 bridge, 1 private, 2 vepa.
        case ipvlan(flags: UInt16)
    }
    package var name: String
    package var parent: Int32
    package var kind: Kind
    package var group: UInt32?

    package init(name: String, parent: Int32, kind: Kind, group: UInt32? = nil) {
        self.name = name
        self.parent = parent
        self.kind = kind
        self.group = group
    }
}

extension RouteSocket {
    /// Makes the interface, switched off. EEXIST: there is one of that name.
    package func create(_ link: VirtualLink) throws(SystemError) { try performOne(LinkCreation(link: link)) }

    /// Gives the interface the daemon's mark.
    package func mark(_ index: Int32) throws(SystemError) {
        try performOne(
            LinkEdit(index: index, attribute: (UInt16(IFLA_IFALIAS), Array(OwnMark.interface.utf8))))
    }

    /// No IPv6 address of its own for the interface: one made of a virtual MAC would be the same on every host.
    /// Where there is no IPv6, there is nothing to do.
    package func suppressGeneratedAddress(_ index: Int32) throws(SystemError) {
        // AF_INET6, IFLA_INET6_ADDR_GEN_MODE: IN6_ADDR_GEN_MODE_NONE
        var mode = NetlinkBuilder(type: 0, flags: 0, sequence: 0)
        mode.attribute(8, [1])
        var family = NetlinkBuilder(type: 0, flags: 0, sequence: 0)
        family.attribute(UInt16(AF_INET6), mode.payload)
        try performOne(
            LinkEdit(index: index, excuse: EAFNOSUPPORT, attribute: (UInt16(IFLA_AF_SPEC), family.payload)))
    }

    /// An interface that is not there is no error.
    package func removeLink(_ index: Int32) throws(SystemError) {
        try performOne(LinkEdit(type: UInt16(RTM_DELLINK), index: index, excuse: ENODEV))
    }

    package func setUp(_ index: Int32) throws(SystemError) {
        try performOne(LinkEdit(type: UInt16(RTM_NEWLINK), index: index, turnsOn: true))
    }

    private func performOne(_ change: some NetlinkChange) throws(SystemError) {
        if let error = performBatches([change])[0] { throw error }
    }
}

private struct LinkCreation: NetlinkChange {
    let link: VirtualLink

    func message(sequence: UInt32) -> [UInt8] {
        var builder = NetlinkBuilder(
            type: UInt16(RTM_NEWLINK), flags: UInt16(NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL),
            sequence: sequence)
        builder.header(index: 0, isUp: false)
        builder.attribute(UInt16(IFLA_IFNAME), text: link.name)
        builder.attribute(UInt16(IFLA_LINK), value: link.parent)
        if let group = link.group { builder.attribute(UInt16(IFLA_GROUP), value: group) }
        var information = NetlinkBuilder(type: 0, flags: 0, sequence: 0)
        var data = NetlinkBuilder(type: 0, flags: 0, sequence: 0)
        switch link.kind {
        case .macvlan(let mac):
            builder.attribute(UInt16(IFLA_ADDRESS), mac.octets)
            information.attribute(1, text: "macvlan")
            // IFLA_MACVLAN_MODE: MACVLAN_MODE_PRIVATE
            data.attribute(1, value: UInt32(1))
        case .ipvlan(let flags):
            information.attribute(1, text: "ipvlan")
            // IFLA_IPVLAN_MODE: IPVLAN_MODE_L2; IFLA_IPVLAN_FLAGS
            data.attribute(1, value: UInt16(0))
            if flags != 0 { data.attribute(2, value: flags) }
        }
        information.attribute(2, data.payload)
        builder.attribute(UInt16(IFLA_LINKINFO), information.payload)
        return builder.message
    }

    func failure(_ number: Int32) -> SystemError? {
        number == 0 ? nil : SystemError(call: "RTM_NEWLINK", errno: number, subject: link.name)
    }
}

/// A change of an interface that is there.
private struct LinkEdit: NetlinkChange {
    var type = UInt16(RTM_SETLINK)
    let index: Int32
    var turnsOn = false
    /// An answer that means that there is nothing to do.
    var excuse: Int32 = 0
    var attribute: (type: UInt16, payload: [UInt8])?

    func message(sequence: UInt32) -> [UInt8] {
        var builder = NetlinkBuilder(
            type: type, flags: UInt16(NLM_F_REQUEST | NLM_F_ACK), sequence: sequence)
        builder.header(index: index, isUp: turnsOn)
        if let attribute { builder.attribute(attribute.type, attribute.payload) }
        return builder.message
    }

    func failure(_ number: Int32) -> SystemError? {
        guard number != 0, number != excuse else { return nil }
        let call =
            switch Int32(type) {
            case Int32(RTM_DELLINK): "RTM_DELLINK"
            case Int32(RTM_NEWLINK): "RTM_NEWLINK"
            default: "RTM_SETLINK"
            }
        return SystemError(call: call, errno: number, subject: "interface \(index)")
    }
}

extension NetlinkBuilder {
    /// struct ifinfomsg: family, type, index, flags, which flags to change.
    fileprivate mutating func header(index: Int32, isUp: Bool) {
        append(UInt16(0))
        append(UInt16(0))
        append(index)
        append(UInt32(isUp ? 1 : 0))
        append(UInt32(isUp ? 1 : 0))
    }

    /// What was appended, without the header: for nesting.
    fileprivate var payload: [UInt8] { Array(octets.dropFirst(NetlinkMessage.headerLength)) }
}
