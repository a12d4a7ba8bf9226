// The encoding of the messages that Baton's processes send each other: a byte string of
// length-prefixed fields, little-endian, the same machine on both ends. One message fills one
// SOCK_SEQPACKET datagram.

/// Appends fields to a message.
package struct FrameWriter {
    package private(set) var bytes: [UInt8] = []

    package init() {}

    package mutating func write<Value: FixedWidthInteger>(_ value: Value) {
        withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
    }

    package mutating func write(_ flag: Bool) { write(flag ? UInt8(1) : 0) }

    package mutating func write(_ octets: [UInt8]) {
        write(UInt32(octets.count))
        bytes.append(contentsOf: octets)
    }

    package mutating func write(_ text: String) { write(Array(text.utf8)) }

    package mutating func write(_ text: String?) {
        write(text != nil)
        if let text { write(text) }
    }

    package mutating func write(_ list: [String]) {
        write(UInt32(list.count))
        for element in list { write(element) }
    }
}

/// A message that does not have the fields that its reader expects.
package struct FrameError: Error, Sendable, Hashable {
    /// Offset in octets at which reading failed.
    package let offset: Int

    package init(offset: Int) { self.offset = offset }
}

/// Takes fields from a message in the order in which they were written.
package struct FrameReader {
    private let bytes: [UInt8]
    private var offset = 0

    package init(_ bytes: [UInt8]) { self.bytes = bytes }

    package var isAtEnd: Bool { offset == bytes.count }

    package mutating func read<Value: FixedWidthInteger>(_: Value.Type = Value.self) throws(FrameError)
        -> Value
    {
        let size = MemoryLayout<Value>.size
        guard bytes.count - offset >= size else { throw FrameError(offset: offset) }
        var value: Value = 0
        for index in (0..<size).reversed() {
            value = (size == 1 ? 0 : value << 8) | Value(truncatingIfNeeded: bytes[offset + index])
        }
        offset += size
        return value
    }

    package mutating func readBool() throws(FrameError) -> Bool { try read(UInt8.self) != 0 }

    package mutating func readOctets() throws(FrameError) -> [UInt8] {
        let count = Int(try read(UInt32.self))
        guard bytes.count - offset >= count else { throw FrameError(offset: offset) }
        defer { offset += count }
        return Array(bytes[offset..<offset + count])
    }

    package mutating func readString() throws(FrameError) -> String {
        String(decoding: try readOctets(), as: UTF8.self)
    }

    package mutating func readOptionalString() throws(FrameError) -> String? {
        try readBool() ? try readString() : nil
    }

    package mutating func readStrings() throws(FrameError) -> [String] {
        let count = Int(try read(UInt32.self))
        guard count <= bytes.count else { throw FrameError(offset: offset) }
        var list: [String] = []
        for _ in 0..<count { list.append(try readString()) }
        return list
    }
}
