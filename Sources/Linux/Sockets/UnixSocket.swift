// Datagrams to a socket in the file system, or in Linux's abstract space.

import CLinux
import Glibc

enum UnixSocket {
    /// A datagram socket connected to `path`; a leading `@` means the abstract space.
    static func connectedDatagram(_ path: String) throws(SystemError) -> Descriptor {
        let type = Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        let descriptor = Descriptor(adopting: try check("socket") { socket(AF_UNIX, type, 0) })
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        var octets = Array(path.utf8)
        guard octets.count < MemoryLayout.size(ofValue: address.sun_path) else {
            throw SystemError(call: "connect", errno: ENAMETOOLONG, subject: path)
        }
        if octets.first == UInt8(ascii: "@") { octets[0] = 0 }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: octets) }
        let pathOffset = MemoryLayout<sa_family_t>.size
        let isAbstract = octets.first == 0
        let length = socklen_t(pathOffset + octets.count + (isAbstract ? 0 : 1))
        try check("connect", path) {
            withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    connect(descriptor.raw, $0, length)
                }
            }
        }
        return descriptor
    }
}
