// Starts and ends of all processes of the host, from the kernel's process connector (connector messages over
// netlink, linux/cn_proc.h). Not available in a process or user namespace of its own, nor without CAP_NET_ADMIN.

import CLinux
import Glibc

/// Tells of processes as they come and go. Its descriptor becomes readable when there is something to tell.
package final class ProcessMonitor {
    private let socket: NetlinkSocket
    package var raw: Int32 { socket.descriptor.raw }

    package enum Event: Sendable, Hashable {
        /// A process was forked, runs another program, or has another name.
        case changed(pid: Int32)
        case ended(pid: Int32)
        /// Events were lost: everything may be different.
        case overflow
    }

    /// CN_IDX_PROC and CN_VAL_PROC.
    private static let identifier: UInt32 = 1
    private static let listen: UInt32 = 1
    private enum What {
        static let fork: UInt32 = 1
        static let exec: UInt32 = 2
        static let name: UInt32 = 0x200
        static let exit: UInt32 = 0x8000_0000
    }

    /// Throws where the kernel does not let this process hear of others.
    package init() throws(SystemError) {
        guard Self.isInitialNamespace else {
            throw SystemError(call: "connector", errno: EPERM, subject: "a process namespace of its own")
        }
        socket = try NetlinkSocket(groups: Self.identifier, protocolNumber: NETLINK_CONNECTOR)
        socket.setReceiveBuffer(1 << 20)
        var request = NetlinkBuilder(type: UInt16(NLMSG_DONE), flags: 0, sequence: 0)
        request.append(Self.identifier)
        request.append(Self.identifier)
        request.append(UInt32(0))
        request.append(UInt32(0))
        request.append(UInt16(4))
        request.append(UInt16(0))
        request.append(Self.listen)
        try socket.send(request.message)
    }

    /// The number of the initial process namespace is a constant of the kernel.
    private static var isInitialNamespace: Bool {
        var buffer = [CChar](repeating: 0, count: 64)
        let count = readlink("/proc/self/ns/pid", &buffer, buffer.count - 1)
        guard count > 0 else { return false }
        let name = String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return name == "pid:[4026531836]"
    }

    /// What has happened since the last call, threads left out.
    package func events() -> [Event] {
        var events: [Event] = []
        while true {
            do throws(SystemError) {
                guard let messages = try socket.receive(waits: false) else { return events }
                events += messages.compactMap { Self.event($0.body[...]) }
            } catch {
                guard error.errno == ENOBUFS else { return events }
                events.append(.overflow)
            }
        }
    }

    /// struct cn_msg (20 octets), then struct proc_event: what, cpu, time (16 octets), pids.
    static func event(_ body: ArraySlice<UInt8>) -> Event? {
        guard body.load(0, as: UInt32.self) == identifier else { return nil }
        let event = body.dropFirst(20)
        guard event.count >= 24 else { return nil }
        let pid = event.load(16, as: Int32.self)
        let group = event.load(20, as: Int32.self)
        switch event.load(0, as: UInt32.self) {
        case What.fork:
            let (child, childGroup) = (event.load(24, as: Int32.self), event.load(28, as: Int32.self))
            return child == childGroup ? .changed(pid: child) : nil
        case What.exec: return .changed(pid: group)
        case What.name: return pid == group ? .changed(pid: pid) : nil
        case What.exit: return pid == group ? .ended(pid: pid) : nil
        default: return nil
        }
    }
}
