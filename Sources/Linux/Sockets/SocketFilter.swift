// Classic BPF programs for Baton's sockets, as constants. A test compiles the same expressions with
// libpcap and compares what the programs accept.

import CLinux
import Glibc

/// A socket filter (linux/filter.h).
package struct SocketFilter: Sendable {
    package let instructions: [sock_filter]

    private static func instruction(
        _ code: UInt16, _ k: UInt32, _ jumpTrue: UInt8 = 0, _ jumpFalse: UInt8 = 0
    ) -> sock_filter {
        sock_filter(code: code, jt: jumpTrue, jf: jumpFalse, k: k)
    }

    /// On an IPv4 raw socket, from the IP header on: protocol 112, not a fragment.
    package static let vrrp4 = SocketFilter(instructions: [
        instruction(0x30, 9),  // ldb [9]: protocol
        instruction(0x15, 112, 0, 3),  // jeq #112
        instruction(0x28, 6),  // ldh [6]: flags and fragment offset
        instruction(0x45, 0x1fff, 1, 0),  // jset #0x1fff: a later fragment
        instruction(0x06, 0xffff),  // accept
        instruction(0x06, 0),  // drop
    ])

    func attach(to descriptor: Descriptor) throws(SystemError) {
        var copy = instructions
        try copy.withUnsafeMutableBufferPointer { buffer throws(SystemError) in
            let program = sock_fprog(len: UInt16(buffer.count), filter: buffer.baseAddress)
            try descriptor.setOption(SOL_SOCKET, SO_ATTACH_FILTER, structure: program, "filter")
        }
    }
}
