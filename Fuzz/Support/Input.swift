// The octets that a fuzzer was given, taken one after the other: first what chooses among cases, then what is decoded.

/// What is left of an input. Reading beyond its end gives zeros, so every input is a whole one.
struct Input {
    private var rest: ArraySlice<UInt8>

    init(_ octets: [UInt8]) { rest = octets[...] }

    mutating func octet() -> UInt8 { rest.popFirst() ?? 0 }

    /// Big-endian.
    mutating func integer<Value: FixedWidthInteger>(_: Value.Type = Value.self) -> Value {
        (0..<MemoryLayout<Value>.size).reduce(0) { value, _ in
            (Value.bitWidth == 8 ? 0 : value << 8) | Value(truncatingIfNeeded: octet())
        }
    }

    /// At most so many octets.
    mutating func octets(_ count: Int) -> [UInt8] {
        defer { rest = rest.dropFirst(count) }
        return Array(rest.prefix(count))
    }

    /// All that is left.
    mutating func remainder() -> [UInt8] { octets(rest.count) }
}
