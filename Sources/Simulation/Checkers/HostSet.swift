// Some of a world's hosts, by their indices: the rules are about sets, and ask for them many times a second.

/// At most 64 hosts.
package struct HostSet: Equatable, Sendable {
    private var bits: UInt64 = 0

    static let limit = 64

    var isEmpty: Bool { bits == 0 }
    var count: Int { bits.nonzeroBitCount }
    /// The one with the lowest index.
    var first: Int? { isEmpty ? nil : bits.trailingZeroBitCount }

    subscript(host: Int) -> Bool {
        get { bits >> UInt64(host) & 1 == 1 }
        set {
            let bit: UInt64 = 1 << UInt64(host)
            bits = newValue ? bits | bit : bits & ~bit
        }
    }

    static func & (one: HostSet, other: HostSet) -> HostSet { HostSet(bits: one.bits & other.bits) }

    static func | (one: HostSet, other: HostSet) -> HostSet { HostSet(bits: one.bits | other.bits) }

    func subtracting(_ other: HostSet) -> HostSet { HostSet(bits: bits & ~other.bits) }

    func isDisjoint(with other: HostSet) -> Bool { bits & other.bits == 0 }
}

extension HostSet: Sequence {
    /// In ascending order.
    package struct Iterator: IteratorProtocol {
        fileprivate var rest: HostSet

        package mutating func next() -> Int? {
            guard let host = rest.first else { return nil }
            rest[host] = false
            return host
        }
    }

    package func makeIterator() -> Iterator { Iterator(rest: self) }
}
