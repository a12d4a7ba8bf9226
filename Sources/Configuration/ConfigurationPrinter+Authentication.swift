// Printing how an instance is authenticated; secrets only where that was asked for.

import Wire

extension ConfigurationPrinter {
    static func authentication(
        _ instance: InstanceConfiguration, _ showsSecrets: Bool, _ writer: inout PrintWriter
    ) {
        switch instance.authentication {
        case .none: break
        case .password(let octets): password("PASS", octets, showsSecrets, &writer)
        case .header(let key): password("AH", key, showsSecrets, &writer)
        }
        guard let hmac = instance.hmac else { return }
        writer.block("auth_hmac") { writer in
            for (id, key) in hmac.keys.sorted(by: { $0.key < $1.key }) {
                let digits = key.octets.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
                writer.line("key \(id) \(showsSecrets ? "hex:\(digits)" : "********")")
            }
            writer.line("active_key \(hmac.activeKey)")
            writer.line("anti_replay \(hmac.usesTime ? "time" : "monotonic")")
            if let window = hmac.windowSeconds { writer.line("time_window \(window)") }
            writer.line("mode \(hmac.mode.rawValue)")
        }
    }

    private static func password(
        _ type: String, _ octets: UInt64, _ showsSecrets: Bool, _ writer: inout PrintWriter
    ) {
        let bytes = (0..<8).map { UInt8(truncatingIfNeeded: octets >> UInt64(56 - 8 * $0)) }
        let text = String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        writer.block("authentication") { writer in
            writer.line("auth_type \(type)")
            writer.line("auth_pass \(showsSecrets ? text.asWord : "********")")
        }
    }
}
