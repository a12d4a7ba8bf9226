// Messages between Baton's processes, and between `baton` and the daemon: sockets that keep the borders
// and the order of messages, and tell when the other end has gone.

import CLinux
import Glibc

/// One end of a connected AF_UNIX SOCK_SEQPACKET socket: messages arrive whole and in order.
package final class SequencedSocket {
    package enum Reception: Sendable, Hashable {
        case message([UInt8])
        /// Nothing is waiting.
        case empty
        /// The other end is gone, and everything that it sent has been received.
        case end
    }
    /// The largest message in octets.
    package static let limit = 256 * 1024

    private let descriptor: Descriptor
    package var raw: Int32 { descriptor.raw }

    /// Takes over an open socket.
    package init(adopting raw: Int32) {
        descriptor = Descriptor(adopting: raw)
        _ = fcntl(raw, F_SETFD, FD_CLOEXEC)
        // A message must fit the send buffer, whose default is smaller than the largest message.
        setSendBuffer(4 * Self.limit)
    }

    /// Room for messages that the other end has not read yet, in octets; as much of it as the system permits.
    package func setSendBuffer(_ octets: Int) {
        let size = Int32(clamping: octets)
        if (try? descriptor.setOption(SOL_SOCKET, SO_SNDBUFFORCE, size, "SO_SNDBUF")) == nil {
            try? descriptor.setOption(SOL_SOCKET, SO_SNDBUF, size, "SO_SNDBUF")
        }
    }

    package static func pair() throws(SystemError) -> (SequencedSocket, SequencedSocket) {
        var ends: [Int32] = [-1, -1]
        let type = Int32(SOCK_SEQPACKET.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        try check("socketpair") { socketpair(AF_UNIX, type, 0, &ends) }
        return (SequencedSocket(adopting: ends[0]), SequencedSocket(adopting: ends[1]))
    }

    /// Connects to a listener's path, or to its abstract name if it starts with `@`. ECONNREFUSED: nobody
    /// listens any more; ENOENT: nobody ever did.
    package static func connect(to path: String) throws(SystemError) -> SequencedSocket {
        let type = Int32(SOCK_SEQPACKET.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        let socket = SequencedSocket(adopting: try check("socket", path) { Glibc.socket(AF_UNIX, type, 0) })
        let address = try UnixAddress(path)
        try check("connect", path) {
            address.withPointer { Glibc.connect(socket.raw, $0, $1) }
        }
        return socket
    }

    /// Never waits. False: the other end reads too slowly; the message was not sent. Throws EPIPE when the
    /// other end is gone, EMSGSIZE for an empty message or one beyond `limit`.
    package func send(_ message: [UInt8]) throws(SystemError) -> Bool {
        guard (1...Self.limit).contains(message.count) else {
            throw SystemError(call: "send", errno: EMSGSIZE, subject: "\(message.count) octets")
        }
        let flags = Int32(MSG_NOSIGNAL | MSG_DONTWAIT)
        while true {
            if Glibc.send(descriptor.raw, message, message.count, flags) >= 0 { return true }
            switch errno {
            case EINTR: continue
            case EAGAIN, ENOBUFS: return false
            default: throw SystemError(call: "send")
            }
        }
    }

    /// Waits until something can be received. False: nothing came in that time.
    package func waitForMessage(milliseconds: Int32) -> Bool {
        var entry = pollfd(fd: descriptor.raw, events: Int16(POLLIN), revents: 0)
        while true {
            let count = poll(&entry, 1, milliseconds)
            if count < 0, errno == EINTR { continue }
            return count > 0
        }
    }

    /// Never waits. A message beyond `limit` is discarded and thrown as EMSGSIZE, never cut.
    package func receive() throws(SystemError) -> Reception {
        guard let size = try receive(nil, 0, MSG_PEEK | MSG_TRUNC) else { return .empty }
        guard size > 0 else { return .end }
        guard size <= Self.limit else {
            _ = try receive(nil, 0, 0)
            throw SystemError(call: "recv", errno: EMSGSIZE, subject: "\(size) octets")
        }
        var message = [UInt8](repeating: 0, count: size)
        return try receive(&message, size, 0) == nil ? .empty : .message(message)
    }

    /// Octets received; nil: nothing is waiting. An end that was closed with unread messages is reported once
    /// as ECONNRESET, before the messages that it had sent: those come first.
    private func receive(
        _ buffer: UnsafeMutablePointer<UInt8>?, _ size: Int, _ flags: Int
    ) throws(SystemError) -> Int? {
        while true {
            let count = recv(descriptor.raw, buffer, size, Int32(flags | MSG_DONTWAIT))
            if count >= 0 { return count }
            switch errno {
            case EINTR, ECONNRESET: continue
            case EAGAIN: return nil
            default: throw SystemError(call: "recv")
            }
        }
    }
}
