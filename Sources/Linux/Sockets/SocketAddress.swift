// The kernel's socket addresses, made and read without pointers leaking out of this file.

import CLinux
import Glibc
import Wire

/// A socket address in the kernel's form, of any family.
struct SocketAddress {
    private var storage = sockaddr_storage()
    private(set) var length: UInt32

    /// Room for an answer of the kernel.
    init() { length = UInt32(MemoryLayout<sockaddr_storage>.size) }

    /// `scope` is the interface index that a link-local IPv6 address needs; port or protocol is 0.
    init(_ address: IPAddress, scope: Int32 = 0) {
        switch address.family {
        case .ipv4:
            var value = sockaddr_in()
            value.sin_family = sa_family_t(AF_INET)
            value.sin_addr = in_addr(address)
            self.init(copying: value)
        case .ipv6:
            var value = sockaddr_in6()
            value.sin6_family = sa_family_t(AF_INET6)
            value.sin6_addr = in6_addr(address)
            value.sin6_scope_id = UInt32(bitPattern: scope)
            self.init(copying: value)
        }
    }

    /// A path, or a name in the abstract name space if it starts with "@". Throws ENAMETOOLONG.
    init(path: String) throws(SystemError) {
        var octets = Array(path.utf8)
        var value = sockaddr_un()
        value.sun_family = sa_family_t(AF_UNIX)
        guard !octets.isEmpty, octets.count < MemoryLayout.size(ofValue: value.sun_path), !octets.contains(0)
        else { throw SystemError("connect", errno: ENAMETOOLONG, subject: path) }
        let isAbstract = octets[0] == UInt8(ascii: "@")
        if isAbstract { octets[0] = 0 }
        withUnsafeMutableBytes(of: &value.sun_path) { $0.copyBytes(from: octets) }
        self.init(copying: value)
        if isAbstract { length = UInt32(MemoryLayout<sa_family_t>.size + octets.count) }
    }

    init<Value>(copying value: Value) {
        length = UInt32(MemoryLayout<Value>.size)
        withUnsafeMutableBytes(of: &storage) { target in
            withUnsafeBytes(of: value) { target.copyMemory(from: $0) }
        }
    }

    /// Nil unless it is an IPv4 or IPv6 address.
    var ipAddress: IPAddress? {
        withUnsafeBytes(of: storage) { bytes in
            switch Int32(storage.ss_family) {
            case AF_INET: IPAddress(bytes.load(as: sockaddr_in.self).sin_addr)
            case AF_INET6: IPAddress(bytes.load(as: sockaddr_in6.self).sin6_addr)
            default: nil
            }
        }
    }

    func view<Value>(as type: Value.Type) -> Value {
        withUnsafeBytes(of: storage) { $0.load(as: type) }
    }

    func withPointer<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
        withUnsafePointer(to: storage) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, length) }
        }
    }

    /// For calls that fill in an address.
    mutating func withMutableRawPointer<Result>(
        _ body: (UnsafeMutableRawPointer, inout socklen_t) -> Result
    ) -> Result {
        withUnsafeMutablePointer(to: &storage) { body(UnsafeMutableRawPointer($0), &length) }
    }
}

extension in_addr {
    init(_ address: IPAddress) { self.init(s_addr: address.v4Value.bigEndian) }
}

extension in6_addr {
    init(_ address: IPAddress) {
        self.init()
        withUnsafeMutableBytes(of: &self) { bytes in
            bytes.storeBytes(of: address.high.bigEndian, toByteOffset: 0, as: UInt64.self)
            bytes.storeBytes(of: address.low.bigEndian, toByteOffset: 8, as: UInt64.self)
        }
    }
}

extension IPAddress {
    init(_ address: in_addr) { self.init(v4: UInt32(bigEndian: address.s_addr)) }

    init(_ address: in6_addr) {
        self = withUnsafeBytes(of: address) { bytes in
            IPAddress(
                family: .ipv6, high: UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self)),
                low: UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)))
        }
    }
}

/// `socket` with SOCK_CLOEXEC and SOCK_NONBLOCK, which every socket of this room has.
func makeSocket(_ family: Int32, _ type: __socket_type, _ number: Int32) throws(SystemError) -> Descriptor {
    let flags = Int32(type.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
    return Descriptor(adopting: try check(socket(family, flags, number), "socket"))
}

/// `setsockopt` with the value's bytes.
func setOption<Value>(
    _ socket: Descriptor, _ level: Int32, _ option: Int32, _ value: Value, _ name: String
) throws(SystemError) {
    try check(
        withUnsafeBytes(of: value) {
            setsockopt(socket.raw, level, option, $0.baseAddress, socklen_t($0.count))
        }, "setsockopt", name)
}
