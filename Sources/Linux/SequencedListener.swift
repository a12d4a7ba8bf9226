// A path on which others connect to a process: the side of `SequencedSocket` that waits for them.

import CLinux
import Glibc

/// Who is at the other end of a connection, as the kernel knows it (SO_PEERCRED).
package struct PeerCredentials: Hashable, Sendable {
    package let pid: Int32
    package let uid: UInt32
    package let gid: UInt32
}

/// Accepts connections on a path, which is removed with it.
package final class SequencedListener {
    private let descriptor: Descriptor
    private let path: String
    private let identity: Identity?
    package var raw: Int32 { descriptor.raw }

    private struct Identity: Equatable {
        let device: UInt
        let inode: UInt

        /// Nil: there is nothing, or it is no socket.
        init?(_ path: String) {
            var status = stat()
            guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFSOCK else { return nil }
            device = status.st_dev
            inode = status.st_ino
        }
    }

    /// Replaces a socket at `path` on which nobody listens any more, but no other kind of file, and not one
    /// that answers: then EADDRINUSE. `mode` are its permissions; connecting needs that of writing. An
    /// abstract name starts with `@`. The mask of the process is changed for a moment: no other thread may be
    /// making files.
    package init(path: String, mode: UInt32 = 0o600) throws(SystemError) {
        self.path = path
        let type =
            Int32(SOCK_SEQPACKET.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
        let descriptor = Descriptor(adopting: try check("socket", path) { socket(AF_UNIX, type, 0) })
        self.descriptor = descriptor
        let address = try UnixAddress(path)
        try Self.removeStale(path)
        let former = umask(0o777 & ~mode)
        let result = address.withPointer { bind(descriptor.raw, $0, $1) }
        let number = errno
        umask(former)
        guard result == 0 else { throw SystemError(call: "bind", errno: number, subject: path) }
        identity = Identity(path)
        try check("listen", path) { listen(descriptor.raw, 16) }
    }

    deinit {
        if let identity, Identity(path) == identity { unlink(path) }
    }

    /// The next waiting connection; nil: there is none.
    package func accept() throws(SystemError) -> (socket: SequencedSocket, peer: PeerCredentials)? {
        var connection: Int32 = -1
        do throws(SystemError) {
            connection = try check("accept", path) { Glibc.accept(descriptor.raw, nil, nil) }
        } catch {
            if error.errno == EAGAIN || error.errno == ECONNABORTED { return nil }
            throw error
        }
        let socket = SequencedSocket(adopting: connection)
        var peer: (pid: Int32, uid: UInt32, gid: UInt32) = (0, 0, 0)
        var size = socklen_t(MemoryLayout.size(ofValue: peer))
        try check("getsockopt", "SO_PEERCRED") {
            getsockopt(connection, SOL_SOCKET, SO_PEERCRED, &peer, &size)
        }
        return (socket, PeerCredentials(pid: peer.pid, uid: peer.uid, gid: peer.gid))
    }

    private static func removeStale(_ path: String) throws(SystemError) {
        guard Identity(path) != nil else { return }
        do throws(SystemError) {
            _ = try SequencedSocket.connect(to: path)
        } catch {
            if error.errno == ECONNREFUSED { unlink(path) }
            return
        }
        throw SystemError(call: "bind", errno: EADDRINUSE, subject: path)
    }
}
