// A pair of connected message sockets between two of Baton's processes.

import CLinux
import Glibc

/// One end of an AF_UNIX SOCK_SEQPACKET pair: messages arrive whole and in order.
package final class SequencedSocket {
    package enum Reception: Sendable, Hashable {
        case message([UInt8])
        /// Nothing is waiting.
        case empty
        /// The other end is gone.
        case end
    }
    /// The largest message in octets.
    package static let limit = 128 * 1024

    private let descriptor: Descriptor
    private var buffer = [UInt8](repeating: 0, count: limit)
    package var raw: Int32 { descriptor.raw }

    /// Takes over an open socket.
    package init(adopting raw: Int32) { descriptor = Descriptor(adopting: raw) }

    package static func pair() throws(SystemError) -> (SequencedSocket, SequencedSocket) {
        var ends: [Int32] = [-1, -1]
        let type = Int32(SOCK_SEQPACKET.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        try check("socketpair") { socketpair(AF_UNIX, type, 0, &ends) }
        return (SequencedSocket(adopting: ends[0]), SequencedSocket(adopting: ends[1]))
    }

    /// Never waits. False: the other end reads too slowly; the message was not sent.
    package func send(_ message: [UInt8]) throws(SystemError) -> Bool {
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

    /// Never waits.
    package func receive() throws(SystemError) -> Reception {
        while true {
            let count = recv(descriptor.raw, &buffer, buffer.count, Int32(MSG_DONTWAIT))
            if count > 0 { return .message(Array(buffer[..<count])) }
            if count == 0 { return .end }
            switch errno {
            case EINTR: continue
            case EAGAIN: return .empty
            case ECONNRESET: return .end
            default: throw SystemError(call: "recv")
            }
        }
    }
}
