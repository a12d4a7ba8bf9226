// Sockets in the file system, or in Linux's abstract space (unix(7)).

import CLinux
import Glibc

/// The address of a local socket in the kernel's form.
struct UnixAddress {
    private var address = sockaddr_un()
    private let length: socklen_t

    /// A path, or an abstract name with a leading `@`. ENAMETOOLONG beyond 107 octets, and EINVAL for an empty
    /// path or one with a zero octet.
    init(_ path: String) throws(SystemError) {
        var octets = Array(path.utf8)
        guard !octets.isEmpty, !octets.contains(0) else {
            throw SystemError(call: "connect", errno: EINVAL, subject: path)
        }
        guard octets.count < MemoryLayout.size(ofValue: address.sun_path) else {
            throw SystemError(call: "connect", errno: ENAMETOOLONG, subject: path)
        }
        let isAbstract = octets[0] == UInt8(ascii: "@")
        if isAbstract { octets[0] = 0 }
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: octets) }
        length = socklen_t(MemoryLayout<sa_family_t>.size + octets.count + (isAbstract ? 0 : 1))
    }

    func withPointer<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
        withUnsafePointer(to: address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, length) }
        }
    }
}

enum UnixSocket {
    /// A datagram socket connected to `path`; a leading `@` means the abstract space.
    static func connectedDatagram(_ path: String) throws(SystemError) -> Descriptor {
        let type = Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        let descriptor = Descriptor(adopting: try check("socket") { socket(AF_UNIX, type, 0) })
        let address = try UnixAddress(path)
        try check("connect", path) { address.withPointer { connect(descriptor.raw, $0, $1) } }
        return descriptor
    }
}
