// A network interface as rtnetlink describes it (rtnetlink(7), RTM_NEWLINK).

import CLinux
import Wire

/// A network interface.
package struct Link: Sendable, Hashable {
    package var index: Int32
    package var name: String
    /// IFF_UP and IFF_RUNNING: switched on and with carrier.
    package var isUp: Bool
    package var isLoopback: Bool
    package var supportsMulticast: Bool
    package var mac: MACAddress
    package var mtu: Int
    /// The interface below a virtual one; 0: it stands for itself.
    package var parent: Int32 = 0
    /// `macvlan`, `veth` ...; empty: a real one.
    package var kind = ""

    private static let fixedLength = 16

    /// Nil for a message that is too short to be one about a link, or that names none.
    init?(_ message: NetlinkMessage) {
        guard message.body.count >= Self.fixedLength else { return nil }
        let flags = message.body[...].load(8, as: UInt32.self)
        index = message.body[...].load(4, as: Int32.self)
        isUp = flags & 0x41 == 0x41
        isLoopback = flags & 0x8 != 0
        supportsMulticast = flags & 0x1000 != 0
        mac = .zero
        mtu = 0
        name = ""
        for (type, payload) in message.attributes(after: Self.fixedLength) {
            switch type {
            case UInt16(IFLA_IFNAME): name = payload.text
            case UInt16(IFLA_ADDRESS): mac = MACAddress(octets: payload) ?? .zero
            case UInt16(IFLA_LINK): parent = payload.load(0, as: Int32.self)
            case UInt16(IFLA_LINKINFO): kind = Self.kind(payload)
            case UInt16(IFLA_MTU): mtu = Int(payload.load(0, as: UInt32.self))
            default: break
            }
        }
        guard !name.isEmpty else { return nil }
    }

    /// IFLA_INFO_KIND
    private static func kind(_ information: ArraySlice<UInt8>) -> String {
        let nested = NetlinkMessage(type: 0, flags: 0, sequence: 0, body: Array(information))
        return nested.attributes(after: 0).first { $0.type == 1 }?.payload.text ?? ""
    }
}
