// The `authentication` block: VRRPv2's simple password or authentication header (RFC 2338 5.3.6).

import Wire

struct AuthenticationReader {
    private enum Kind { case password, header, none }
    private var kind: Kind?
    private var password: Word?
    private static let passwordLimit = 8

    static let keywords: KeywordTable<AuthenticationReader> = [
        "auth_type": { reader, statement, findings in
            guard let word = statement.argument(0, findings) else { return }
            switch word.text {
            case "PASS": reader.kind = .password
            case "AH": reader.kind = .header
            default:
                reader.kind = AuthenticationReader.Kind.none
                findings.report(
                    .error, "unknown-authentication", at: word,
                    "auth_type is PASS or AH, not '\(word.text)'; nothing is authenticated")
            }
        },
        "auth_pass": { reader, statement, findings in
            guard let word = statement.argument(0, findings) else { return }
            reader.password = word
            guard word.text.utf8.count > passwordLimit else { return }
            findings.report(
                .warning, "password-too-long", at: word,
                "auth_pass has more than \(passwordLimit) octets; only the first \(passwordLimit) are used",
                hint: "shorten it to what is used, on all hosts")
        },
    ]

    /// A password without a type is not used: keepalived needs `auth_type` as well, and both hosts must agree.
    func result(_ keyword: Word, _ findings: Findings) -> Authentication {
        switch kind {
        case .password, .header:
            guard let password, !password.text.isEmpty else {
                findings.report(
                    .error, "no-password", at: password ?? keyword,
                    password == nil
                        ? "auth_type without auth_pass; nothing is authenticated"
                        : "auth_pass is empty; nothing is authenticated")
                return .none
            }
            return kind == .header
                ? Authentication(headerKey: password.text) : Authentication(password: password.text)
        case nil:
            if password != nil {
                findings.report(
                    .note, "password-unused", at: keyword,
                    "auth_pass without auth_type is not used: advertisements carry no password")
            }
            return .none
        case Kind.none?: return .none
        }
    }
}
