// What a line brings along that was copied from a web page or from another program's configuration, and that a reader
// hardly sees: a semicolon at its end, blanks and punctuation from outside of ASCII.

enum ForeignCharacter {
    /// What to write in place of a word that something is wrong with; nil: it has no such character.
    static func hint(for word: String) -> String? {
        if let blank = word.unicodeScalars.first(where: isBlank) {
            return "\(name(of: blank)) looks like a blank and is none here: type the blanks anew"
        }
        let plain = String(String.UnicodeScalarView(word.unicodeScalars.map(plain)))
        if plain != word { return "write '\(plain)', in ASCII" }
        let bare = word.reversed().drop { $0 == ";" }
        guard word.hasSuffix(";"), !bare.isEmpty else { return nil }
        return "no line ends with ';' here: write '\(String(bare.reversed()))'"
    }

    /// A blank beyond ASCII, also one without a width.
    private static func isBlank(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0xA0, 0x2000...0x200B, 0x202F, 0x205F, 0x3000, 0xFEFF: true
        default: false
        }
    }

    /// The ASCII character that a full-width one or a curly quote stands for.
    private static func plain(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
        switch scalar.value {
        case 0xFF01...0xFF5E: Unicode.Scalar(scalar.value - 0xFEE0) ?? scalar
        case 0x201C, 0x201D: "\""
        case 0x2018, 0x2019: "'"
        default: scalar
        }
    }

    private static func name(of scalar: Unicode.Scalar) -> String {
        let digits = String(scalar.value, radix: 16, uppercase: true)
        return "U+" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }
}
