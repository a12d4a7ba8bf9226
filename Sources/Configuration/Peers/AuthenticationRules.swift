// Whether the nodes take each other's advertisements for genuine. Passwords and keys are compared and never shown.

import Election
import Wire

enum AuthenticationRules {
    static func check(_ router: SharedRouter) -> [Diagnostic] {
        // Version 3 has none.
        let members = router.members.filter { $0.router.version == .v2 }
        let kinds = Division(members) { $0.instance.authentication.kind }
        let places = { (member: Member) in member.place(of: "authentication") }
        let consequence = "each discards the other's advertisements, and all of them are master"
        if kinds.isDivided {
            return [
                router.diagnostic(
                    .error, "peers-authentication", at: kinds.places(places),
                    "authentication is \(kinds.text { $0 }): \(consequence)",
                    hint: "the same 'auth_type' and 'auth_pass' on all nodes")
            ]
        }
        let secrets = Division(members) { $0.instance.authentication }
        guard secrets.isDivided else { return [] }
        let parts = wordList(secrets.parts.map { nodeNames($0.members) })
        return [
            router.diagnostic(
                .error, "peers-authentication", at: secrets.places(places),
                "the passwords of \(parts) are not the same: \(consequence)",
                hint: "the same 'auth_pass' on all nodes; eight characters of it count")
        ]
    }
}

extension Authentication {
    /// As the file says it.
    fileprivate var kind: String {
        switch self {
        case .none: "none"
        case .password: "PASS"
        case .header: "AH"
        }
    }
}

/// `auth_hmac`: each sender's code against each receiver's keys and mode.
enum HMACRules {
    static func check(_ router: SharedRouter) -> [Diagnostic] {
        let division = Division(router.members) { $0.instance.hmac }
        guard division.isDivided else { return [] }
        var findings: [Diagnostic] = []
        for (number, sender) in division.parts.enumerated() {
            for (other, receiver) in division.parts.enumerated() where other != number {
                guard let reason = objection(of: receiver.value, to: sender.value) else { continue }
                findings.append(
                    router.diagnostic(
                        .error, "peers-hmac",
                        at: [
                            receiver.members[0].place(of: "auth_hmac"),
                            sender.members[0].place(of: "auth_hmac"),
                        ],
                        "\(nodeNames(receiver.members)) discards what \(nodeNames(sender.members)) sends: \(reason)",
                        hint: "the same keys under the same numbers on all nodes"))
            }
        }
        return findings
    }

    /// Why a receiver discards what a sender sends; nil: it does not.
    private static func objection(of receiver: HMACSettings?, to sender: HMACSettings?) -> String? {
        let signing = sender.flatMap { $0.mode == .receiveOnly ? nil : $0 }
        guard let receiver else {
            return signing == nil
                ? nil : "without auth_hmac an advertisement with a code behind it is too long"
        }
        guard let signing else {
            return receiver.mode == .enforce ? "there is no code, and the mode is enforce" : nil
        }
        guard let known = receiver.keys[signing.activeKey] else {
            return "key \(signing.activeKey) is not known there"
        }
        return known == signing.keys[signing.activeKey]
            ? nil : "key \(signing.activeKey) is another one there"
    }
}
