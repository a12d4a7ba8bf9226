// Internet addresses as the kernel's structures.

import CLinux
import Glibc
import Wire

extension IPAddress {
    var inAddr: in_addr { in_addr(s_addr: v4Value.bigEndian) }

    var in6Addr: in6_addr {
        var address = in6_addr()
        withUnsafeMutableBytes(of: &address) { octets in
            octets.storeBytes(of: high.bigEndian, toByteOffset: 0, as: UInt64.self)
            octets.storeBytes(of: low.bigEndian, toByteOffset: 8, as: UInt64.self)
        }
        return address
    }

    init(_ address: in6_addr) {
        self = withUnsafeBytes(of: address) { octets in
            IPAddress(
                family: .ipv6, high: UInt64(bigEndian: octets.loadUnaligned(as: UInt64.self)),
                low: UInt64(bigEndian: octets.loadUnaligned(fromByteOffset: 8, as: UInt64.self)))
        }
    }

    init?(_ storage: sockaddr_storage) {
        switch Int32(storage.ss_family) {
        case AF_INET:
            let address = withUnsafeBytes(of: storage) { $0.load(as: sockaddr_in.self) }
            self.init(v4: UInt32(bigEndian: address.sin_addr.s_addr))
        case AF_INET6:
            let address = withUnsafeBytes(of: storage) { $0.load(as: sockaddr_in6.self) }
            self.init(address.sin6_addr)
        default:
            return nil
        }
    }
}
