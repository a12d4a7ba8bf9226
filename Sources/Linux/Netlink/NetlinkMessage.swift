// The octets of netlink messages (netlink(7)): a header, a family's fixed part, then attributes; host
// byte order, everything aligned to four octets.

import CLinux

/// Builds one message.
struct NetlinkBuilder {
    private(set) var octets: [UInt8] = []

    init(type: UInt16, flags: UInt16, sequence: UInt32) {
        append(UInt32(0))
        append(type)
        append(flags)
        append(sequence)
        append(UInt32(0))
    }

    mutating func append<Value: BitwiseCopyable>(_ value: Value) {
        withUnsafeBytes(of: value) { octets.append(contentsOf: $0) }
    }

    mutating func append(octets more: some Sequence<UInt8>) { octets += more }

    mutating func attribute(_ type: UInt16, _ payload: [UInt8]) {
        append(UInt16(4 + payload.count))
        append(type)
        octets += payload
        while octets.count % 4 != 0 { octets.append(0) }
    }

    mutating func attribute<Value: BitwiseCopyable>(_ type: UInt16, value: Value) {
        attribute(type, withUnsafeBytes(of: value) { Array($0) })
    }

    /// A string with its terminating zero.
    mutating func attribute(_ type: UInt16, text: String) { attribute(type, Array(text.utf8) + [0]) }

    /// The message with its length filled in.
    var message: [UInt8] {
        var message = octets
        withUnsafeBytes(of: UInt32(octets.count)) { message.replaceSubrange(0..<4, with: $0) }
        return message
    }
}

/// One received message: its header's fields and where its body stands.
struct NetlinkMessage {
    let type: UInt16
    let flags: UInt16
    let sequence: UInt32
    /// The socket whose request caused it; 0: the kernel's own.
    var port: UInt32 = 0
    let body: [UInt8]

    static let headerLength = 16

    /// The whole messages at the start of a datagram; a cut one ends the list.
    static func split(_ datagram: ArraySlice<UInt8>) -> [NetlinkMessage] {
        var messages: [NetlinkMessage] = []
        var rest = datagram
        while rest.count >= headerLength {
            let length = Int(rest.load(0, as: UInt32.self))
            guard length >= headerLength, length <= rest.count else { break }
            messages.append(
                NetlinkMessage(
                    type: rest.load(4, as: UInt16.self), flags: rest.load(6, as: UInt16.self),
                    sequence: rest.load(8, as: UInt32.self), port: rest.load(12, as: UInt32.self),
                    body: Array(rest.dropFirst(headerLength).prefix(length - headerLength))))
            rest = rest.dropFirst(min((length + 3) & ~3, rest.count))
        }
        return messages
    }

    /// The attributes behind a fixed part of `offset` octets, in order.
    func attributes(after offset: Int) -> [(type: UInt16, payload: ArraySlice<UInt8>)] {
        var list: [(type: UInt16, payload: ArraySlice<UInt8>)] = []
        var rest = body[...].dropFirst(offset)
        while rest.count >= 4 {
            let length = Int(rest.load(0, as: UInt16.self))
            guard length >= 4, length <= rest.count else { break }
            list.append((rest.load(2, as: UInt16.self) & 0x3fff, rest.dropFirst(4).prefix(length - 4)))
            rest = rest.dropFirst(min((length + 3) & ~3, rest.count))
        }
        return list
    }
}

extension ArraySlice<UInt8> {
    /// A string that ends with the slice or a zero.
    var text: String { String(decoding: prefix { $0 != 0 }, as: UTF8.self) }

    /// The integer at an offset from the slice's start, in host order; zero beyond the end.
    func load<Value: FixedWidthInteger>(_ offset: Int, as _: Value.Type) -> Value {
        guard offset >= 0, count - offset >= MemoryLayout<Value>.size else { return 0 }
        var value: Value = 0
        for index in 0..<MemoryLayout<Value>.size {
            value |= Value(truncatingIfNeeded: self[startIndex + offset + index]) << Value(8 * index)
        }
        return Value(littleEndian: value)
    }
}
