// The listening side of the control socket: a path on which `baton` and others connect.

import CLinux
import Glibc

/// Who is at the other end of a connection, as the kernel knows it.
package struct PeerCredentials: Hashable, Sendable {
    package let pid: Int32
    package let uid: UInt32
    package let gid: UInt32
}

/// A path that accepts connections; non-blocking. The path is removed with it.
package final class SequencedListener {
    package let descriptor: Descriptor
    private let path: String
    private let identity: (device: UInt, inode: UInt)?

    /// Replaces a stale socket at `path`, but no other kind of file and not one that answers (EADDRINUSE).
    /// `mode` are the permission bits: connecting needs write permission.
    package init(path: String, mode: UInt32 = 0o600, backlog: Int32 = 16) throws(SystemError) {
        self.path = path
        let socket = try makeSocket(AF_UNIX, SOCK_SEQPACKET, 0)
        descriptor = socket
        let address = try SocketAddress(path: path)
        try Self.removeStale(path)
        let oldMask = umask(0o777 & ~mode)
        let result = address.withPointer { bind(socket.raw, $0, $1) }
        let number = errno
        umask(oldMask)
        guard result == 0 else { throw SystemError("bind", errno: number, subject: path) }
        identity = Self.identity(of: path)
        try check(listen(socket.raw, backlog), "listen", path)
    }

    deinit {
        guard let identity, let current = Self.identity(of: path), identity == current else { return }
        unlink(path)
    }

    /// The next waiting connection; nil if there is none.
    package func accept() throws(SystemError) -> (socket: SequencedSocket, peer: PeerCredentials)? {
        guard let raw = try checkNonBlocking(Glibc.accept(descriptor.raw, nil, nil), "accept", path) else {
            return nil
        }
        let connection = Descriptor(adopting: raw)
        var credentials: (pid: Int32, uid: UInt32, gid: UInt32) = (0, 0, 0)
        var size = socklen_t(MemoryLayout.size(ofValue: credentials))
        try check(getsockopt(raw, SOL_SOCKET, SO_PEERCRED, &credentials, &size), "getsockopt", "SO_PEERCRED")
        let peer = PeerCredentials(pid: credentials.pid, uid: credentials.uid, gid: credentials.gid)
        return (SequencedSocket(adopting: connection), peer)
    }

    private static func removeStale(_ path: String) throws(SystemError) {
        var status = stat()
        guard !path.hasPrefix("@"), lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFSOCK else {
            return
        }
        do {
            _ = try SequencedSocket.connect(to: path)
        } catch {
            if error.errno == ECONNREFUSED { unlink(path) }
            return
        }
        throw SystemError("bind", errno: EADDRINUSE, subject: path)
    }

    private static func identity(of path: String) -> (device: UInt, inode: UInt)? {
        var status = stat()
        guard !path.hasPrefix("@"), lstat(path, &status) == 0 else { return nil }
        return (status.st_dev, status.st_ino)
    }
}
