// Safe, big-endian reading from received octets. A read beyond the end gives nil, never a trap, so a
// decoder can turn it into its own rejection.

extension RawSpan {
    /// The octet at `offset`, or nil beyond the end.
    @inline(__always)
    func octet(_ offset: Int) -> UInt8? {
        guard offset >= 0, offset < byteCount else { return nil }
        return unsafeLoad(fromByteOffset: offset, as: UInt8.self)
    }

    /// The big-endian integer at `offset`, or nil if it does not fit.
    @inline(__always)
    func load<Value: FixedWidthInteger & BitwiseCopyable>(_ offset: Int, as _: Value.Type) -> Value? {
        guard offset >= 0, byteCount - offset >= MemoryLayout<Value>.size else { return nil }
        return Value(bigEndian: unsafeLoadUnaligned(fromByteOffset: offset, as: Value.self))
    }

    /// The address at `offset`, or nil if it does not fit.
    func address(_ offset: Int, _ family: AddressFamily) -> IPAddress? {
        switch family {
        case .ipv4:
            return load(offset, as: UInt32.self).map { IPAddress(v4: $0) }
        case .ipv6:
            guard let high = load(offset, as: UInt64.self), let low = load(offset + 8, as: UInt64.self)
            else { return nil }
            return IPAddress(family: .ipv6, high: high, low: low)
        }
    }

    /// The MAC address at `offset`, or nil if it does not fit.
    func mac(_ offset: Int) -> MACAddress? {
        guard let high = load(offset, as: UInt16.self), let low = load(offset + 2, as: UInt32.self) else {
            return nil
        }
        return MACAddress(UInt64(high) << 32 | UInt64(low))
    }
}

extension [UInt8] {
    /// Appends an integer in network order.
    @inline(__always)
    mutating func append<Value: FixedWidthInteger>(bigEndian value: Value) {
        var shift = Value.bitWidth - 8
        while shift >= 0 {
            append(UInt8(truncatingIfNeeded: value >> Value(shift)))
            shift -= 8
        }
    }

    /// Appends an address in network order: 4 or 16 octets.
    mutating func append(_ address: IPAddress) {
        if address.family == .ipv6 {
            append(bigEndian: address.high)
            append(bigEndian: address.low)
        } else {
            append(bigEndian: address.v4Value)
        }
    }

    mutating func append(_ mac: MACAddress) {
        append(bigEndian: UInt16(truncatingIfNeeded: mac.value >> 32))
        append(bigEndian: UInt32(truncatingIfNeeded: mac.value))
    }

    mutating func store(_ value: UInt16, at offset: Int) {
        self[offset] = UInt8(value >> 8)
        self[offset + 1] = UInt8(truncatingIfNeeded: value)
    }
}
