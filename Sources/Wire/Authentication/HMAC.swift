// Keyed hashing (RFC 2104), and comparing without telling by the time it takes where two values differ.

/// A hash function on whole messages.
protocol HashFunction {
    static var blockLength: Int { get }
    static var digestLength: Int { get }
    static func digest(_ message: [UInt8]) -> [UInt8]
}

extension HashFunction {
    /// The octets between a message and its length: 0x80, then zeros up to eight octets before a block's end.
    static func padding(_ count: Int) -> [UInt8] {
        let zeros = (2 * blockLength - 9 - count % blockLength) % blockLength
        return [0x80] + [UInt8](repeating: 0, count: zeros)
    }
}

/// HMAC with a hash function.
enum HMAC<Hash: HashFunction> {
    static func code(_ message: [UInt8], key: [UInt8]) -> [UInt8] {
        var block = key.count > Hash.blockLength ? Hash.digest(key) : key
        block += [UInt8](repeating: 0, count: Hash.blockLength - block.count)
        let inner = Hash.digest(block.map { $0 ^ 0x36 } + message)
        return Hash.digest(block.map { $0 ^ 0x5c } + inner)
    }
}

/// Whether two codes are equal; takes the same time wherever they differ.
func isEqualInConstantTime(_ left: some Collection<UInt8>, _ right: some Collection<UInt8>) -> Bool {
    guard left.count == right.count else { return false }
    return zip(left, right).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
}

/// Digests for tests and for what other rooms compare.
package enum Digest {
    package static func md5(_ message: [UInt8]) -> [UInt8] { MD5.digest(message) }
    package static func sha256(_ message: [UInt8]) -> [UInt8] { SHA256.digest(message) }
    package static func hmacMD5(_ message: [UInt8], key: [UInt8]) -> [UInt8] {
        HMAC<MD5>.code(message, key: key)
    }
    package static func hmacSHA256(_ message: [UInt8], key: [UInt8]) -> [UInt8] {
        HMAC<SHA256>.code(message, key: key)
    }
}

/// A key that does not show itself: not in a log, not in a dump, not in a debugger's print.
package struct SecretKey: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible,
    CustomReflectable
{
    package let octets: [UInt8]

    package init(_ octets: [UInt8]) { self.octets = octets }

    package var description: String { "********" }
    package var debugDescription: String { "********" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
