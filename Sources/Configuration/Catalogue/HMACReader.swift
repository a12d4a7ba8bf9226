// `auth_hmac`: keys, which of them signs, and how old a packet may be.

import Wire

struct HMACReader {
    private var keys: [UInt8: SecretKey] = [:]
    private var active: (id: UInt8, word: Word)?
    private var usesTime = true
    private var window: Int?
    private var mode = HMACSettings.Mode.enforce
    private static let keyLength = 32...64

    static let keywords: KeywordTable<HMACReader> = [
        "key": { $0.takeKey($1, $2) },
        "active_key": { reader, statement, findings in
            guard let id = statement.number(1...255, otherwise: "there is none", findings) else { return }
            reader.active = (UInt8(id), statement.arguments[0])
        },
        "anti_replay": { reader, statement, findings in
            guard let word = statement.argument(0, findings) else { return }
            switch word.text {
            case "time": reader.usesTime = true
            case "monotonic": reader.usesTime = false
            default:
                findings.report(
                    .error, "unknown-value", at: word, "anti_replay is time or monotonic; time is used")
            }
        },
        "time_window": { reader, statement, findings in
            reader.window = statement.number(1...300, otherwise: "the default is used", findings)
        },
        "mode": { reader, statement, findings in
            guard let word = statement.argument(0, findings) else { return }
            guard let mode = HMACSettings.Mode(rawValue: word.text) else {
                return findings.report(
                    .error, "unknown-value", at: word,
                    "mode is enforce, permissive or receive-only; enforce is used")
            }
            reader.mode = mode
        },
    ]

    private mutating func takeKey(_ statement: Statement, _ findings: Findings) {
        guard let number = statement.argument(0, findings), let value = statement.argument(1, findings) else {
            return
        }
        statement.expectArguments(atMost: 2, findings)
        guard let id = UInt8(number.text), id > 0 else {
            return findings.report(.fatal, "bad-key", at: number, "a key's number is 1 to 255")
        }
        guard let octets = octets(value, findings) else { return }
        guard Self.keyLength.contains(octets.count) else {
            return findings.report(
                .fatal, "bad-key", at: value, "a key has 32 to 64 octets, not \(octets.count)",
                hint: "make one with 'openssl rand -hex 32' and write hex:...")
        }
        keys[id] = SecretKey(octets)
    }

    /// `hex:...`, `file:PATH` or the text itself. A file's last line end does not count.
    private func octets(_ word: Word, _ findings: Findings) -> [UInt8]? {
        if word.text.hasPrefix("hex:") {
            let digits = Array(word.text.utf8.dropFirst(4))
            let octets = stride(from: 0, to: digits.count, by: 2).map { index in
                UInt8(
                    String(decoding: digits[index..<min(index + 2, digits.count)], as: UTF8.self), radix: 16)
            }
            guard digits.count % 2 == 0, !octets.contains(nil) else {
                findings.report(.fatal, "bad-key", at: word, "the key is not hexadecimal")
                return nil
            }
            return octets.compactMap { $0 }
        }
        guard word.text.hasPrefix("file:") else { return Array(word.text.utf8) }
        let path = String(word.text.dropFirst(5))
        do throws(SourceFailure) {
            let octets = try findings.files.read(path)
            return octets.last == UInt8(ascii: "\n") ? Array(octets.dropLast()) : octets
        } catch {
            findings.report(.fatal, "bad-key", at: word, "cannot read the key \(path): \(error.reason)")
            return nil
        }
    }

    /// Nil: there is no usable key, which was reported.
    func result(_ keyword: Word, _ findings: Findings) -> HMACSettings? {
        guard !keys.isEmpty else {
            findings.report(.fatal, "bad-key", at: keyword, "auth_hmac has no key")
            return nil
        }
        guard let id = active?.id ?? (keys.count == 1 ? keys.keys.first : nil), keys[id] != nil else {
            findings.report(
                .fatal, "bad-key", at: active?.word ?? keyword, "active_key names none of the keys",
                hint: "there are \(keys.keys.sorted().map(String.init).joined(separator: ", "))")
            return nil
        }
        return HMACSettings(
            keys: keys, activeKey: id, usesTime: usesTime, windowSeconds: window, mode: mode)
    }
}
