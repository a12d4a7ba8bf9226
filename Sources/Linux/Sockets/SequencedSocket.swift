// Messages between Baton's processes, and between `baton` and the daemon: AF_UNIX sockets of type
// SOCK_SEQPACKET keep the borders of messages and their order, and tell when the peer has gone.

import Glibc

/// One end of a message channel; non-blocking.
package final class SequencedSocket {
    /// The largest message, in octets.
    package static let maximumMessage = 256 * 1024

    /// What `receive` found.
    package enum Received: Hashable, Sendable {
        case message([UInt8])
        /// The peer has closed its end, and everything it sent has been received.
        case endOfFile
        /// No message has arrived yet.
        case nothing
    }

    package let descriptor: Descriptor

    /// Takes over an open SOCK_SEQPACKET socket, for example one inherited from a parent.
    package init(adopting descriptor: Descriptor) {
        self.descriptor = descriptor
        let flags = fcntl(descriptor.raw, F_GETFL)
        _ = fcntl(descriptor.raw, F_SETFL, flags | O_NONBLOCK)
        _ = fcntl(descriptor.raw, F_SETFD, FD_CLOEXEC)
        // One message must fit in the send buffer, and the default is less than the largest.
        for option in [SO_SNDBUFFORCE, SO_SNDBUF] {
            let isSet: ()? = try? setOption(
                descriptor, SOL_SOCKET, option, Int32(4 * Self.maximumMessage), "SO_SNDBUF")
            if isSet != nil { break }
        }
    }

    /// Two connected ends.
    package static func pair() throws(SystemError) -> (SequencedSocket, SequencedSocket) {
        var ends: [Int32] = [-1, -1]
        let type = Int32(SOCK_SEQPACKET.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        try check(socketpair(AF_UNIX, type, 0, &ends), "socketpair")
        return (
            SequencedSocket(adopting: Descriptor(adopting: ends[0])),
            SequencedSocket(adopting: Descriptor(adopting: ends[1]))
        )
    }

    /// Connects to a listener's path ("@name" is an abstract one).
    package static func connect(to path: String) throws(SystemError) -> SequencedSocket {
        let descriptor = try makeSocket(AF_UNIX, SOCK_SEQPACKET, 0)
        let address = try SocketAddress(path: path)
        try check(address.withPointer { Glibc.connect(descriptor.raw, $0, $1) }, "connect", path)
        return SequencedSocket(adopting: descriptor)
    }

    /// Sends a message of 1...`maximumMessage` octets whole. False: the peer does not read fast enough and
    /// the message was not sent. Throws EPIPE if the peer has gone, EMSGSIZE for a message of a wrong size.
    package func send(_ message: [UInt8]) throws(SystemError) -> Bool {
        guard (1...Self.maximumMessage).contains(message.count) else {
            throw SystemError("send", errno: EMSGSIZE, subject: "\(message.count) octets")
        }
        let sent = try checkNonBlocking(
            message.withUnsafeBytes {
                Glibc.send(descriptor.raw, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }, "send")
        return sent != nil
    }

    /// The next message, without waiting. One that is too long is discarded and thrown as EMSGSIZE.
    package func receive() throws(SystemError) -> Received {
        let peek = Int32(MSG_PEEK | MSG_TRUNC)
        guard let size = try receiveNonBlocking(nil, 0, peek) else { return .nothing }
        guard size > 0 else { return .endOfFile }
        if size > Self.maximumMessage {
            var discarded: UInt8 = 0
            _ = try receiveNonBlocking(&discarded, 1, 0)
            throw SystemError("recv", errno: EMSGSIZE, subject: "\(size) octets")
        }
        var message = [UInt8](repeating: 0, count: size)
        guard let count = try receiveNonBlocking(&message, size, 0) else { return .nothing }
        return .message(Array(message.prefix(count)))
    }

    /// A peer that closed its end without reading everything is reported once as ECONNRESET, before what it
    /// has sent: that is read first.
    private func receiveNonBlocking(
        _ buffer: UnsafeMutableRawPointer?, _ size: Int, _ flags: Int32
    ) throws(SystemError) -> Int? {
        do {
            return try checkNonBlocking(recv(descriptor.raw, buffer, size, flags), "recv")
        } catch {
            guard error.errno == ECONNRESET else { throw error }
            return try checkNonBlocking(recv(descriptor.raw, buffer, size, flags), "recv")
        }
    }
}
