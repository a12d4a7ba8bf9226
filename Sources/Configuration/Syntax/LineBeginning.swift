// What is only known at the beginning of a line, and where such beginnings are: keepalived begins a line behind each
// brace as well.

extension Definitions {
    /// Behind the first brace that something follows which is only known at the beginning of a line.
    func beginningBehindBrace(_ octets: [UInt8]) -> Int? {
        var isQuoted = false
        var index = 0
        while index < octets.count {
            let octet = octets[index]
            index += 1
            if octet == UInt8(ascii: "\"") { isQuoted.toggle() }
            guard !isQuoted else { continue }
            if octet == UInt8(ascii: "$"), let end = Self.referenceEnd(octets, at: index - 1) {
                index = end
            } else if octet == UInt8(ascii: "{") || octet == UInt8(ascii: "}"),
                beginsLine(octets, at: index)
            {
                return index
            }
        }
        return nil
    }

    private func beginsLine(_ octets: [UInt8], at start: Int) -> Bool {
        guard let start = octets[start...].firstIndex(where: { !$0.isBlank }) else { return false }
        // No keyword is longer: many braces must not read the rest of their line each.
        let word = octets[start...].prefix(9).prefix { !$0.isBlank }
        switch octets[start] {
        case UInt8(ascii: "@"): return true
        case UInt8(ascii: "~"): return Repetition.begins(String(decoding: word, as: UTF8.self))
        case UInt8(ascii: "i"): return IncludeChecks(keyword: String(decoding: word, as: UTF8.self)) != nil
        case UInt8(ascii: "$"):
            if Self.assignment(octets, at: start) != nil { return true }
            guard let reference = Self.reference(octets, at: start),
                case .lines? = value(reference)
            else { return false }
            return true
        default: return false
        }
    }

    /// `$NAME =`: the name, and where the value begins.
    static func assignment(_ octets: [UInt8], at start: Int) -> (name: String, value: Int)? {
        guard start + 1 < octets.count, octets[start + 1].startsName else { return nil }
        let end = octets[(start + 1)...].firstIndex { !$0.continuesName } ?? octets.count
        guard let next = octets[end...].firstIndex(where: { !$0.isBlank }),
            octets[next] == UInt8(ascii: "=")
        else { return nil }
        return (String(decoding: octets[start + 1..<end], as: UTF8.self), next + 1)
    }
}
