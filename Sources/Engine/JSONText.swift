// JSON (RFC 8259) as text: values in the order in which they were added.

enum JSONText {
    static func string(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\t": result += "\\t"
            case "\u{0}"..."\u{1f}":
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }

    static func array(_ values: [String]) -> String { "[" + values.joined(separator: ",") + "]" }

    /// An object under construction.
    struct Object {
        private var members: [String] = []

        mutating func set(_ key: String, _ value: some BinaryInteger) { add(key, "\(value)") }
        mutating func set(_ key: String, _ value: Bool) { add(key, value ? "true" : "false") }
        /// keepalived writes some Booleans as numbers.
        mutating func set(_ key: String, number value: Bool) { add(key, value ? "1" : "0") }
        mutating func set(_ key: String, _ value: String) { add(key, JSONText.string(value)) }
        mutating func set(_ key: String, _ values: [String]) {
            guard !values.isEmpty else { return }
            add(key, JSONText.array(values.map(JSONText.string)))
        }
        mutating func add(_ key: String, _ json: String) { members.append("\(JSONText.string(key)):\(json)") }

        var text: String { "{" + members.joined(separator: ",") + "}" }
    }
}
